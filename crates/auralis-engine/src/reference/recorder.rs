//! Captures a reference from the hops of a session while the panel asks for it.

use super::slot::{CaptureSource, ReferenceSlot};
use crate::ear::reference::ReferenceCapture;

/// The capture under way, if any.
#[derive(Debug)]
pub struct Recorder {
    slot: ReferenceSlot,
    sample_rate: f64,
    channels: usize,
    hop_samples: usize,
    /// With what it hears.
    capture: Option<(CaptureSource, ReferenceCapture)>,
}

impl Recorder {
    /// A recorder of `channels` at `sample_rate` Hz in hops of `hop_samples`.
    pub fn new(slot: ReferenceSlot, sample_rate: f64, channels: usize, hop_samples: usize) -> Self {
        Self {
            slot,
            sample_rate,
            channels,
            hop_samples,
            capture: None,
        }
    }

    /// Starts or ends the capture as the panel asks.
    pub fn follow(&mut self) {
        let asked = self.slot.source();
        let under_way = self.capture.as_ref().map(|(source, _)| *source);
        if under_way.unwrap_or(CaptureSource::Off) == asked {
            return;
        }
        let ended = self.capture.take();
        if asked.is_on() {
            let capture = ReferenceCapture::new(self.sample_rate, self.channels, self.hop_samples);
            self.capture = Some((asked, capture));
        } else if asked == CaptureSource::Off
            && let Some((source, capture)) = ended
        {
            self.keep(source, &capture);
        }
    }

    /// Puts what was captured into use.
    fn keep(&self, source: CaptureSource, capture: &ReferenceCapture) {
        let name = match source {
            CaptureSource::Sidechain => "Learned from the sidechain",
            _ => "Learned from the input",
        };
        match capture.finish(name) {
            Some(reference) => self.slot.replace(Some(reference)),
            None => self.slot.fail("Nothing learned: it takes 3 s of sound."),
        }
    }

    /// Hears a hop of the session: the input and, where the hop has it, the sidechain.
    pub fn hear(&mut self, input: &[&[f32]], sidechain: Option<&[&[f32]]>) {
        let Some((source, capture)) = &mut self.capture else {
            return;
        };
        let heard = match source {
            CaptureSource::Sidechain => sidechain,
            _ => Some(input),
        };
        heard.iter().for_each(|hop| capture.push(hop));
        self.slot.note_seconds(capture.seconds());
    }

    /// Audio is missing between the last hop and the next.
    pub fn gap(&mut self) {
        if let Some((_, capture)) = &mut self.capture {
            capture.gap();
        }
    }
}
