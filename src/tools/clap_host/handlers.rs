//! What the host answers when the plug-in calls it.

use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};

use clack_extensions::audio_ports::{AudioPortRescanFlags, HostAudioPorts, HostAudioPortsImpl};
use clack_extensions::audio_ports_config::{HostAudioPortsConfig, HostAudioPortsConfigImpl};
use clack_extensions::latency::{HostLatency, HostLatencyImpl};
use clack_extensions::params::{
    HostParams, HostParamsImplMainThread, HostParamsImplShared, ParamClearFlags, ParamRescanFlags,
};
use clack_extensions::state::{HostState, HostStateImpl};
use clack_host::prelude::*;
use clack_host::utils::ClapId;

/// The host as clack sees it.
pub struct Host;

impl HostHandlers for Host {
    type Shared<'a> = Requests;
    type MainThread<'a> = MainThread<'a>;
    type AudioProcessor<'a> = ();

    fn declare_extensions(builder: &mut HostExtensions<Self>, _: &Self::Shared<'_>) {
        builder
            .register::<HostAudioPorts>()
            .register::<HostAudioPortsConfig>()
            .register::<HostLatency>()
            .register::<HostParams>()
            .register::<HostState>();
    }
}

/// What the plug-in asked for, from any thread, and what has not been done yet.
#[derive(Default)]
pub struct Requests {
    restart: AtomicBool,
    callback: AtomicBool,
    /// How often the plug-in told of a new latency.
    latency_changes: AtomicU32,
}

impl Requests {
    /// Whether a restart is due, without settling it.
    pub fn restart_is_due(&self) -> bool {
        self.restart.load(Ordering::Acquire)
    }

    /// Takes the request for a restart.
    pub fn take_restart(&self) -> bool {
        self.restart.swap(false, Ordering::AcqRel)
    }

    /// Takes the request for a call on the main thread.
    pub fn take_callback(&self) -> bool {
        self.callback.swap(false, Ordering::AcqRel)
    }

    /// How often the plug-in told of a new latency.
    pub fn latency_changes(&self) -> u32 {
        self.latency_changes.load(Ordering::Relaxed)
    }
}

impl SharedHandler<'_> for Requests {
    fn request_restart(&self) {
        self.restart.store(true, Ordering::Release);
    }

    /// Nothing to do: a session processes without a break.
    fn request_process(&self) {}

    fn request_callback(&self) {
        self.callback.store(true, Ordering::Release);
    }
}

impl HostParamsImplShared for Requests {
    /// Nothing to do: every block carries a flush.
    fn request_flush(&self) {}
}

/// The main thread's side. Parameters and ports are read afresh whenever they are needed, so
/// there is nothing to scan anew.
pub struct MainThread<'a> {
    /// Where requests are kept.
    pub requests: &'a Requests,
}

impl<'a> MainThreadHandler<'a> for MainThread<'a> {}

impl HostLatencyImpl for MainThread<'_> {
    fn changed(&self) {
        self.requests
            .latency_changes
            .fetch_add(1, Ordering::Relaxed);
    }
}

impl HostParamsImplMainThread for MainThread<'_> {
    fn rescan(&self, _: ParamRescanFlags) {}
    fn clear(&self, _: ClapId, _: ParamClearFlags) {}
}

impl HostAudioPortsImpl for MainThread<'_> {
    fn is_rescan_flag_supported(&self, _: AudioPortRescanFlags) -> bool {
        true
    }

    fn rescan(&self, _: AudioPortRescanFlags) {}
}

impl HostAudioPortsConfigImpl for MainThread<'_> {
    fn rescan(&self) {}
}

impl HostStateImpl for MainThread<'_> {
    fn mark_dirty(&self) {}
}
