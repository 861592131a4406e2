//! Instances, pieces and measures that several cases share.

use vst3::Steinberg::Vst::{SpeakerArr, SpeakerArrangement};
use vst3::Steinberg::kResultOk;

use super::block::Block;
use super::calls::Setup;
use super::common::{Audio, assert_identical, programme};
use super::instance::Instance;
use super::run::Run;

pub const STEREO: SpeakerArrangement = SpeakerArr::kStereo;
pub const MONO: SpeakerArrangement = SpeakerArr::kMono;

/// Everything that adapts off: what is left depends on the present alone.
pub const STATIC: [(&str, &str); 3] = [
    ("EQ Amount", "0 %"),
    ("Comp Adapt", "0 %"),
    ("Loudness On", "Off"),
];

/// A compressor alone, that works hard.
pub const COMPRESSOR: [(&str, &str); 7] = [
    ("EQ On", "Off"),
    ("Loudness On", "Off"),
    ("Limiter On", "Off"),
    ("Comp Adapt", "0 %"),
    ("Comp Threshold", "-40 dB"),
    ("Comp Ratio", "8:1"),
    ("Comp Auto Makeup", "Off"),
];

/// An instance of one or two channels with parameters typed in.
pub fn instance(channels: usize, settings: &[(&str, &str)]) -> Instance {
    let instance = Instance::new();
    let all = arrangement(channels);
    assert_eq!(
        instance.arrange(&[all, all], &[all]),
        kResultOk,
        "setBusArrangements: {channels} channels"
    );
    for (title, typed) in settings {
        instance.set(title, typed);
    }
    instance
}

/// The arrangement of one or two channels.
pub fn arrangement(channels: usize) -> SpeakerArrangement {
    if channels == 1 { MONO } else { STEREO }
}

/// A programme at 48 kHz.
pub fn music(channels: usize, seconds: f64) -> Audio {
    let mut audio = programme(48_000.0, seconds);
    audio.truncate(channels);
    audio
}

/// Level in dB of the second half of the first channel.
pub fn level_db(audio: &Audio) -> f64 {
    let half = &audio[0][audio[0].len() / 2..];
    let power: f64 = half.iter().map(|x| f64::from(*x).powi(2)).sum();
    10.0 * (power / half.len() as f64).max(1e-30).log10()
}

/// Fails unless every sample is finite and not all are silent.
pub fn assert_sane(audio: &[Vec<f32>], what: &str) {
    for (channel, samples) in audio.iter().enumerate() {
        let bad = samples.iter().position(|x| !x.is_finite());
        assert_eq!(bad, None, "{what}: channel {channel} is not finite there");
        let heard = samples.iter().any(|x| x.abs() > 1e-3);
        assert!(heard, "{what}: channel {channel} is silent");
    }
}

/// Fails unless the instance still plays as a fresh one does: whatever was done to it did no harm.
/// Nothing adapts in it, as it may have learned from what it heard.
pub fn assert_unharmed(instance: &Instance, channels: usize, what: &str) {
    let piece = music(channels, 1.5);
    instance.stop();
    for (title, typed) in STATIC {
        instance.set(title, typed);
    }
    let expected = self::instance(channels, &STATIC).render(&piece, &Run::offline());
    assert_sane(&expected, what);
    let got = instance.render(&piece, &Run::offline());
    assert_identical(&got, &expected, what);
}

/// Fails unless the controller shows the value of this text.
pub fn assert_value(instance: &Instance, title: &str, typed: &str, what: &str) {
    let (got, expected) = (instance.value(title), instance.parse(title, typed));
    // Values travel as 32-bit floats.
    assert!(
        (got - expected).abs() < 1e-6,
        "{what}: {title} is {got}, expected {expected} ({typed})"
    );
}

/// Starts real time in blocks of up to 512 samples, with nothing else said.
pub fn activate(instance: &Instance) {
    assert_eq!(
        instance.setup(&Setup::REAL_TIME),
        kResultOk,
        "setupProcessing"
    );
    assert_eq!(instance.set_active(true), kResultOk, "setActive");
    instance.set_processing(true);
}

/// A block of music.
pub fn loud_block(channels: usize, frames: usize) -> Block {
    let piece = music(channels, frames as f64 / 48_000.0 + 0.01);
    Run::real_time().block(&piece, 0, frames, true)
}
