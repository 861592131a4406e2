//! The picture book of the panel, `docs/PANEL.md`: a first-time user's walk, click by click, and what else there is
//! to see. Each picture is compared loosely with the one of the book: the music never stands still.
//!
//! `AURALIS_WRITE_DOCS=1`, with what `tests/panel.rs` asks for, writes it anew.

use std::fmt::Write as _;
use std::fs::{self, File};
use std::io::BufWriter;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use x11rb::protocol::xproto::Window;

use crate::audio::Source;
use crate::host::{Host, Opening};
use crate::screen::Screen;
use auralis::tools::demo_piece::demo_piece;

/// Cells of a picture that are compared, across and down.
const CELLS: (usize, usize) = (48, 32);
/// Largest mean difference of the cells of two pictures that are alike, of 255: curves and bars move, and sections stay.
const MOST_DIFFERENCE: f64 = 12.0;

const fn seconds(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}

/// A picture as rows of red, green and blue.
struct Picture {
    size: (usize, usize),
    pixels: Vec<[u8; 3]>,
}

impl Picture {
    fn of(screen: &Screen, window: Window) -> Self {
        let (width, height) = screen.size(window);
        let pixels = screen.picture(window);
        assert!(!pixels.is_empty(), "the panel is not all on the screen");
        Self {
            size: (width as usize, height as usize),
            pixels,
        }
    }

    fn read(path: &Path) -> Self {
        let file = File::open(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        let mut reader = png::Decoder::new(file).read_info().unwrap();
        let mut bytes = vec![0; reader.output_buffer_size()];
        let info = reader.next_frame(&mut bytes).unwrap();
        let pixels = bytes[..info.buffer_size()].as_chunks::<3>().0.to_vec();
        Self {
            size: (info.width as usize, info.height as usize),
            pixels,
        }
    }

    fn write(&self, path: &Path) {
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        let file = BufWriter::new(File::create(path).unwrap());
        let (width, height) = self.size;
        let mut encoder = png::Encoder::new(file, width as u32, height as u32);
        encoder.set_color(png::ColorType::Rgb);
        encoder.set_compression(png::Compression::Best);
        encoder.set_adaptive_filter(png::AdaptiveFilterType::Adaptive);
        let mut writer = encoder.write_header().unwrap();
        writer.write_image_data(self.pixels.as_flattened()).unwrap();
    }

    /// Mean colour of each cell.
    fn cells(&self) -> Vec<[f64; 3]> {
        let ((width, height), (across, down)) = (self.size, CELLS);
        let mut sums = vec![([0.0; 3], 0.0); across * down];
        for (n, pixel) in self.pixels.iter().enumerate() {
            let (x, y) = (n % width, n / width);
            let (sum, count) = &mut sums[y * down / height * across + x * across / width];
            for (sum, value) in sum.iter_mut().zip(pixel) {
                *sum += f64::from(*value);
            }
            *count += 1.0;
        }
        sums.into_iter()
            .map(|(sum, count)| sum.map(|sum| sum / count))
            .collect()
    }

    /// Mean difference of the cells.
    fn difference(&self, other: &Self) -> f64 {
        let (one, other) = (self.cells(), other.cells());
        let values = one.as_flattened().iter().zip(other.as_flattened());
        values.map(|(a, b)| (a - b).abs()).sum::<f64>() / one.as_flattened().len() as f64
    }
}

/// The book as it is being made.
struct Book<'a> {
    screen: &'a Screen,
    text: String,
    writes: bool,
    failures: Vec<String>,
}

fn docs() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("docs")
}

impl<'a> Book<'a> {
    fn new(screen: &'a Screen) -> Self {
        let text = String::from(
            "# The panel\n\n\
             Made by `tests/panel/book.rs`, which walks through the panel in a host as a user does; nothing here is \
             edited by hand.\n\n",
        );
        Self {
            screen,
            text,
            writes: std::env::var_os("AURALIS_WRITE_DOCS").is_some(),
            failures: Vec::new(),
        }
    }

    fn chapter(&mut self, title: &str, text: &str) {
        writeln!(self.text, "## {title}\n\n{text}\n").unwrap();
    }

    /// A picture of the open panel, and what is to be seen there.
    fn page(&mut self, host: &Host, name: &str, text: &str) {
        let (_, panel) = host.windows.expect("open");
        let picture = Picture::of(self.screen, panel);
        let target = Path::new(env!("CARGO_TARGET_TMPDIR")).join("panel");
        picture.write(&target.join(format!("{name}.png")));
        let kept = docs().join("panel").join(format!("{name}.png"));
        if self.writes {
            picture.write(&kept);
        }
        let kept = Picture::read(&kept);
        if kept.size != picture.size {
            let sizes = format!("{:?}, in the book {:?}", picture.size, kept.size);
            self.failures.push(format!("{name}: {sizes}"));
        }
        let difference = picture.difference(&kept);
        if difference > MOST_DIFFERENCE {
            let text =
                format!("{name}: {difference:.1} from the book's, {MOST_DIFFERENCE} at most");
            self.failures.push(text);
        }
        writeln!(self.text, "{text}\n\n![{name}](panel/{name}.png)\n").unwrap();
    }

    fn finish(self) {
        assert!(self.failures.is_empty(), "{:#?}", self.failures);
        let path = docs().join("PANEL.md");
        let text = format!("{}\n", self.text.trim_end());
        if self.writes {
            fs::write(&path, &text).unwrap();
        }
        let kept = fs::read_to_string(&path).unwrap_or_default();
        assert_eq!(kept, text, "docs/PANEL.md: AURALIS_WRITE_DOCS=1 writes it");
    }
}

/// The piece of the demo, from its chorus on.
fn song() -> Source {
    let piece = demo_piece();
    let [left, right] = &piece.channels[..] else {
        panic!("the demo is stereo")
    };
    let mut frames: Vec<[f32; 2]> = left.iter().zip(right).map(|(l, r)| [*l, *r]).collect();
    let middle = frames.len() / 2;
    frames.rotate_left(middle);
    Source::Piece(Arc::new(frames))
}

/// A click at a place of the panel.
fn click(screen: &Screen, host: &mut Host, (x, y): (i16, i16)) {
    let step = Duration::from_millis(150);
    screen.point((x, y));
    host.pump(step);
    screen.button(true);
    host.pump(step);
    screen.button(false);
    host.pump(Duration::from_millis(600));
    // Out of the picture, so that nothing explains itself.
    screen.point((2590, 1890));
    host.pump(step);
}

#[test]
fn a_first_walk_through_the_panel() {
    let Some(screen) = Screen::open() else { return };
    let mut book = Book::new(&screen);
    let mut host = Host::new(&screen);
    screen.point((2590, 1890));
    host.open_drawn();
    book.page(&host, "empty", "x");
    host.play_source(song());
    host.pump(seconds(15));
    book.page(&host, "playing", "x");
    click(&screen, &mut host, (300, 30));
    book.page(&host, "presets", "x");
    host.close();
    host.open(Opening {
        scale: Some(2.0),
        ..Opening::default()
    });
    host.pump(seconds(2));
    book.page(&host, "double", "x");
    book.finish();
}
