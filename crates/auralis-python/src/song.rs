//! A song in memory, mastered or heard. Nothing here needs the GIL, but to ask now and then whether the
//! user wants to stop.

use pyo3::prelude::*;

use crate::arrays::Audio;
use auralis_engine::master::{
    self, Decision, Event, Format, Heard, LevelMeter, Levels, Mastered, Order, Reach, Song,
};

/// Frames between two looks for Ctrl-C: some 10 ms of work.
const PART: usize = 1 << 18;

/// A song that is played from memory.
struct InMemory<'a>(Vec<&'a [f32]>);

impl Song for InMemory<'_> {
    type Error = PyErr;

    fn play(&mut self, hear: &mut dyn FnMut(&[&[f32]]) -> PyResult<()>) -> PyResult<()> {
        let frames = self.0[0].len();
        for from in (0..frames).step_by(PART) {
            let part = from..frames.min(from + PART);
            let block: Vec<&[f32]> = self.0.iter().map(|c| &c[part.clone()]).collect();
            hear(&block)?;
            Python::attach(|py| py.check_signals())?;
        }
        Ok(())
    }
}

/// A finished master, and what is told of it.
pub struct Made {
    /// The master.
    pub mastered: Mastered,
    /// Levels of the song.
    pub before: Levels,
    /// What was said before it was rendered; none when it followed.
    pub reach: Option<Reach>,
}

/// Masters a song into `output`, which is as long.
///
/// # Errors
/// When the user interrupts it.
pub fn master(song: &Audio, format: Format, order: &Order, output: &mut Audio) -> PyResult<Made> {
    let mut output = output.channels_mut();
    let (mut given, mut reach) = (0, None);
    let mut happens = |event: Event<'_>| {
        match event {
            Event::Decided(_, told) => reach = Some(told.clone()),
            Event::Renders { .. } => given = 0,
            Event::Audio(block) => {
                for (output, block) in output.iter_mut().zip(block) {
                    output[given..given + block.len()].copy_from_slice(block);
                }
                given += block[0].len();
            }
            Event::Listens | Event::Progress(_) | Event::Frame(_) => {}
        }
        Ok(())
    };
    let mastered = master::master(&mut InMemory(song.channels()), format, order, &mut happens)?;
    let before = match &mastered.heard {
        Some(heard) => heard.levels.clone(),
        None => levels(song, format)?,
    };
    Ok(Made {
        mastered,
        before,
        reach,
    })
}

/// Hears a song, and decides about it without correcting the decision by what comes of it.
///
/// # Errors
/// When the user interrupts it.
pub fn listen(song: &Audio, format: Format, order: &Order) -> PyResult<(Heard, Decision)> {
    let mut song = InMemory(song.channels());
    let heard = master::listen(&mut song, format, order, &mut |_| Ok(()))?;
    let decision = Decision::of(&heard, order);
    Ok((heard, decision))
}

/// The levels of a song.
fn levels(song: &Audio, format: Format) -> PyResult<Levels> {
    let mut meter = LevelMeter::new(format.sample_rate, format.channels);
    InMemory(song.channels()).play(&mut |block| {
        meter.push(block);
        Ok(())
    })?;
    Ok(meter.finish())
}
