//! A state of the plug-in written and read outside of it, for those who decide elsewhere.

use nice_plug::plugin::ParamValue;
use nice_plug::prelude::PluginState;

use super::state::{PRESET_KEY, Persisted, as_saved, filter, refusal_of};
use auralis_engine::ear::Reference;
use auralis_engine::ear::learned::Learned;
use auralis_engine::params::{TABLE, Values};
use auralis_engine::presets::Preset;

/// The state that an instance with these parameters would save, had it learned this and captured that.
pub fn snapshot(
    values: &Values,
    learned: Option<Learned>,
    reference: Option<Reference>,
) -> PluginState {
    let persisted = Persisted::default();
    persisted.memory.replace(learned);
    persisted.reference.replace(reference);
    let params = TABLE.iter().map(|row| {
        let value = as_saved(row, values.get(row.param));
        (row.id.to_owned(), value)
    });
    PluginState {
        version: env!("CARGO_PKG_VERSION").to_owned(),
        params: params.collect(),
        fields: persisted.serialize_fields(),
    }
}

/// The parameters and the reference that an instance would have, had it loaded this state in JSON.
///
/// # Errors
/// Why it would refuse the state.
pub fn restored(json: &[u8]) -> Result<(Values, Option<Reference>), String> {
    let version = env!("CARGO_PKG_VERSION");
    if let Some(reason) = refusal_of(json, version) {
        return Err(reason);
    }
    let mut state: PluginState = serde_json::from_slice(json).map_err(|e| e.to_string())?;
    filter(&mut state, version);
    let persisted = Persisted::default();
    persisted.deserialize_fields(&state.fields);
    Ok((values(&state), persisted.reference.current()))
}

/// A state in JSON with a preset in place of its parameters; all else stays.
///
/// # Errors
/// When it is no state.
pub fn with_preset(json: &[u8], preset: &Preset) -> Result<Vec<u8>, String> {
    let mut state: PluginState = serde_json::from_slice(json).map_err(|e| e.to_string())?;
    let recalled = preset.recalled(&values(&state));
    for row in TABLE {
        let value = as_saved(row, recalled.get(row.param));
        state.params.insert(row.id.to_owned(), value);
    }
    let name = serde_json::json!(preset.name()).to_string();
    state.fields.insert(PRESET_KEY.to_owned(), name);
    serde_json::to_vec(&state).map_err(|e| e.to_string())
}

/// The parameters of a state; what it lacks is at its default.
fn values(state: &PluginState) -> Values {
    let mut values = Values::default();
    for row in TABLE {
        match state.params.get(row.id) {
            Some(ParamValue::F32(value)) => values.set(row.param, *value),
            Some(ParamValue::Bool(on)) => values.set(row.param, f32::from(u8::from(*on))),
            Some(ParamValue::I32(place)) => values.set(row.param, *place as f32),
            Some(ParamValue::String(_)) | None => {}
        }
    }
    values
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read_again_and_what_is_no_state_is_refused() {
        let mut values = Values::default();
        for (id, text) in [("target", "Jazz"), ("comp_ratio", "3"), ("eq_on", "off")] {
            values.set_text(id, text).unwrap();
        }
        let json = serde_json::to_vec(&snapshot(&values, None, None)).unwrap();
        assert_eq!(restored(&json).unwrap(), (values, None));
        for (json, reason) in [
            (&b"no state"[..], "unreadable"),
            (b"{\"params\":{},\"fields\":{}}", "not one of Auralis"),
        ] {
            let refusal = restored(json).unwrap_err();
            assert!(refusal.contains(reason), "{refusal}");
        }
    }
}
