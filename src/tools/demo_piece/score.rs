//! What the demo piece plays, bar by bar.

use super::synth::{Decay, FS, LowPass, note_hz, saw, sine, swell};
use super::{Mix, drums};

/// Length of a beat at 100 BPM in seconds.
const BEAT: f64 = 0.6;

/// Bars of each part: intro, verse, chorus.
const PART_BARS: usize = 4;

/// The chords as MIDI notes: A minor, F, C, G.
const CHORDS: [[i32; 3]; 4] = [[57, 60, 64], [57, 60, 65], [55, 60, 64], [55, 59, 62]];

/// Bass notes of the chords.
const ROOTS: [i32; 4] = [33, 29, 36, 31];

/// The lead: beat within the four bars, length in beats, MIDI note.
const LEAD: [(f64, f64, i32); 15] = [
    (0.0, 1.5, 76),
    (1.5, 0.5, 74),
    (2.0, 2.0, 72),
    (4.0, 1.0, 69),
    (5.0, 1.0, 72),
    (6.0, 1.5, 77),
    (7.5, 0.5, 76),
    (8.0, 1.5, 79),
    (9.5, 0.5, 76),
    (10.0, 1.0, 74),
    (11.0, 1.0, 72),
    (12.0, 1.5, 71),
    (13.5, 0.5, 72),
    (14.0, 1.0, 74),
    (15.0, 1.0, 71),
];

/// Plays the whole piece.
pub fn play(mix: &mut Mix) {
    for bar in 0..3 * PART_BARS {
        let part = bar / PART_BARS;
        let start = bar as f64 * 4.0 * BEAT;
        chord(mix, start, CHORDS[bar % 4], [0.07, 0.075, 0.1][part]);
        if part > 0 {
            bass(mix, start, ROOTS[bar % 4], [0.0, 0.2, 0.26][part]);
        }
        beat(mix, bar, start, part);
    }
    for (beat, length, note) in LEAD {
        let verse = (2 * PART_BARS * 4) as f64;
        lead(mix, (verse + beat) * BEAT, length * BEAT, note, 0.16);
        if beat < 8.0 {
            // the intro hints at it, an octave down and softly
            lead(mix, beat * 2.0 * BEAT, length * 2.0 * BEAT, note - 12, 0.06);
        }
    }
    let end = (3 * PART_BARS) as f64 * 4.0 * BEAT;
    drums::kick(mix, frame(end), 0.5);
    pad_note(mix, end, 1.2, note_hz(57), 0.0, 0.1);
}

/// Frame of a time.
fn frame(seconds: f64) -> usize {
    (seconds * FS) as usize
}

/// A pad of detuned saws, spread over the stereo field.
fn chord(mix: &mut Mix, start: f64, notes: [i32; 3], gain: f64) {
    for (i, note) in notes.into_iter().enumerate() {
        let side = [-0.7, 0.1, 0.7][i];
        let length = 4.0 * BEAT;
        pad_note(mix, start, length, note_hz(note) * 1.003, side, gain);
        pad_note(mix, start, length, note_hz(note) * 0.997, -side, gain);
    }
}

/// One voice of the pad.
fn pad_note(mix: &mut Mix, start: f64, length: f64, hz: f64, pan: f64, gain: f64) {
    let step = hz / FS;
    let mut soft = LowPass::new(1_800.0);
    for i in 0..frame(length) {
        let shape = swell(i as f64 / FS, length, 0.08, 0.15);
        let sample = soft.next(saw(step * i as f64, step));
        mix.add(frame(start) + i, pan, gain * shape * sample);
    }
}

/// Eight notes of bass in a bar, with an octave on the last.
fn bass(mix: &mut Mix, start: f64, root: i32, gain: f64) {
    for eighth in 0..8 {
        let note = if eighth == 7 { root + 12 } else { root };
        let accent = if eighth % 2 == 0 { 1.0 } else { 0.7 };
        let step = note_hz(note) / FS;
        let length = 0.5 * BEAT;
        let begin = frame(start + f64::from(eighth) * length);
        let mut soft = LowPass::new(700.0);
        for i in 0..frame(length) {
            let shape = swell(i as f64 / FS, length, 0.004, 0.05);
            let phase = step * i as f64;
            let tone = sine(phase) + 0.5 * soft.next(saw(phase, step));
            mix.add(begin + i, 0.0, gain * accent * shape * tone);
        }
    }
}

/// A plucked lead with vibrato and two echoes.
fn lead(mix: &mut Mix, start: f64, length: f64, note: i32, gain: f64) {
    let hz = note_hz(note);
    for (echo, (level, pan)) in [(1.0, 0.15), (0.3, -0.5), (0.12, 0.6)]
        .into_iter()
        .enumerate()
    {
        let begin = frame(start + 0.75 * BEAT * echo as f64);
        let (mut phase, mut decay) = (0.0, Decay::new(0.6));
        for i in 0..frame(length) {
            let time = i as f64 / FS;
            let step = hz * (1.0 + 0.004 * sine(5.2 * time)) / FS;
            phase += step;
            let tone = 0.6 * saw(phase, step) + 0.4 * sine(phase);
            let shape = swell(time, length, 0.01, 0.06) * (0.4 + 0.6 * decay.next());
            mix.add(begin + i, pan, gain * level * shape * tone);
        }
    }
}

/// The drums of a bar: none in the intro but for the hi-hat, light in the verse, full in the chorus.
fn beat(mix: &mut Mix, bar: usize, start: f64, part: usize) {
    let seed = |hit: usize| (bar * 64 + hit) as u32 + 1;
    let at = |beats: f64| frame(start + beats * BEAT);
    for eighth in 0..8 {
        let accent = if eighth % 2 == 0 { 0.5 } else { 1.0 };
        let gain = [0.06, 0.12, 0.22][part] * accent;
        drums::hat(mix, at(eighth as f64 * 0.5), gain, 0.03, seed(eighth));
    }
    if part == 0 {
        return;
    }
    let level = [0.0, 0.55, 0.8][part];
    for beats in [0.0, 2.0, 2.5] {
        drums::kick(mix, at(beats), level);
    }
    for beats in [1.0, 3.0] {
        drums::snare(mix, at(beats), level * 0.9, seed(16 + beats as usize));
    }
    if part == 2 && bar.is_multiple_of(PART_BARS) {
        drums::hat(mix, at(0.0), 0.5, 0.5, seed(32));
    }
    if bar % PART_BARS == PART_BARS - 1 {
        for sixteenth in 0..3 {
            let beats = 3.25 + 0.25 * sixteenth as f64;
            drums::snare(mix, at(beats), level * 0.6, seed(40 + sixteenth));
        }
    }
}
