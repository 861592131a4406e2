//! The host's transport, carried along inside a block.

use clap_sys::events::{
    CLAP_TRANSPORT_HAS_BEATS_TIMELINE, CLAP_TRANSPORT_HAS_SECONDS_TIMELINE,
    CLAP_TRANSPORT_HAS_TEMPO, CLAP_TRANSPORT_IS_PLAYING, clap_event_transport,
};
use clap_sys::fixedpoint::{CLAP_BEATTIME_FACTOR, CLAP_SECTIME_FACTOR};

/// Tempi that are believed, in beats a minute.
const TEMPI: std::ops::RangeInclusive<f64> = 0.01..=100_000.0;

/// The transport as the host last told it, and where in the block that was.
#[derive(Debug, Clone, Copy, Default)]
pub struct Transport(Option<(clap_event_transport, u32)>);

impl Transport {
    /// The host tells the transport at a frame of the block.
    pub fn tell(&mut self, mut told: clap_event_transport, frame: u32) {
        if !TEMPI.contains(&told.tempo) {
            told.flags &= !CLAP_TRANSPORT_HAS_TEMPO;
        }
        self.0 = Some((told, frame));
    }

    /// The transport at another frame: what plays has gone on. None if the host has none.
    #[allow(clippy::cast_possible_truncation)] // saturates
    pub fn at(&self, frame: u32, sample_rate: f64) -> Option<clap_event_transport> {
        let (mut transport, told_at) = self.0?;
        let has = |flag| transport.flags & flag != 0;
        if frame <= told_at || !has(CLAP_TRANSPORT_IS_PLAYING) {
            return Some(transport);
        }
        let seconds = f64::from(frame - told_at) / sample_rate;
        let beats = seconds / 60.0 * transport.tempo;
        if has(CLAP_TRANSPORT_HAS_BEATS_TIMELINE) && has(CLAP_TRANSPORT_HAS_TEMPO) {
            let gone = (beats * CLAP_BEATTIME_FACTOR as f64).round() as i64;
            transport.song_pos_beats = transport.song_pos_beats.saturating_add(gone);
        }
        if has(CLAP_TRANSPORT_HAS_SECONDS_TIMELINE) {
            let gone = (seconds * CLAP_SECTIME_FACTOR as f64).round() as i64;
            transport.song_pos_seconds = transport.song_pos_seconds.saturating_add(gone);
        }
        Some(transport)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap_sys::events::clap_event_header;

    fn told(flags: u32, tempo: f64, seconds: i64) -> clap_event_transport {
        clap_event_transport {
            header: clap_event_header {
                size: 0,
                time: 0,
                space_id: 0,
                type_: 0,
                flags: 0,
            },
            flags,
            song_pos_beats: 0,
            song_pos_seconds: seconds,
            tempo,
            tempo_inc: 0.0,
            loop_start_beats: 0,
            loop_end_beats: 0,
            loop_start_seconds: 0,
            loop_end_seconds: 0,
            bar_start: 0,
            bar_number: 0,
            tsig_num: 4,
            tsig_denom: 4,
        }
    }

    #[test]
    fn what_plays_goes_on_and_what_stands_does_not() {
        let all = CLAP_TRANSPORT_IS_PLAYING
            | CLAP_TRANSPORT_HAS_TEMPO
            | CLAP_TRANSPORT_HAS_BEATS_TIMELINE
            | CLAP_TRANSPORT_HAS_SECONDS_TIMELINE;
        let mut transport = Transport::default();
        assert!(transport.at(100, 48_000.0).is_none(), "none told");
        transport.tell(told(all, 120.0, CLAP_SECTIME_FACTOR), 0);
        let later = transport.at(24_000, 48_000.0).unwrap();
        assert_eq!(later.song_pos_seconds, CLAP_SECTIME_FACTOR * 3 / 2);
        assert_eq!(later.song_pos_beats, CLAP_BEATTIME_FACTOR);
        transport.tell(told(all & !CLAP_TRANSPORT_IS_PLAYING, 120.0, 0), 0);
        assert_eq!(transport.at(9, 48_000.0).unwrap().song_pos_seconds, 0);
        transport.tell(told(all, f64::NAN, i64::MAX), 5);
        let odd = transport.at(48_000, 48_000.0).unwrap();
        assert_eq!(odd.song_pos_seconds, i64::MAX);
        assert_eq!(odd.flags & CLAP_TRANSPORT_HAS_TEMPO, 0);
    }
}
