//! Parameters by the names that a host shows.

use std::ffi::CString;

use anyhow::{Context, Result, bail};
use clack_extensions::params::{ParamInfoBuffer, PluginParams};
use clack_host::events::Pckn;
use clack_host::events::event_types::ParamValueEvent;
use clack_host::prelude::*;
use clack_host::utils::ClapId;

use super::plugin::HostedPlugin;

/// A parameter as the plug-in lists it.
#[derive(Debug, Clone, PartialEq)]
pub struct ParamInfo {
    /// CLAP's id, a hash.
    pub clap_id: u32,
    /// Name that hosts show.
    pub name: String,
    /// Group that hosts show.
    pub group: String,
    /// Range and default, in the plug-in's own (normalised or stepped) numbers.
    pub min: f64,
    /// Largest value.
    pub max: f64,
    /// Default value.
    pub default: f64,
    /// Whether hosts may automate it.
    pub automatable: bool,
    /// Whether only whole numbers count.
    pub stepped: bool,
    /// Whether it is the host's bypass.
    pub bypass: bool,
}

impl ParamInfo {
    fn id(&self) -> ClapId {
        ClapId::new(self.clap_id)
    }

    /// CLAP's value of a normalised one.
    fn clap_value(&self, normalized: f64) -> f64 {
        self.min + normalized.clamp(0.0, 1.0) * (self.max - self.min)
    }
}

/// A new value of a parameter.
#[derive(Debug, Clone, PartialEq)]
pub enum Setting {
    /// As a user types it: "-18 dB", "4:1", "Hip-Hop".
    Text(String),
    /// From 0 to 1 over the parameter's range.
    Normalized(f64),
}

/// A change of a parameter during a rendering.
#[derive(Debug, Clone, PartialEq)]
pub struct ParamEvent {
    /// Frame of the input at which it takes effect.
    pub frame: usize,
    /// Name of the parameter.
    pub name: String,
    /// Its new value.
    pub setting: Setting,
}

impl ParamEvent {
    /// A value as a user types it.
    pub fn text(frame: usize, name: &str, text: &str) -> Self {
        Self {
            frame,
            name: name.to_owned(),
            setting: Setting::Text(text.to_owned()),
        }
    }

    /// A value from 0 to 1.
    pub fn normalized(frame: usize, name: &str, value: f64) -> Self {
        Self {
            frame,
            name: name.to_owned(),
            setting: Setting::Normalized(value),
        }
    }
}

/// A change with the parameter found and the text read.
#[derive(Debug, Clone, Copy)]
pub struct Change {
    /// Frame of the input.
    pub frame: usize,
    id: ClapId,
    value: f64,
}

impl Change {
    /// The change as CLAP's event, `offset` frames into a block.
    pub fn event(&self, offset: usize) -> ParamValueEvent {
        let time = u32::try_from(offset).unwrap_or(u32::MAX);
        ParamValueEvent::new(time, self.id, Pckn::match_all(), self.value)
    }
}

/// Lists the parameters of an instance.
pub fn list(handle: &PluginMainThreadHandle) -> Vec<ParamInfo> {
    use clack_extensions::params::ParamInfoFlags as Flags;
    let Some(extension) = handle.get_extension::<PluginParams>() else {
        return Vec::new();
    };
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    let mut buffer = ParamInfoBuffer::new();
    let mut all = Vec::new();
    for index in 0..extension.count(handle) {
        if let Some(info) = extension.get_info(handle, index, &mut buffer) {
            all.push(ParamInfo {
                clap_id: info.id.get(),
                name: text(info.name),
                group: text(info.module),
                min: info.min_value,
                max: info.max_value,
                default: info.default_value,
                automatable: info.flags.contains(Flags::IS_AUTOMATABLE),
                stepped: info.flags.contains(Flags::IS_STEPPED),
                bypass: info.flags.contains(Flags::IS_BYPASS),
            });
        }
    }
    all
}

impl HostedPlugin {
    /// All parameters in the plug-in's order.
    pub fn params(&self) -> &[ParamInfo] {
        &self.params
    }

    /// The parameter of this name.
    ///
    /// # Errors
    /// When the plug-in has none.
    pub fn param(&self, name: &str) -> Result<&ParamInfo> {
        let mut all = self.params.iter();
        all.find(|param| param.name == name)
            .with_context(|| format!("the plug-in has no parameter \"{name}\""))
    }

    /// Sets a parameter as a user types it.
    ///
    /// # Errors
    /// When there is no such parameter, or the plug-in does not understand the text.
    pub fn set_text(&mut self, name: &str, text: &str) -> Result<()> {
        self.set(&[ParamEvent::text(0, name, text)])
    }

    /// Sets a parameter from 0 to 1.
    ///
    /// # Errors
    /// When there is no such parameter.
    pub fn set_normalized(&mut self, name: &str, value: f64) -> Result<()> {
        self.set(&[ParamEvent::normalized(0, name, value)])
    }

    /// The value of a parameter as the plug-in prints it.
    ///
    /// # Errors
    /// When there is no such parameter, or the plug-in does not print it.
    pub fn text(&mut self, name: &str) -> Result<String> {
        let (id, value) = (self.param(name)?.id(), self.value(name)?);
        let handle = self.instance.plugin_handle();
        let extension = params_of(&handle)?;
        let mut buffer = [0; 256];
        let text = extension
            .value_to_text(&handle, id, value, &mut buffer)
            .ok()
            .with_context(|| format!("the plug-in does not print \"{name}\""))?;
        Ok(String::from_utf8_lossy(text).into_owned())
    }

    /// The value of a parameter from 0 to 1.
    ///
    /// # Errors
    /// When there is no such parameter.
    pub fn normalized(&mut self, name: &str) -> Result<f64> {
        let value = self.value(name)?;
        let param = self.param(name)?;
        Ok((value - param.min) / (param.max - param.min))
    }

    /// CLAP's own value of a parameter.
    fn value(&mut self, name: &str) -> Result<f64> {
        let id = self.param(name)?.id();
        let handle = self.instance.plugin_handle();
        params_of(&handle)?
            .get_value(&handle, id)
            .with_context(|| format!("the plug-in has no value of \"{name}\""))
    }

    /// Finds the parameter of an event and reads its text.
    pub(super) fn resolve(&mut self, event: &ParamEvent) -> Result<Change> {
        let param = self.param(&event.name)?.clone();
        let value = match &event.setting {
            Setting::Normalized(value) => param.clap_value(*value),
            Setting::Text(text) => self.read_text(&param, text)?,
        };
        Ok(Change {
            frame: event.frame,
            id: param.id(),
            value,
        })
    }

    fn read_text(&mut self, param: &ParamInfo, text: &str) -> Result<f64> {
        let c_text = CString::new(text).context("the text has a zero byte")?;
        let handle = self.instance.plugin_handle();
        let value = params_of(&handle)?.text_to_value(&handle, param.id(), &c_text);
        let name = &param.name;
        value.with_context(|| format!("the plug-in does not take \"{text}\" for \"{name}\""))
    }

    /// Sets parameters while the plug-in is not active.
    fn set(&mut self, events: &[ParamEvent]) -> Result<()> {
        let mut buffer = EventBuffer::new();
        for event in events {
            buffer.push(&self.resolve(event)?.event(0));
        }
        let Some(mut handle) = self.instance.inactive_plugin_handle() else {
            bail!("parameters are set in the block while the plug-in is active");
        };
        let extension = params_of(&handle)?;
        extension.flush(&mut handle, &buffer.as_input(), &mut OutputEvents::void());
        self.serve_callbacks();
        Ok(())
    }
}

/// The parameters' extension.
fn params_of(handle: &PluginMainThreadHandle) -> Result<PluginParams> {
    let extension = handle.get_extension::<PluginParams>();
    extension.context("the plug-in has no parameters")
}
