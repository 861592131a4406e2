//! A loaded instance while it is not active: layout, state, render mode.

use std::ffi::CString;
use std::path::Path;

use anyhow::{Context, Result, bail, ensure};
use clack_extensions::audio_ports::{AudioPortFlags, AudioPortInfoBuffer, PluginAudioPorts};
use clack_extensions::audio_ports_config::{AudioPortsConfigBuffer, PluginAudioPortsConfig};
use clack_extensions::latency::PluginLatency;
use clack_extensions::render::{PluginRender, RenderMode};
use clack_extensions::state::PluginState;
use clack_host::prelude::*;

use super::handlers::{Host, MainThread, Requests};
use super::params::{self, ParamInfo};

/// CLAP id of Auralis.
pub const PLUGIN_ID: &str = "org.auralis.auralis";

/// An instance of a plug-in, not active. It stays on the thread that made it.
pub struct HostedPlugin {
    pub(super) instance: PluginInstance<Host>,
    pub(super) params: Vec<ParamInfo>,
}

/// Channels of each port, the main port first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ports {
    /// Input ports: the main input, then the sidechain.
    pub inputs: Vec<usize>,
    /// Output ports.
    pub outputs: Vec<usize>,
}

impl HostedPlugin {
    /// Loads Auralis from a `.clap`: a file on Linux and Windows, a bundle on macOS.
    ///
    /// # Errors
    /// When there is nothing at the path, or it holds no such plug-in.
    pub fn load(path: &Path) -> Result<Self> {
        Self::load_id(path, PLUGIN_ID)
    }

    /// Loads the plug-in of this CLAP id from a `.clap`.
    ///
    /// # Errors
    /// When there is nothing at the path, or it holds no such plug-in.
    pub fn load_id(path: &Path, id: &str) -> Result<Self> {
        let place = || format!("cannot load the plug-in {}", path.display());
        ensure!(path.exists(), "{}: no such file", place());
        let path = path.canonicalize().with_context(place)?;
        let entry = load_entry(&path).with_context(place)?;
        let id = CString::new(id).context("the id has a zero byte")?;
        let info = HostInfo::new("Auralis host", "Auralis", "", env!("CARGO_PKG_VERSION"))?;
        let mut instance = PluginInstance::<Host>::new(
            |_| Requests::default(),
            |requests| MainThread { requests },
            &entry,
            &id,
            &info,
        )
        .with_context(place)?;
        let params = params::list(&instance.plugin_handle());
        Ok(Self { instance, params })
    }

    /// The latency that the plug-in reports now, in samples. It counts once active.
    pub fn latency_samples(&mut self) -> usize {
        let handle = self.instance.plugin_handle();
        let extension = handle.get_extension::<PluginLatency>();
        extension.map_or(0, |latency| latency.get(&handle) as usize)
    }

    /// How often the plug-in told of a new latency.
    pub fn latency_changes(&self) -> u32 {
        self.instance
            .access_shared_handler(Requests::latency_changes)
    }

    /// The state as the plug-in saves it into a project.
    ///
    /// # Errors
    /// When the plug-in does not save one.
    pub fn save_state(&mut self) -> Result<Vec<u8>> {
        let handle = self.instance.plugin_handle();
        let extension = handle.get_extension::<PluginState>();
        let extension = extension.context("the plug-in has no state")?;
        let mut bytes = Vec::new();
        extension.save(&handle, &mut bytes)?;
        Ok(bytes)
    }

    /// Loads a state.
    ///
    /// # Errors
    /// When the plug-in refuses it.
    pub fn load_state(&mut self, bytes: &[u8]) -> Result<()> {
        let handle = self.instance.plugin_handle();
        let extension = handle.get_extension::<PluginState>();
        let extension = extension.context("the plug-in has no state")?;
        let loaded = extension.load(&handle, &mut std::io::Cursor::new(bytes));
        self.serve_callbacks();
        loaded.context("the plug-in refuses the state")
    }

    /// Chooses the layout with this many channels in and out.
    ///
    /// # Errors
    /// When the plug-in has no such layout.
    pub fn select_layout(&mut self, channels: usize) -> Result<()> {
        if self.ports()?.inputs.first() == Some(&channels) {
            return Ok(());
        }
        let handle = self.instance.plugin_handle();
        let missing = || format!("the plug-in has no layout of {channels} channels");
        let extension = handle.get_extension::<PluginAudioPortsConfig>();
        let extension = extension.with_context(missing)?;
        let mut buffer = AudioPortsConfigBuffer::new();
        for index in 0..extension.count(&handle) {
            let Some(layout) = extension.get(&handle, index, &mut buffer) else {
                continue;
            };
            let (input, output) = (layout.main_input, layout.main_output);
            let fits = |port: Option<clack_extensions::audio_ports_config::MainPortInfo>| {
                port.is_some_and(|p| p.channel_count as usize == channels)
            };
            if fits(input) && fits(output) {
                return extension.select(&handle, layout.id).with_context(missing);
            }
        }
        bail!("{}", missing())
    }

    /// The ports of the layout in use.
    ///
    /// # Errors
    /// When the plug-in lists none, or its first port is not the main one.
    pub fn ports(&mut self) -> Result<Ports> {
        let handle = self.instance.plugin_handle();
        let extension = handle.get_extension::<PluginAudioPorts>();
        let extension = extension.context("the plug-in has no audio ports")?;
        let side = |is_input: bool| -> Result<Vec<usize>> {
            let mut buffer = AudioPortInfoBuffer::new();
            let mut channels = Vec::new();
            for index in 0..extension.count(&handle, is_input) {
                let port = extension.get(&handle, index, is_input, &mut buffer);
                let port = port.context("the plug-in hides an audio port")?;
                let main = port.flags.contains(AudioPortFlags::IS_MAIN);
                ensure!(main == (index == 0), "the main port is not the first");
                channels.push(port.channel_count as usize);
            }
            ensure!(!channels.is_empty(), "the plug-in has no audio ports");
            Ok(channels)
        };
        let (inputs, outputs) = (side(true)?, side(false)?);
        Ok(Ports { inputs, outputs })
    }

    /// Tells the plug-in whether it renders offline. A plug-in that does not ask gets no answer.
    pub(super) fn set_offline(&mut self, offline: bool) -> Result<()> {
        let mode = if offline {
            RenderMode::Offline
        } else {
            RenderMode::Realtime
        };
        let handle = self.instance.plugin_handle();
        match handle.get_extension::<PluginRender>() {
            Some(extension) => Ok(extension.set(&handle, mode)?),
            None => Ok(()),
        }
    }

    /// Runs the plug-in's main-thread work for as long as it asks for it.
    pub(super) fn serve_callbacks(&mut self) {
        while self.instance.access_shared_handler(Requests::take_callback) {
            self.instance.call_on_main_thread_callback();
        }
    }
}

/// Loads the library and its CLAP entry.
#[allow(unsafe_code)]
fn load_entry(path: &Path) -> Result<PluginEntry> {
    // SAFETY: loading a library runs its code, and clack then trusts it to keep to the CLAP
    // specification. The user names the file, as a DAW's user does by installing a plug-in.
    let entry = unsafe { PluginEntry::load(path) };
    entry.map_err(|error| anyhow::anyhow!("{error}")) // its causes are in its text already
}
