//! What was done and why, a line a stage, with the lock of each that has one.

use std::collections::VecDeque;

use egui::{Align2, Color32, Rect, Sense, Ui, pos2, vec2};

use super::super::controls::{Writer, line, toggle};
use super::super::theme;
use crate::params::AuralisParams;
use crate::shared::{Meters, Picture};
use auralis_dsp::bands::{PerBand, center_hz};
use auralis_dsp::chain::Adaptive;
use auralis_engine::params::{ParamId, Values};

/// Gains smaller than this are none, in dB.
const NONE_DB: f32 = 0.05;
/// Time over which a reduction counts as the deepest, in seconds.
const DEEPEST_S: usize = 10;
/// Widths of a stage's name and of its lock, in points.
const NAME_WIDTH: f32 = 68.0;
const LOCK_WIDTH: f32 = 42.0;

/// The deepest reductions of the last seconds in which something was heard.
#[derive(Debug, Default)]
pub struct Deepest {
    /// Of the whole seconds, the oldest first: compressor and limiter, in dB.
    seconds: VecDeque<[f32; 2]>,
    /// Of the second under way, and how long it is in seconds.
    now: [f32; 2],
    elapsed_s: f32,
}

impl Deepest {
    /// Takes reductions in dB, `seconds` after the last ones.
    pub fn update(&mut self, reductions_db: [f32; 2], seconds: f32) {
        self.now = deeper(self.now, reductions_db);
        self.elapsed_s += seconds;
        if self.elapsed_s < 1.0 {
            return;
        }
        self.elapsed_s = 0.0;
        self.seconds.push_back(std::mem::take(&mut self.now));
        while self.seconds.len() > DEEPEST_S {
            self.seconds.pop_front();
        }
    }

    /// The deepest of compressor and limiter, in dB.
    pub fn db(&self) -> [f32; 2] {
        self.seconds.iter().copied().fold(self.now, deeper)
    }
}

fn deeper(a: [f32; 2], b: [f32; 2]) -> [f32; 2] {
    [a[0].max(b[0]), a[1].max(b[1])]
}

/// What the lines are made of.
struct Done<'a> {
    values: Values,
    /// What the EQ plays, in dB, once something was heard.
    eq_db: Option<&'a PerBand>,
    adaptive: Adaptive,
    /// Deepest reductions of compressor and limiter, in dB.
    deepest_db: [f32; 2],
    true_peak_dbtp: Option<f32>,
}

/// A line: its stage, what was done, why.
struct Stage {
    name: &'static str,
    is_on: bool,
    text: String,
    why: String,
}

impl Done<'_> {
    /// The four stages, in the order of the signal.
    fn stages(&self) -> [Stage; 4] {
        [
            self.eq(),
            self.compressor(),
            self.loudness(),
            self.limiter(),
        ]
    }

    fn stage(&self, name: &'static str, switch: ParamId, text: String, why: String) -> Stage {
        let is_on = self.values.is_on(switch) && !self.values.is_on(ParamId::Bypass);
        let text = match is_on {
            true => text,
            false if self.values.is_on(switch) => String::from("bypassed"),
            false => String::from("off"),
        };
        Stage {
            name,
            is_on,
            text,
            why,
        }
    }

    fn print(&self, param: ParamId) -> String {
        param.print(self.values.get(param))
    }

    fn eq(&self) -> Stage {
        let text = self.eq_db.map_or_else(|| String::from("flat"), largest);
        let why = format!(
            "The largest gains that the EQ plays. The adaptive part of them undoes what is believed to be a fault \
             of the tone beside the target {}, at an amount of {}; your own band gains and the tilt are in them.",
            self.print(ParamId::Target),
            self.print(ParamId::EqAmount),
        );
        self.stage("EQ", ParamId::EqOn, text, why)
    }

    fn compressor(&self) -> Stage {
        let moved = |param, by: f32| self.values.get(param) + by;
        let threshold_db =
            moved(ParamId::CompThreshold, self.adaptive.threshold_offset_db).min(0.0);
        let ratio = moved(ParamId::CompRatio, self.adaptive.ratio_offset).max(1.0);
        let text = format!(
            "{threshold_db:.1} dB, {ratio:.1}:1, takes {}",
            at_most(self.deepest_db[0])
        );
        let why = format!(
            "Threshold and ratio in use, and the deepest reduction of the last {DEEPEST_S} s of sound. You have set \
             {} and {}; the level and the dynamics of the programme move them as far as Adapt lets them.",
            self.print(ParamId::CompThreshold),
            self.print(ParamId::CompRatio),
        );
        self.stage("Compressor", ParamId::CompOn, text, why)
    }

    fn loudness(&self) -> Stage {
        let gain_db = self.adaptive.loudness_gain_db;
        let range_db = self.values.get(ParamId::LoudRange);
        let target = self.print(ParamId::LoudTarget);
        let makeup_db = self.adaptive.makeup_gain_db;
        let mut text = if range_db > 0.0 && gain_db.abs() > range_db - NONE_DB {
            format!("{gain_db:+.1} dB, all that its range allows")
        } else {
            format!("{gain_db:+.1} dB to {target}")
        };
        if makeup_db.abs() >= NONE_DB {
            text += &format!(", makeup {makeup_db:+.1}");
        }
        let why = format!(
            "The gain that brings the input to {target}, within \u{b1}{range_db:.0} dB, and {makeup_db:+.1} dB \
             that make up for what EQ, compressor and limiter take.",
        );
        self.stage("Loudness", ParamId::LoudOn, text, why)
    }

    fn limiter(&self) -> Stage {
        let mut text = format!("takes {}", at_most(self.deepest_db[1]));
        let peak = self.true_peak_dbtp.filter(|db| *db > -99.95);
        if let Some(peak) = peak.filter(|db| db.is_finite()) {
            text += &format!(", peak {peak:.1} dBTP");
        }
        let why = format!(
            "The deepest reduction of the last {DEEPEST_S} s of sound, and the highest true peak of the output since the \
             meters were set to zero. Nothing leaves above {}.",
            self.print(ParamId::LimCeiling),
        );
        self.stage("Limiter", ParamId::LimOn, text, why)
    }
}

/// A reduction in words.
fn at_most(db: f32) -> String {
    if db >= NONE_DB {
        format!("up to {db:.1} dB")
    } else {
        String::from("nothing")
    }
}

/// The largest lift and the largest cut of bands, in words.
fn largest(bands_db: &PerBand) -> String {
    let bands = || bands_db.iter().copied().enumerate();
    let lift = bands().max_by(|a, b| a.1.total_cmp(&b.1));
    let cut = bands().min_by(|a, b| a.1.total_cmp(&b.1));
    let told = [
        lift.filter(|(_, db)| *db >= NONE_DB),
        cut.filter(|(_, db)| *db <= -NONE_DB),
    ];
    let told = told.into_iter().flatten().filter(|(_, db)| db.is_finite());
    let told: Vec<String> = told
        .map(|(band, db)| format!("{db:+.1} dB at {}", frequency(center_hz(band))))
        .collect();
    if told.is_empty() {
        return String::from("flat");
    }
    told.join(", ")
}

/// A frequency as it is said.
fn frequency(hz: f32) -> String {
    if hz < 1000.0 {
        return format!("{hz:.0} Hz");
    }
    let text = format!("{:.1}", hz / 1000.0);
    format!("{} kHz", text.trim_end_matches(".0"))
}

/// The locks: the stage's, and what it does.
const LOCKS: [Option<(ParamId, &str)>; 4] = [
    Some((
        ParamId::EqLock,
        "The adaptive EQ stands still in every mode, and presets leave the EQ alone.",
    )),
    Some((
        ParamId::CompLock,
        "The compressor's threshold and ratio stand still in every mode, and presets leave it alone.",
    )),
    Some((
        ParamId::LoudLock,
        "The loudness gain stands still in every mode, and presets leave it alone.",
    )),
    None,
];

/// Draws the lines in `rect`.
pub fn show(
    ui: &Ui,
    rect: Rect,
    (params, meters): (&AuralisParams, &Meters),
    picture: &Picture,
    deepest_db: [f32; 2],
    writer: &Writer,
) {
    let values = params.values();
    let desk = picture.view.desk.as_ref();
    let done = Done {
        values,
        eq_db: picture.applied.as_ref().map(|curve| &curve.gains.bands_db),
        adaptive: meters.adaptive(),
        deepest_db,
        true_peak_dbtp: desk.map(|desk| desk.true_peak_dbtp),
    };
    let height = rect.height() / LOCKS.len() as f32;
    for (i, (stage, lock)) in done.stages().iter().zip(LOCKS).enumerate() {
        let top = rect.top() + i as f32 * height;
        let row = Rect::from_x_y_ranges(rect.x_range(), top..=top + height);
        let color = if stage.is_on { theme::TEXT } else { theme::DIM };
        let room = if lock.is_some() { LOCK_WIDTH } else { 0.0 };
        draw(ui, row.with_max_x(row.right() - room), stage, color);
        if let Some((param, help)) = lock {
            let place = Rect::from_center_size(
                pos2(row.right() - 0.5 * LOCK_WIDTH, row.center().y),
                vec2(LOCK_WIDTH, height - 3.0),
            );
            let look = ("Lock", help);
            toggle(ui, place, writer, params.switch(param), look, theme::TARGET);
        }
    }
}

/// One line, which says why while the pointer rests on it.
fn draw(ui: &Ui, row: Rect, stage: &Stage, color: Color32) {
    let at = row.left_center();
    let font = theme::font(theme::LABEL_SIZE);
    ui.painter()
        .text(at, Align2::LEFT_CENTER, stage.name, font, theme::DIM);
    let room = row.with_min_x(row.left() + NAME_WIDTH);
    line(ui, room, row.center().y, &stage.text, color);
    let id = ui.scope_id().with(("stage", stage.name));
    ui.interact(row, id, Sense::empty())
        .on_hover_text(format!("{}: {}\n{}", stage.name, stage.text, stage.why));
}

#[cfg(test)]
mod tests {
    use super::*;
    use auralis_dsp::bands::BANDS;

    fn done(eq_db: &PerBand) -> Done<'_> {
        Done {
            values: Values::default(),
            eq_db: Some(eq_db),
            adaptive: Adaptive {
                loudness_gain_db: 3.21,
                threshold_offset_db: -3.4,
                ratio_offset: -0.2,
                ..Adaptive::NEUTRAL
            },
            deepest_db: [0.42, 3.1],
            true_peak_dbtp: Some(-1.04),
        }
    }

    fn texts(done: &Done) -> [String; 4] {
        done.stages().map(|stage| stage.text)
    }

    #[test]
    fn each_stage_says_what_it_did() {
        let mut eq_db = [0.0; BANDS];
        (eq_db[2], eq_db[20]) = (-1.44, 2.1);
        assert_eq!(
            texts(&done(&eq_db)),
            [
                "+2.1 dB at 7.1 kHz, -1.4 dB at 250 Hz",
                "-23.4 dB, 1.8:1, takes up to 0.4 dB",
                "+3.2 dB to -14.0 LUFS",
                "takes up to 3.1 dB, peak -1.0 dBTP",
            ]
        );
    }

    #[test]
    fn nothing_done_is_said_too() {
        let mut done = done(&[0.0; BANDS]);
        done.deepest_db = [0.0; 2];
        done.true_peak_dbtp = Some(-200.0);
        let [eq, compressor, _, limiter] = texts(&done);
        assert_eq!(eq, "flat");
        assert_eq!(compressor, "-23.4 dB, 1.8:1, takes nothing");
        assert_eq!(limiter, "takes nothing");
        done.values.set_text("bypass", "on").unwrap();
        assert_eq!(texts(&done), ["bypassed"; 4]);
        for switch in ["eq_on", "comp_on", "loud_on", "lim_on"] {
            done.values.set_text(switch, "off").unwrap();
        }
        assert_eq!(texts(&done), ["off"; 4]);
    }

    #[test]
    fn a_gain_at_the_end_of_its_range_and_makeup_are_said() {
        let mut done = done(&[0.0; BANDS]);
        done.adaptive.loudness_gain_db = 12.0;
        done.adaptive.makeup_gain_db = 0.4;
        assert_eq!(
            texts(&done)[2],
            "+12.0 dB, all that its range allows, makeup +0.4"
        );
    }

    #[test]
    fn nonsense_is_not_said() {
        assert_eq!(largest(&[f32::NAN; BANDS]), "flat");
        assert_eq!(largest(&[f32::INFINITY; BANDS]), "flat");
    }

    #[test]
    fn the_deepest_of_ten_seconds_counts() {
        let mut deepest = Deepest::default();
        deepest.update([4.0, 1.0], 0.5);
        assert_eq!(deepest.db(), [4.0, 1.0], "at once");
        // The first one ends the second that was under way.
        for _ in 0..11 {
            deepest.update([1.0, 2.0], 1.0);
        }
        assert_eq!(deepest.db(), [1.0, 2.0], "eleven seconds later");
    }
}
