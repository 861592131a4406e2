//! The parameters as hosts see them: made from the engine's table, with what else a state keeps.

pub mod panel_size;
pub mod snapshot;
pub mod state;

use std::collections::BTreeMap;
use std::sync::Arc;

use nice_plug::params::internals::ParamPtr;
use nice_plug::prelude::*;

use auralis_dsp::bands::PerBand;
use auralis_engine::params::{Kind, ParamId, Row, Scale, TABLE, Values};
use auralis_engine::processor::ProcessorSettings;
pub use state::Persisted;

/// A parameter of the host's, of the kind that its row says.
enum HostParam {
    Number(FloatParam),
    Switch(BoolParam),
    /// Its value is the place in the list.
    Choice(IntParam),
}

/// All parameters in the order of the table.
pub struct AuralisParams {
    /// What the state keeps beside the parameters.
    pub persisted: Persisted,
    params: Vec<HostParam>,
}

impl Default for AuralisParams {
    fn default() -> Self {
        Self {
            persisted: Persisted::default(),
            params: TABLE.iter().map(HostParam::new).collect(),
        }
    }
}

impl HostParam {
    fn new(row: &'static Row) -> Self {
        match row.kind {
            Kind::Float {
                min,
                max,
                default,
                unit,
                scale,
            } => {
                let param = row.param;
                let number = FloatParam::new(row.name, default, range(min, max, scale))
                    .with_unit(unit.suffix())
                    .with_value_to_string(Arc::new(move |value| unit.print(value)))
                    .with_string_to_value(Arc::new(move |text| param.parse(text)));
                Self::Number(number)
            }
            Kind::Switch { default } => {
                let param = row.param;
                let switch = BoolParam::new(row.name, default)
                    .with_value_to_string(Arc::new(move |on| param.print(f32::from(u8::from(on)))))
                    .with_string_to_value(Arc::new(move |text| Some(param.parse(text)? >= 0.5)));
                let is_bypass = row.param == ParamId::Bypass;
                Self::Switch(if is_bypass {
                    switch.make_bypass()
                } else {
                    switch
                })
            }
            Kind::Choice { .. } => {
                let param = row.param;
                let (_, last) = row.kind.range();
                let range = IntRange::Linear {
                    min: 0,
                    max: whole(last),
                };
                let choice = IntParam::new(row.name, whole(row.kind.default()), range)
                    .with_value_to_string(Arc::new(move |place| param.print(place as f32)))
                    .with_string_to_value(Arc::new(move |text| Some(whole(param.parse(text)?))));
                Self::Choice(if row.kind.is_automatable() {
                    choice
                } else {
                    choice.non_automatable()
                })
            }
        }
    }

    fn as_ptr(&self) -> ParamPtr {
        match self {
            Self::Number(param) => param.as_ptr(),
            Self::Switch(param) => param.as_ptr(),
            Self::Choice(param) => param.as_ptr(),
        }
    }

    /// The plain value, as the engine's [`Values`] have it.
    fn plain(&self) -> f32 {
        match self {
            Self::Number(param) => param.value(),
            Self::Switch(param) => f32::from(u8::from(param.value())),
            Self::Choice(param) => param.value() as f32,
        }
    }
}

/// A place in a list, which is small, as the framework counts.
#[allow(clippy::cast_possible_truncation)] // saturates
fn whole(value: f32) -> i32 {
    value.round() as i32
}

/// The range of a number.
fn range(min: f32, max: f32, scale: Scale) -> FloatRange {
    match scale {
        Scale::Linear => FloatRange::Linear { min, max },
        Scale::Skewed => FloatRange::Skewed {
            min,
            max,
            factor: FloatRange::skew_factor(-2.0),
        },
    }
}

impl AuralisParams {
    /// The parameters behind an `Arc`, as the framework wants them.
    pub fn shared() -> Arc<Self> {
        Arc::new(Self::default())
    }

    /// A parameter that is a number.
    ///
    /// # Panics
    /// When it is none, which the panel's tests would show.
    pub fn number(&self, id: ParamId) -> &FloatParam {
        match &self.params[id as usize] {
            HostParam::Number(param) => param,
            _ => panic!("{id:?} is no number"),
        }
    }

    /// A parameter that is a switch.
    ///
    /// # Panics
    /// When it is none, which the panel's tests would show.
    pub fn switch(&self, id: ParamId) -> &BoolParam {
        match &self.params[id as usize] {
            HostParam::Switch(param) => param,
            _ => panic!("{id:?} is no switch"),
        }
    }

    /// A parameter that is a list of choices.
    ///
    /// # Panics
    /// When it is none, which the panel's tests would show.
    pub fn choice(&self, id: ParamId) -> &IntParam {
        match &self.params[id as usize] {
            HostParam::Choice(param) => param,
            _ => panic!("{id:?} is no choice"),
        }
    }

    /// The manual gain of a critical band, from 0.
    pub fn band(&self, band: usize) -> &FloatParam {
        self.number(ParamId::eq_band(band))
    }

    /// The manual gains of the bands in dB.
    pub fn band_gains_db(&self) -> PerBand {
        std::array::from_fn(|band| self.band(band).value())
    }

    /// All values. Safe on the audio thread.
    pub fn values(&self) -> Values {
        let mut values = Values::default();
        for (row, param) in TABLE.iter().zip(&self.params) {
            values.set(row.param, param.plain());
        }
        values
    }

    /// All values as the processor wants them. Safe on the audio thread.
    pub fn settings(&self) -> ProcessorSettings {
        self.values().settings()
    }

    /// A plain value of a parameter, normalised as the host has it.
    pub fn normalized(&self, id: ParamId, plain: f32) -> f32 {
        match &self.params[id as usize] {
            HostParam::Number(param) => param.preview_normalized(plain),
            HostParam::Switch(param) => param.preview_normalized(plain >= 0.5),
            HostParam::Choice(param) => param.preview_normalized(whole(plain)),
        }
    }

    /// The framework's handle on a parameter, for what takes parameters of any kind.
    pub fn ptr(&self, id: ParamId) -> ParamPtr {
        self.params[id as usize].as_ptr()
    }
}

// SAFETY: the pointers are to parameters on the heap that are never moved, added or removed while
// `self` lives.
#[allow(unsafe_code)]
unsafe impl Params for AuralisParams {
    fn param_map(&self) -> Vec<(String, ParamPtr, String)> {
        let rows = TABLE.iter().zip(&self.params);
        rows.map(|(row, param)| (row.id.to_owned(), param.as_ptr(), row.group.to_owned()))
            .collect()
    }

    fn serialize_fields(&self) -> BTreeMap<String, String> {
        self.persisted.serialize_fields()
    }

    fn deserialize_fields(&self, fields: &BTreeMap<String, String>) {
        self.persisted.deserialize_fields(fields);
    }
}
