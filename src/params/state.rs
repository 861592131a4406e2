//! What a saved state holds beside the parameters, and what is done to a state before it is loaded.

use std::collections::BTreeMap;
use std::sync::{Arc, PoisonError, RwLock};

use nice_plug::plugin::ParamValue;
use nice_plug::prelude::*;
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::compare::Compare;
use crate::params::panel_size::PanelSlot;
use crate::song_file::SongLook;
use auralis_engine::ear::Reference;
use auralis_engine::ear::desk::DeskRequest;
use auralis_engine::ear::learned::Learned;
use auralis_engine::knowledge::memory::{MOST_OTHERS, Songs};
use auralis_engine::knowledge::status::EarStatus;
use auralis_engine::params::{Kind, Row, TABLE};
use auralis_engine::reference::ReferenceSlot;
use auralis_engine::{Knowledge, Memory};

/// The plug-in that a state belongs to, kept in the state under this key.
const OWNER_KEY: &str = "plugin";
/// The value of `OWNER_KEY`: the CLAP id.
pub const OWNER: &str = "org.auralis.auralis";
/// Key of the message that [`filter`] leaves for the panel. A state keeps the last one, for those who
/// look into it; loading replaces it.
const NOTICE_KEY: &str = "notice";
/// Key of what was learned of the song at hand.
const LEARNED_KEY: &str = "learned";
/// Key of what was learned of songs put aside. Version 0.1.0 had none.
const SONGS_KEY: &str = "songs";
/// Key of the captured reference.
const REFERENCE_KEY: &str = "reference";
/// Key of what is put aside to compare with. Version 0.1.0 had none.
const COMPARE_KEY: &str = "compare";
/// Key of the name of the preset that was loaded last.
pub const PRESET_KEY: &str = "preset";

/// Key of the panel's size. Version 0.1.0 had none.
const PANEL_KEY: &str = "panel";

/// What an instance holds beside its parameters.
#[derive(Default)]
pub struct Persisted {
    /// What the panel tells the user about the last state that was loaded; empty when all is well.
    pub notice: Arc<RwLock<String>>,
    /// What the ear has learned by playing.
    pub memory: Memory,
    /// The captured reference.
    pub reference: ReferenceSlot,
    /// The panel's size.
    pub panel: PanelSlot,
    /// A and B.
    pub compare: Compare,
    /// Name of the preset that was loaded last; empty when none was.
    preset: RwLock<String>,
    /// A look at a song's file; no state keeps it.
    pub look: SongLook,
    /// How the ear is; no state keeps it.
    pub status: EarStatus,
    /// Whether the desk of meters is looked at; no state keeps it.
    pub desk: DeskRequest,
}

impl Persisted {
    /// What the processor shares with the state.
    pub fn knowledge(&self) -> Knowledge {
        Knowledge {
            memory: self.memory.clone(),
            reference: self.reference.clone(),
            status: self.status.clone(),
            desk: self.desk.clone(),
        }
    }

    /// What the user is to read: what became of the last state or, when that is said, how the ear is.
    pub fn message(&self) -> String {
        let notice = self.notice.read().unwrap_or_else(PoisonError::into_inner);
        match self.status.message() {
            Some(message) if notice.is_empty() => message.to_owned(),
            _ => notice.clone(),
        }
    }

    /// Puts another notice in place of the last.
    pub fn set_notice(&self, text: String) {
        *self.notice.write().unwrap_or_else(PoisonError::into_inner) = text;
    }

    /// Name of the preset that was loaded last; empty when none was.
    pub fn preset_name(&self) -> String {
        let name = self.preset.read();
        name.unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Another preset was loaded.
    pub fn set_preset_name(&self, name: &str) {
        let mut preset = self.preset.write().unwrap_or_else(PoisonError::into_inner);
        *preset = name.to_owned();
    }

    /// The fields of a state beside the parameters, as JSON by key.
    pub fn serialize_fields(&self) -> BTreeMap<String, String> {
        let notice = self.notice.read().unwrap_or_else(PoisonError::into_inner);
        let songs = self.memory.recall_songs().1;
        let fields = [
            (OWNER_KEY, json(&OWNER)),
            (NOTICE_KEY, json(&*notice)),
            (LEARNED_KEY, json(&songs.at_hand)),
            (SONGS_KEY, json(&songs.others)),
            (REFERENCE_KEY, json(&self.reference.current())),
            (COMPARE_KEY, self.compare.to_json()),
            (PRESET_KEY, json(&self.preset_name())),
        ];
        let panel = self.panel.get().map(|size| (PANEL_KEY, json(&size)));
        let fields = fields.into_iter().chain(panel);
        fields
            .filter_map(|(key, json)| Some((key.to_owned(), json?)))
            .collect()
    }

    /// Takes over what [`filter`] has left of a state; a field that is missing changes nothing.
    pub fn deserialize_fields(&self, fields: &BTreeMap<String, String>) {
        if let Some(at_hand) = field(fields, LEARNED_KEY) {
            let others = field(fields, SONGS_KEY).unwrap_or_default();
            self.memory.replace_songs(Songs { at_hand, others });
        }
        if let Some(reference) = field(fields, REFERENCE_KEY) {
            self.reference.replace(reference);
        }
        if let Some(size) = field(fields, PANEL_KEY) {
            self.panel.set(size);
        }
        // What a refused state leaves has no owner, and changes nothing.
        if fields.contains_key(OWNER_KEY) {
            self.compare.load(fields.get(COMPARE_KEY));
            let name: Option<String> = field(fields, PRESET_KEY);
            self.set_preset_name(&name.unwrap_or_default());
        }
        if let Some(notice) = field(fields, NOTICE_KEY) {
            self.set_notice(notice);
        }
    }
}

/// A value as JSON. Ours can all be written.
fn json(value: &impl Serialize) -> Option<String> {
    serde_json::to_string(value).ok()
}

/// The value of a field, if it is there and readable.
fn field<T: DeserializeOwned>(fields: &BTreeMap<String, String>, key: &str) -> Option<T> {
    serde_json::from_str(fields.get(key)?).ok()
}

/// The part of a semantic version that a breaking change raises: the major number and, while that
/// is 0, the minor one. `None` when the text is no version.
fn compatibility(version: &str) -> Option<(u64, u64)> {
    let mut parts = version.split('.').map(|part| part.parse::<u64>().ok());
    let (major, minor) = (parts.next()??, parts.next()??);
    Some((major, if major == 0 { minor } else { 0 }))
}

/// Why a state must not be loaded, if so.
fn refusal(state: &PluginState, own_version: &str) -> Option<String> {
    match state.fields.get(OWNER_KEY) {
        Some(owner) if owner.trim_matches('"') == OWNER => {}
        Some(owner) => return Some(format!("the state belongs to another plug-in ({owner})")),
        None => return Some(String::from("the state is not one of Auralis")),
    }
    match compatibility(&state.version) {
        None => Some(format!(
            "the state's version {:?} is unreadable",
            state.version
        )),
        Some(theirs) if Some(theirs) > compatibility(own_version) => Some(format!(
            "the state was saved by the newer version {} (this is {own_version})",
            state.version
        )),
        Some(_) => None,
    }
}

/// Why a state, as the framework writes it, must not be loaded; none when it may.
pub fn refusal_of(json: &[u8], own_version: &str) -> Option<String> {
    match serde_json::from_slice::<PluginState>(json) {
        Ok(state) => refusal(&state, own_version),
        Err(error) => Some(format!("it is unreadable ({error})")),
    }
}

/// What the panel says of a state that was refused for this reason.
pub fn refusal_notice(reason: &str) -> String {
    format!("State refused: {reason}.")
}

/// The value to load for one parameter: the saved one if it is of the right kind, made to fit the
/// range; else the default.
fn repaired(row: &Row, saved: Option<&ParamValue>) -> ParamValue {
    let plain = match (&row.kind, saved) {
        (Kind::Float { .. }, Some(ParamValue::F32(value))) => *value,
        (Kind::Switch { .. }, Some(ParamValue::Bool(on))) => f32::from(u8::from(*on)),
        (Kind::Choice { .. }, Some(ParamValue::I32(place))) => *place as f32,
        // Version 0.1.0 kept the ids of choices.
        (Kind::Choice { .. }, Some(ParamValue::String(id))) => {
            row.param.parse(id).unwrap_or(row.kind.default())
        }
        _ => row.kind.default(),
    };
    as_saved(row, row.kind.fitted(plain))
}

/// A plain value as states keep it.
pub fn as_saved(row: &Row, plain: f32) -> ParamValue {
    match row.kind {
        Kind::Float { .. } => ParamValue::F32(plain),
        Kind::Switch { .. } => ParamValue::Bool(plain >= 0.5),
        Kind::Choice { .. } => ParamValue::I32(super::whole(plain)),
    }
}

/// Whether something learned is plausible and finite: JSON has no infinities to give back.
fn is_sound(learned: &Learned) -> bool {
    let again = serde_json::to_string(learned).and_then(|json| serde_json::from_str(&json));
    learned.is_plausible() && again.is_ok_and(|again: Learned| again == *learned)
}

/// The persisted field of what was learned, empty where the state has none or a damaged one, and
/// what is to be said about it.
fn checked_learned(saved: Option<&String>) -> ((String, String), &'static str) {
    let nothing = String::from("null");
    let json = saved.unwrap_or(&nothing);
    let (json, text) = match serde_json::from_str::<Option<Learned>>(json) {
        Ok(learned) if learned.as_ref().is_none_or(is_sound) => (json, ""),
        _ => (
            &nothing,
            "What was learned is damaged in this state: it is learned anew.",
        ),
    };
    ((LEARNED_KEY.to_owned(), json.clone()), text)
}

/// Drops what is damaged of the songs put aside; what is to be said about it.
fn repair_songs(fields: &mut BTreeMap<String, String>) -> &'static str {
    let Some(json) = fields.get(SONGS_KEY) else {
        return "";
    };
    match serde_json::from_str::<Vec<Learned>>(json) {
        Ok(songs) if songs.len() <= MOST_OTHERS && songs.iter().all(is_sound) => "",
        _ => {
            fields.remove(SONGS_KEY);
            "What was learned of other songs is damaged in this state: they are learned anew."
        }
    }
}

/// Makes the reference of a state safe to load; what is to be said about it. A state without one
/// takes the one in use away, a damaged one leaves it.
fn repair_reference(fields: &mut BTreeMap<String, String>) -> &'static str {
    let json = fields
        .entry(REFERENCE_KEY.to_owned())
        .or_insert_with(|| String::from("null"));
    match serde_json::from_str::<Option<Reference>>(json) {
        Ok(reference) if reference.as_ref().is_none_or(Reference::is_plausible) => "",
        _ => {
            fields.remove(REFERENCE_KEY);
            "The state's reference is damaged: the one in use is kept."
        }
    }
}

/// Makes a state safe to load; the framework calls it before every load.
///
/// A state of another plug-in or of a newer incompatible version is emptied, so that everything in
/// use stays as it is, and the reason is left for the panel and the log. Otherwise values outside
/// their range are clamped, values of the wrong kind are dropped, and parameters that the state
/// does not know yet get their default: an old session sounds as it did.
pub fn filter(state: &mut PluginState, own_version: &str) {
    if let Some(reason) = refusal(state, own_version) {
        nice_plug::nice_error!("State refused: {reason}; the settings in use are kept");
        state.params.clear();
        state.fields = BTreeMap::from([notice(&refusal_notice(&reason))]);
        return;
    }
    let (learned, learned_text) = checked_learned(state.fields.get(LEARNED_KEY));
    let reference_text = repair_reference(&mut state.fields);
    let songs_text = repair_songs(&mut state.fields);
    let texts = [learned_text, songs_text, reference_text];
    let text = texts.map(|text| format!("{text} ")).concat();
    state.fields.extend([learned, notice(text.trim())]);
    state.params = TABLE
        .iter()
        .map(|row| (row.id.to_owned(), repaired(row, state.params.get(row.id))))
        .collect();
}

/// The persisted field that carries `text` to the panel.
fn notice(text: &str) -> (String, String) {
    (NOTICE_KEY.to_owned(), serde_json::json!(text).to_string())
}
