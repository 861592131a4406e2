//! A state of the plug-in made outside of it, for those who decide elsewhere.

use nice_plug::prelude::PluginState;

use super::state::{Persisted, as_saved};
use auralis_engine::ear::Reference;
use auralis_engine::ear::learned::Learned;
use auralis_engine::params::{TABLE, Values};

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
