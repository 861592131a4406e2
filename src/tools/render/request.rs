//! What is asked of every master: the parameters, the kind of file, what goes beside it.

use anyhow::Result;
use nice_plug::prelude::PluginState;

use crate::params::snapshot::snapshot;
use crate::tools::audio_out::{Container, Depth, FileKind};
use crate::tools::usage::WrongUsage;
use auralis_engine::ear::learned::Learned;
use auralis_engine::ear::{AdaptMode, Reference};
use auralis_engine::master::Order;
use auralis_engine::params::{Choices, ParamId, TABLE, Values};

use super::args::RenderArgs;
use super::{reference, start};

/// What every master of a run is made with.
#[derive(Debug, Clone)]
pub struct Request {
    /// The parameters by id.
    pub values: Values,
    /// The same for the engine, and the reference.
    pub order: Order,
    /// What is written.
    pub kind: FileKind,
    /// Whether files that are there already may be replaced.
    pub may_replace: bool,
    /// Whether a report is written.
    pub report: bool,
    /// Whether the decision is written.
    pub save_decision: bool,
}

impl Request {
    /// What the arguments ask for.
    ///
    /// # Errors
    /// [`WrongUsage`], and when the reference cannot be read.
    pub fn of(args: &RenderArgs) -> Result<Self> {
        let kind = FileKind {
            container: args.format,
            depth: args.bits,
        };
        if kind.container == Container::Flac && kind.depth == Depth::Float32 {
            return wrong("a FLAC holds integers only: --bits 16 or 24, or --format wav");
        }
        let preset = args.preset.as_deref().map(start::from).transpose()?;
        let (start, kept) = preset.unwrap_or_default();
        let reference = reference::of(&args.references)?.or(kept);
        let values = values(args, start, reference.as_ref())?;
        let order = Order {
            settings: values.settings(),
            reference,
        };
        if args.album && !order.is_decided_once() {
            return wrong("--album decides once, and adapt_mode is Follow");
        }
        Ok(Self {
            values,
            order,
            kind,
            may_replace: args.overwrite,
            report: args.report,
            save_decision: args.save_decision,
        })
    }

    /// Everything at its default, written as floats.
    pub fn floats() -> Self {
        let values = Values::default();
        Self {
            order: Order {
                settings: values.settings(),
                reference: None,
            },
            values,
            kind: FileKind {
                container: Container::Wav,
                depth: Depth::Float32,
            },
            may_replace: true,
            report: false,
            save_decision: false,
        }
    }

    /// A state of the plug-in that holds this decision.
    pub fn held(&self, learned: Option<&Learned>) -> PluginState {
        let mut values = self.values;
        values.set(ParamId::AdaptMode, AdaptMode::Hold.index() as f32);
        snapshot(&values, learned.cloned(), self.order.reference.clone())
    }

    /// The parameters that are not at their default, as they are typed.
    pub fn changed(&self) -> Vec<(&'static str, String)> {
        let is_changed = |value: f32, default: f32| (value - default).abs() > 0.0;
        TABLE
            .iter()
            .map(|row| (row, self.values.get(row.param)))
            .filter(|(row, value)| is_changed(*value, row.kind.default()))
            .map(|(row, value)| (row.id, row.param.print(value)))
            .collect()
    }
}

fn wrong<T>(text: &str) -> Result<T> {
    Err(WrongUsage(text.to_owned()).into())
}

/// The parameters: those to start from, then the options with names of their own, then `--set`.
fn values(args: &RenderArgs, mut values: Values, reference: Option<&Reference>) -> Result<Values> {
    let target = args.target.as_deref().map(|text| ("target", text));
    let lufs = args.lufs.as_deref().map(|text| lufs(text, reference));
    let lufs = lufs.transpose()?;
    let lufs = lufs.as_deref().map(|text| ("loud_target", text));
    let follow = args
        .follow
        .then_some(("adapt_mode", AdaptMode::Follow.name()));
    for (id, text) in target.into_iter().chain(lufs).chain(follow) {
        set(&mut values, id, text)?;
    }
    let is_matched = !args.references.is_empty() && values.get(ParamId::RefBlend) <= 0.0;
    if is_matched {
        values.set(ParamId::RefBlend, 100.0);
    }
    for text in &args.sets {
        let Some((id, value)) = text.split_once('=') else {
            return wrong(&format!("--set {text}: it takes ID=VALUE"));
        };
        set(&mut values, id.trim(), value.trim())?;
    }
    Ok(values)
}

fn set(values: &mut Values, id: &str, text: &str) -> Result<()> {
    let done = values.set_text(id, text);
    done.map_err(|error| WrongUsage(error.to_string()).into())
}

/// A loudness as it is typed.
fn lufs(text: &str, reference: Option<&Reference>) -> Result<String> {
    match (text, reference) {
        ("reference", Some(reference)) => Ok(format!("{:.2}", reference.loudness_lufs())),
        ("reference", None) => wrong("--lufs reference: there is no --reference"),
        _ => Ok(text.to_owned()),
    }
}
