//! Parameters: the plug-in's as VST3 describes them, normalised to 0..1, and the values that wait
//! to get into the plug-in.

use std::sync::atomic::{AtomicBool, AtomicU32, AtomicU64, Ordering};

use clap_sys::ext::params::{
    CLAP_PARAM_IS_AUTOMATABLE, CLAP_PARAM_IS_BYPASS, CLAP_PARAM_IS_HIDDEN, CLAP_PARAM_IS_READONLY,
    CLAP_PARAM_IS_STEPPED, clap_param_info,
};

use crate::door::vst3::controls::text;
use crate::door::vst3::plugin::Plugin;

/// One parameter. Numbers are normalised unless said otherwise.
pub struct Param {
    /// The id in both formats.
    pub id: u32,
    /// Name as the host shows it.
    pub title: String,
    /// What follows the number in the parameter's texts, with its blank; empty where no number is.
    pub unit: String,
    /// Path of the group.
    pub group: String,
    /// Number of steps from end to end, 0 when continuous.
    pub steps: i32,
    /// Default value.
    pub default: f64,
    /// Hosts may automate it.
    pub is_automatable: bool,
    /// Hosts neither show nor change it.
    pub is_hidden: bool,
    /// It is the bypass.
    pub is_bypass: bool,
    /// CLAP's lowest value.
    min: f64,
    /// CLAP's range from end to end.
    span: f64,
    /// A value that the host has set and no block has brought yet, as bits.
    waiting: AtomicU64,
    is_waiting: AtomicBool,
    /// Samples that were processed since then.
    waited: AtomicU32,
    /// Gestures of the panel that the host has not seen the end of.
    gestures: AtomicU32,
}

impl Param {
    fn new(plugin: &Plugin, info: &clap_param_info) -> Self {
        let is = |flag| info.flags & flag != 0;
        let span = info.max_value - info.min_value;
        let is_stepped = is(CLAP_PARAM_IS_STEPPED);
        let mut param = Self {
            id: info.id,
            title: text::from_array(&info.name),
            unit: String::new(),
            group: text::from_array(&info.module),
            // Stepped parameters have integers as values.
            #[allow(clippy::cast_possible_truncation)]
            steps: if is_stepped { span as i32 } else { 0 },
            default: 0.0,
            is_automatable: is(CLAP_PARAM_IS_AUTOMATABLE),
            is_hidden: is(CLAP_PARAM_IS_HIDDEN) || is(CLAP_PARAM_IS_READONLY),
            is_bypass: is(CLAP_PARAM_IS_BYPASS),
            min: info.min_value,
            span: if span > 0.0 { span } else { 1.0 },
            waiting: AtomicU64::new(0),
            is_waiting: AtomicBool::new(false),
            waited: AtomicU32::new(0),
            gestures: AtomicU32::new(0),
        };
        param.default = param.normalised(info.default_value);
        if !is_stepped {
            let texts = [0.0, 0.3, 0.7, 1.0, param.default].map(|value| {
                plugin
                    .text(param.id, param.plain(value))
                    .unwrap_or_default()
            });
            param.unit = unit_of(&texts).to_owned();
        }
        param
    }

    /// CLAP's value for a normalised one.
    pub fn plain(&self, normalised: f64) -> f64 {
        self.min + normalised.clamp(0.0, 1.0) * self.span
    }

    /// The normalised value of one of CLAP's.
    pub fn normalised(&self, plain: f64) -> f64 {
        ((plain - self.min) / self.span).clamp(0.0, 1.0)
    }

    /// Takes note of the beginning of a gesture in the panel.
    pub fn begin_gesture(&self) {
        self.gestures.fetch_add(1, Ordering::AcqRel);
    }

    /// Takes note that the host has seen the end of a gesture.
    pub fn end_gesture(&self) {
        let less = |count: u32| count.checked_sub(1);
        // An end without a beginning changes nothing.
        let _ = self
            .gestures
            .fetch_update(Ordering::AcqRel, Ordering::Acquire, less);
    }

    /// Whether the user holds the parameter in the panel. What the host sends meanwhile is the echo
    /// of what the panel has sent, some blocks late: the hand wins.
    pub fn is_held(&self) -> bool {
        self.gestures.load(Ordering::Acquire) > 0
    }

    /// Forgets all gestures; true when there was one.
    pub fn let_go(&self) -> bool {
        self.gestures.swap(0, Ordering::AcqRel) > 0
    }

    /// Takes note that the host has brought a value: none waits any more.
    pub fn is_brought(&self) {
        self.is_waiting.store(false, Ordering::Release);
    }

    /// The waiting value.
    pub fn waiting(&self) -> Option<f64> {
        let is_waiting = self.is_waiting.load(Ordering::Acquire);
        is_waiting.then(|| f64::from_bits(self.waiting.load(Ordering::Acquire)))
    }
}

/// What follows the number in all of `texts`: "" when one of them does not begin with a number or
/// they differ. CLAP has no field for a parameter's unit, VST3 has, and wants texts without it.
fn unit_of<'a>(texts: &'a [String]) -> &'a str {
    let after_number = |text: &'a String| -> Option<&'a str> {
        let is_number = |c: char| c.is_ascii_digit() || matches!(c, '+' | '-' | '.');
        let end = text.find(|c| !is_number(c)).unwrap_or(text.len());
        let (number, unit) = text.split_at(end);
        number.parse::<f64>().ok().map(|_| unit)
    };
    let mut units = texts.iter().map(after_number);
    let first = units.next().flatten().unwrap_or("");
    if units.all(|unit| unit == Some(first)) {
        first
    } else {
        ""
    }
}

/// All parameters in order.
pub struct Params {
    list: Vec<Param>,
    /// (id, place), ordered by id.
    places: Vec<(u32, usize)>,
    any_waiting: AtomicBool,
}

impl Params {
    /// Reads the parameters of a plug-in.
    pub fn new(plugin: &Plugin) -> Self {
        let infos = plugin.params();
        let list: Vec<Param> = infos.iter().map(|info| Param::new(plugin, info)).collect();
        Self::of(list)
    }

    fn of(list: Vec<Param>) -> Self {
        let mut places: Vec<_> = list.iter().enumerate().map(|(i, p)| (p.id, i)).collect();
        places.sort_unstable();
        Self {
            list,
            places,
            any_waiting: AtomicBool::new(false),
        }
    }

    /// All of them.
    pub fn all(&self) -> &[Param] {
        &self.list
    }

    /// The place of the parameter with `id`.
    pub fn place(&self, id: u32) -> Option<usize> {
        let found = self.places.binary_search_by_key(&id, |(id, _)| *id).ok()?;
        self.places.get(found).map(|(_, place)| *place)
    }

    /// The parameter with `id`.
    pub fn get(&self, id: u32) -> Option<&Param> {
        self.list.get(self.place(id)?)
    }

    /// Lets a value wait; an older one of the same parameter is forgotten.
    pub fn wait(&self, param: &Param, value: f64) {
        param.waiting.store(value.to_bits(), Ordering::Release);
        param.waited.store(0, Ordering::Release);
        param.is_waiting.store(true, Ordering::Release);
        self.any_waiting.store(true, Ordering::Release);
    }

    /// Whether any value waits.
    pub fn any_waiting(&self) -> bool {
        self.any_waiting.load(Ordering::Acquire)
    }

    /// Takes all waiting values out, each with the place of its parameter.
    pub fn take_waiting(&self, mut each: impl FnMut(usize, f64)) {
        if !self.any_waiting.swap(false, Ordering::AcqRel) {
            return;
        }
        for (place, param) in self.list.iter().enumerate() {
            if param.is_waiting.swap(false, Ordering::AcqRel) {
                each(place, f64::from_bits(param.waiting.load(Ordering::Acquire)));
            }
        }
    }

    /// Lets `samples` pass and takes out the values that have waited for more than `patience`.
    pub fn take_late(&self, samples: u32, patience: u32, mut each: impl FnMut(usize, f64)) {
        let mut any = false;
        self.any_waiting.store(false, Ordering::Release);
        for (place, param) in self.list.iter().enumerate() {
            let Some(value) = param.waiting() else {
                continue;
            };
            let before = param.waited.fetch_add(samples, Ordering::AcqRel);
            if before > patience {
                param.is_brought();
                each(place, value);
            } else {
                any = true;
            }
        }
        self.any_waiting.fetch_or(any, Ordering::AcqRel);
    }
}

#[cfg(test)]
pub mod tests {
    use super::*;

    /// Parameters with these ids, from 0 to `span` in CLAP.
    pub fn params(ids: &[u32], span: f64) -> Params {
        let param = |id: &u32| Param {
            id: *id,
            title: String::new(),
            unit: String::new(),
            group: String::new(),
            steps: 0,
            default: 0.0,
            is_automatable: true,
            is_hidden: false,
            is_bypass: false,
            min: 0.0,
            span,
            waiting: AtomicU64::new(0),
            is_waiting: AtomicBool::new(false),
            waited: AtomicU32::new(0),
            gestures: AtomicU32::new(0),
        };
        Params::of(ids.iter().map(param).collect())
    }

    fn unit(texts: &[&str]) -> String {
        let texts: Vec<String> = texts.iter().map(|text| (*text).to_owned()).collect();
        unit_of(&texts).to_owned()
    }

    #[test]
    fn a_unit_follows_every_number() {
        assert_eq!(unit(&["-12.00 dB", "0.00 dB"]), " dB");
        assert_eq!(unit(&["1.00:1", "20.00:1"]), ":1");
        assert_eq!(unit(&["1", "2"]), "");
        assert_eq!(unit(&["Off", "On"]), "");
        assert_eq!(unit(&["900 Hz", "1 kHz"]), "", "no common one");
        assert_eq!(unit(&["1 dB", "off"]), "");
        assert_eq!(unit(&["- dB", "- dB"]), "");
    }

    #[test]
    fn values_are_normalised() {
        let params = params(&[7], 4.0);
        let param = params.get(7).unwrap();
        assert_eq!(param.plain(0.5), 2.0);
        assert_eq!(param.plain(7.0), 4.0);
        assert_eq!(param.normalised(1.0), 0.25);
        assert_eq!(param.normalised(-1.0), 0.0);
    }

    #[test]
    fn the_newest_value_waits() {
        let params = params(&[30, 10, 20], 1.0);
        let param = params.get(10).unwrap();
        params.wait(param, 0.25);
        params.wait(param, 0.75);
        assert_eq!(param.waiting(), Some(0.75));
        let mut taken = Vec::new();
        params.take_waiting(|place, value| taken.push((place, value)));
        params.take_waiting(|place, value| taken.push((place, value)));
        assert_eq!(taken, [(1, 0.75)]);
        assert_eq!(param.waiting(), None);
        assert!(params.get(11).is_none());
    }

    #[test]
    fn a_value_that_no_block_brings_is_late() {
        let params = params(&[1, 2], 1.0);
        let (slow, brought) = (params.get(1).unwrap(), params.get(2).unwrap());
        params.wait(slow, 0.25);
        params.wait(brought, 0.5);
        let mut taken = Vec::new();
        for block in 0..20 {
            if block == 5 {
                brought.is_brought();
            }
            params.take_late(512, 4800, |place, value| taken.push((block, place, value)));
        }
        // Ten blocks are more than 4800 samples.
        assert_eq!(taken, [(10, 0, 0.25)]);
        assert!(!params.any_waiting());
    }

    #[test]
    fn gestures_are_counted() {
        let params = params(&[1], 1.0);
        let param = params.get(1).unwrap();
        param.end_gesture();
        assert!(!param.is_held(), "an end without a beginning");
        param.begin_gesture();
        param.begin_gesture();
        param.end_gesture();
        assert!(param.is_held());
        assert!(param.let_go() && !param.is_held() && !param.let_go());
    }
}
