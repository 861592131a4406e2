//! The picture book of the panel, `docs/PANEL.md`: a first-time user's walk, click by click, and what else there is
//! to see. Each picture is compared loosely with the one of the book: the music never stands still.
//!
//! `AURALIS_WRITE_DOCS=1`, with what `tests/panel.rs` asks for, writes it anew.

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use crate::audio::Source;
use crate::host::{Host, Opening};
use crate::picture::Picture;
use crate::screen::Screen;
use auralis::tools::demo_piece::demo_piece;

/// Largest mean difference of the cells of two pictures that are alike, of 255: curves and bars move, and sections stay.
const MOST_DIFFERENCE: f64 = 12.0;

const fn seconds(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
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
        let words = if text.is_empty() {
            String::new()
        } else {
            format!("{text}\n\n")
        };
        writeln!(self.text, "{words}![{name}](panel/{name}.png)\n").unwrap();
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

/// The piece of the demo from this share of it on.
fn song(share: f32) -> Source {
    let piece = demo_piece();
    let [left, right] = &piece.channels[..] else {
        panic!("the demo is stereo")
    };
    let mut frames: Vec<[f32; 2]> = left.iter().zip(right).map(|(l, r)| [*l, *r]).collect();
    let start = frames.len() as f32 * share;
    frames.rotate_left(start as usize);
    Source::Piece(Arc::new(frames))
}

/// A file of the piece at the rate it is played at, each sample plus `brighter` times the step to it.
fn file(name: &str, brighter: f32) -> PathBuf {
    let piece = demo_piece();
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("panel");
    fs::create_dir_all(&folder).unwrap();
    let path = folder.join(name);
    let spec = hound::WavSpec {
        channels: 2,
        sample_rate: 48_000,
        bits_per_sample: 16,
        sample_format: hound::SampleFormat::Int,
    };
    let mut writer = hound::WavWriter::create(&path, spec).unwrap();
    for n in 0..piece.frames() {
        for channel in &piece.channels {
            let step = channel[n] - channel[n.saturating_sub(1)];
            let sample = (channel[n] + brighter * step).clamp(-1.0, 1.0);
            writer.write_sample((32_767.0 * sample) as i16).unwrap();
        }
    }
    writer.finalize().unwrap();
    path
}

/// Where things are in a panel of its usual size, in pixels.
mod at {
    type Place = (i16, i16);
    pub const EASY: Place = (110, 30);
    pub const DESK: Place = (156, 30);
    pub const PRESETS: Place = (366, 30);
    pub const STREAMING: Place = (252, 80);
    pub const HOLD: Place = (180, 92);
    pub const DELTA: Place = (908, 30);
    pub const LOAD: Place = (1056, 177);
    pub const PLAY: Place = (966, 177);
    pub const DRAW: Place = (785, 210);
    pub const UNDO: Place = (698, 30);
    pub const TAME: Place = (330, 818);
    pub const RATIO: Place = (569, 603);
    pub const LEARN_FILE: Place = (68, 139);
    pub const RESET: Place = (1160, 339);
    pub const BACK: Place = (1120, 71);
    /// Out of the picture, so that nothing explains itself.
    pub const AWAY: Place = (2590, 1890);
}

/// What a user does.
struct User<'a> {
    screen: &'a Screen,
    host: Host<'a>,
}

impl User<'_> {
    fn point(&mut self, place: (i16, i16)) {
        self.screen.point(place);
        self.host.pump(Duration::from_millis(150));
    }

    fn press(&mut self, pressed: bool) {
        self.screen.button(pressed);
        self.host.pump(Duration::from_millis(150));
    }

    fn click(&mut self, place: (i16, i16)) {
        self.point(place);
        self.press(true);
        self.press(false);
        self.host.pump(Duration::from_millis(450));
        self.point(at::AWAY);
    }

    /// Moves the pressed pointer through places.
    fn drag(&mut self, places: impl IntoIterator<Item = (i16, i16)>) {
        for (n, place) in places.into_iter().enumerate() {
            self.point(place);
            if n == 0 {
                self.press(true);
            }
        }
    }

    /// Types a text of a keyboard's unshifted keys, and Enter.
    fn enter(&mut self, text: &str) {
        for key in text.bytes() {
            self.screen.key(key.into());
            self.host.pump(Duration::from_millis(30));
        }
        self.screen.key(ENTER);
        self.host.pump(Duration::from_millis(300));
    }

    fn assert_value(&self, name: &str, expected: &str) {
        let got = self.host.value(name);
        assert!(got.contains(expected), "{name}: {got}, expected {expected}");
    }
}

/// Keysym.
const ENTER: u32 = 0xff0d;

#[test]
fn the_picture_book() {
    let Some(screen) = Screen::open() else { return };
    let mut book = Book::new(&screen);
    let mut user = User {
        screen: &screen,
        host: Host::new(&screen),
    };
    user.point(at::AWAY);
    user.host.open_drawn();
    first_walk(&mut book, &mut user);
    desk(&mut book, &mut user);
    listening(&mut book, &mut user);
    sizes(&mut book, &mut user);
    book.finish();
}

/// From an empty instance to a held master at -14 LUFS.
fn first_walk(book: &mut Book, user: &mut User) {
    book.chapter(
        "From nothing to a held master, in three clicks",
        "Load Auralis on the mix bus and open it. Nothing has been heard yet, so nothing is done yet.",
    );
    book.page(&user.host, "empty", "");
    user.host.play_source(song(0.32));
    user.click(at::PRESETS);
    let text = "**First click: `Presets`.** Where is the master going? Each preset says so when the pointer rests on \
                it; your own are below those of Auralis, as readable files.";
    book.page(&user.host, "presets", text);
    user.click(at::STREAMING);
    user.assert_value("Loudness Target", "-14.0");
    user.host.pump(seconds(11));
    let text = "**Second click: `Streaming`**, -14 LUFS at -1 dBTP. Play the song. `Learn` follows the estimate of the \
                whole song: the strip says what was heard (kinds with their share, `Unsure` where that is so), and at \
                the right what was done, stage by stage. Yellow is what the ear wants, green what comes out.";
    book.page(&user.host, "learning", text);
    user.click(at::HOLD);
    user.assert_value("Adaptation", "Hold");
    user.host.pump(seconds(2));
    let text = "**Third click: `Hold`.** The decisions stand still, for this pass, the next one and the bounce. \
                Where the pass was not the whole song, play on: `Learn` says by how much the next pass would differ.";
    book.page(&user.host, "held", text);

    book.chapter(
        "Or in one look",
        "`Learn file...` reads the song's file and decides once, as `auralis render` does; then `Hold`. Here is the whole \
         song after that.",
    );
    user.click(at::LEARN_FILE);
    user.enter(file("the song.wav", 0.0).to_str().expect("a path in text"));
    user.host.pump(seconds(10));
    user.host.play_source(song(0.0));
    user.click(at::RESET);
    user.host.pump(seconds(27));
    user.assert_value("Adaptation", "Hold");
    book.page(&user.host, "decided", "");
    user.host.play_source(song(0.32));
    user.host.pump(seconds(3));
}

/// The two depths, and what the desk has.
fn desk(book: &mut Book, user: &mut User) {
    book.chapter(
        "Two depths",
        "`Easy` shows what a master needs to be told: where it goes, its character, how much. `Desk` shows everything. \
         Both are the same settings, and the project keeps which one is open.",
    );
    user.click(at::EASY);
    user.host.pump(seconds(1));
    book.page(&user.host, "easy", "");
    user.click(at::DESK);
    user.click(at::TAME);
    user.assert_value("Tame On", "On");
    user.point(at::RATIO);
    user.host.pump(seconds(2));
    let text = "Every control says what it does, its range and what the ear has made of it while the pointer rests on it. \
                Drag or scroll; Shift is fine, a double click the default, a click on a value types, a right click opens \
                a menu. Tab and the arrow keys work, too. The numbers in yellow below a knob are the values in use.";
    book.page(&user.host, "controls", text);
    user.click(at::DRAW);
    user.drag([
        (560, 329),
        (600, 300),
        (650, 270),
        (700, 262),
        (750, 290),
        (800, 329),
    ]);
    let text = "With `Draw` the manual gains of the bands follow the pointer; a stroke is one step to undo. Without, each \
                band has a handle while the pointer is near.";
    book.page(&user.host, "draw", text);
    user.press(false);
    assert_ne!(user.host.value("EQ Band 12"), user.host.value("EQ Band 25"));
    user.click(at::UNDO);
    user.assert_value("EQ Band 12", "0.0");
    user.click(at::DRAW);
}

/// What is heard instead of the master.
fn listening(book: &mut Book, user: &mut User) {
    book.chapter(
        "To compare",
        "`A` and `B` hold two settings. `Input` plays the input as loud as the master, `Delta` only what changes. A banner \
         says whenever it is not the master that is heard.",
    );
    user.click(at::DELTA);
    user.assert_value("Listen", "Delta");
    book.page(&user.host, "delta", "");
    user.click(at::DELTA);
    user.drag([(450, 446), (560, 446)]);
    let text = "A band that is held on the rail below the spectrum is heard alone, until the button is let go.";
    book.page(&user.host, "band", text);
    user.press(false);
    user.point(at::AWAY);

    user.click(at::LOAD);
    user.enter(
        file("a brighter one.wav", 2.0)
            .to_str()
            .expect("a path in text"),
    );
    let text = "References lie on a shelf of four: a click uses one, Ctrl-click mixes, the wheel weighs. `Use` says how much \
                of them the EQ works towards, `Play` plays the loudest minute of one as loud as the master.";
    user.host.pump(seconds(4));
    user.click(at::PLAY);
    user.host.pump(seconds(3));
    book.page(&user.host, "reference", text);
    user.click(at::BACK);
}

/// The smallest size and the double scale.
fn sizes(book: &mut Book, user: &mut User) {
    book.chapter(
        "Sizes",
        "The corner drags, `100 %` zooms from 75 to 300 %, and both are kept with the project. The smallest, with all on it:",
    );
    user.host.resize((1000, 720));
    user.host.pump(seconds(2));
    book.page(&user.host, "small", "");
    user.host.resize((1200, 840));
    user.host.close();
    user.host.open(Opening {
        scale: Some(2.0),
        ..Opening::default()
    });
    user.host.pump(seconds(3));
    book.page(&user.host, "double", "On a screen of twice the resolution:");
}
