//! The host's transport: VST3's process context as a CLAP transport event.
//!
//! The framework turns it back into a position in seconds and in beats. CLAP counts both in steps
//! of 2^-31, so a position in samples comes back as the same sample at every rate.

use clap_sys::events::{
    CLAP_CORE_EVENT_SPACE_ID, CLAP_EVENT_TRANSPORT, CLAP_TRANSPORT_HAS_BEATS_TIMELINE,
    CLAP_TRANSPORT_HAS_SECONDS_TIMELINE, CLAP_TRANSPORT_HAS_TEMPO,
    CLAP_TRANSPORT_HAS_TIME_SIGNATURE, CLAP_TRANSPORT_IS_LOOP_ACTIVE, CLAP_TRANSPORT_IS_PLAYING,
    CLAP_TRANSPORT_IS_RECORDING, clap_event_header, clap_event_transport,
};
use clap_sys::fixedpoint::{CLAP_BEATTIME_FACTOR, CLAP_SECTIME_FACTOR};
use vst3::Steinberg::Vst::ProcessContext;
use vst3::Steinberg::Vst::ProcessContext_::StatesAndFlags_::{
    kBarPositionValid, kCycleActive, kCycleValid, kPlaying, kProjectTimeMusicValid, kRecording,
    kTempoValid, kTimeSigValid,
};

/// Beats in fixed point. A position beyond all bounds saturates, nonsense is 0.
#[allow(clippy::cast_possible_truncation)] // saturates
fn beats(quarters: f64) -> i64 {
    (quarters * CLAP_BEATTIME_FACTOR as f64).round() as i64
}

/// Seconds in fixed point; as [`beats`].
#[allow(clippy::cast_possible_truncation)] // saturates
fn seconds(samples: i64, sample_rate: f64) -> i64 {
    (samples as f64 / sample_rate * CLAP_SECTIME_FACTOR as f64).round() as i64
}

/// The transport of a block. `sample_rate` in Hz is the one of the activation: the context's own is
/// zero in some hosts.
pub fn convert(context: &ProcessContext, sample_rate: f64) -> clap_event_transport {
    #[allow(clippy::unnecessary_cast)] // the type of the API's constants differs between systems
    let has = |flag| context.state & (flag as u32) != 0;
    let mut flags = CLAP_TRANSPORT_HAS_SECONDS_TIMELINE;
    let mut set = |condition: bool, flag: u32| {
        if condition {
            flags |= flag;
        }
    };
    set(has(kPlaying), CLAP_TRANSPORT_IS_PLAYING);
    set(has(kRecording), CLAP_TRANSPORT_IS_RECORDING);
    set(
        has(kTempoValid) && context.tempo.is_finite(),
        CLAP_TRANSPORT_HAS_TEMPO,
    );
    set(
        has(kProjectTimeMusicValid) && context.projectTimeMusic.is_finite(),
        CLAP_TRANSPORT_HAS_BEATS_TIMELINE,
    );
    set(has(kTimeSigValid), CLAP_TRANSPORT_HAS_TIME_SIGNATURE);
    set(
        has(kCycleActive) && has(kCycleValid),
        CLAP_TRANSPORT_IS_LOOP_ACTIVE,
    );
    let tempo = if context.tempo.is_finite() {
        context.tempo
    } else {
        0.0
    };
    // Beats of the loop in seconds, at the present tempo.
    let in_seconds = |quarters: f64| {
        let seconds = if tempo > 0.0 {
            quarters * 60.0 / tempo
        } else {
            0.0
        };
        beats(seconds)
    };
    let bar_start = if has(kBarPositionValid) {
        context.barPositionMusic
    } else {
        0.0
    };
    clap_event_transport {
        header: clap_event_header {
            size: size_of::<clap_event_transport>() as u32,
            time: 0,
            space_id: CLAP_CORE_EVENT_SPACE_ID,
            type_: CLAP_EVENT_TRANSPORT,
            flags: 0,
        },
        flags,
        song_pos_beats: beats(context.projectTimeMusic),
        song_pos_seconds: seconds(context.projectTimeSamples, sample_rate),
        tempo,
        tempo_inc: 0.0,
        loop_start_beats: beats(context.cycleStartMusic),
        loop_end_beats: beats(context.cycleEndMusic),
        loop_start_seconds: in_seconds(context.cycleStartMusic),
        loop_end_seconds: in_seconds(context.cycleEndMusic),
        bar_start: beats(bar_start),
        bar_number: 0,
        tsig_num: u16::try_from(context.timeSigNumerator).unwrap_or(0),
        tsig_denom: u16::try_from(context.timeSigDenominator).unwrap_or(0),
    }
}

#[cfg(test)]
#[allow(clippy::unnecessary_cast)] // the type of the API's constants differs between systems
#[allow(unsafe_code)] // a zeroed struct of the API
mod tests {
    use super::*;

    fn context() -> ProcessContext {
        // SAFETY: all fields are numbers, for which zero is a value.
        unsafe { std::mem::zeroed() }
    }

    #[test]
    fn a_position_in_samples_comes_back() {
        for rate in [1_000.0, 44_100.0, 48_000.0, 192_000.0, 768_000.0] {
            for samples in [0, 1, 511, 1_000_003, 40_000_000_017, -4_800] {
                let mut context = context();
                context.projectTimeSamples = samples;
                let event = convert(&context, rate);
                let back = event.song_pos_seconds as f64 / CLAP_SECTIME_FACTOR as f64 * rate;
                assert_eq!(back.round() as i64, samples, "at {rate} Hz, got {back}");
            }
        }
    }

    #[test]
    fn flags_follow_the_host() {
        let mut context = context();
        let stopped = convert(&context, 48_000.0);
        assert_eq!(stopped.flags, CLAP_TRANSPORT_HAS_SECONDS_TIMELINE);
        context.state = (kPlaying | kTempoValid) as u32;
        context.tempo = 120.0;
        let playing = convert(&context, 48_000.0);
        assert_ne!(playing.flags & CLAP_TRANSPORT_IS_PLAYING, 0);
        assert_ne!(playing.flags & CLAP_TRANSPORT_HAS_TEMPO, 0);
        context.tempo = f64::NAN;
        let broken = convert(&context, 48_000.0);
        assert_eq!(broken.flags & CLAP_TRANSPORT_HAS_TEMPO, 0);
        assert!(broken.tempo.is_finite());
    }
}
