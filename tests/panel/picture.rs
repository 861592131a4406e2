//! Pictures of the panel: taken, kept and compared.

use std::fs::{self, File};
use std::io::BufWriter;
use std::path::Path;

use x11rb::protocol::xproto::Window;

use crate::screen::Screen;

/// Cells of a picture that are compared, across and down.
const CELLS: (usize, usize) = (48, 32);
/// A picture as rows of red, green and blue.
pub struct Picture {
    /// Width and height in pixels.
    pub size: (usize, usize),
    pixels: Vec<[u8; 3]>,
}

impl Picture {
    pub fn of(screen: &Screen, window: Window) -> Self {
        let (width, height) = screen.size(window);
        let pixels = screen.picture(window);
        assert!(!pixels.is_empty(), "the panel is not all on the screen");
        Self {
            size: (width as usize, height as usize),
            pixels,
        }
    }

    pub fn read(path: &Path) -> Self {
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

    pub fn write(&self, path: &Path) {
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
    pub fn difference(&self, other: &Self) -> f64 {
        let (one, other) = (self.cells(), other.cells());
        let values = one.as_flattened().iter().zip(other.as_flattened());
        values.map(|(a, b)| (a - b).abs()).sum::<f64>() / one.as_flattened().len() as f64
    }
}
