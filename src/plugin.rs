//! The plug-in: the only file that knows all layers.

pub mod host_line;
mod playhead;
mod publish;
mod remote;

use std::sync::Arc;

use nice_plug::prelude::*;

use crate::editor;
use crate::params::AuralisParams;
use crate::params::state::{self, OWNER};
use crate::shared::Shared;
use auralis_engine::{Processor, Stream};
use host_line::HostLine;
use playhead::{Motion, Playhead};

/// One instance of the plug-in.
pub struct Auralis {
    params: Arc<AuralisParams>,
    shared: Arc<Shared>,
    /// `None` until the first activation.
    processor: Option<Processor>,
    playhead: Playhead,
    /// The latency that the host was last told.
    latency_samples: usize,
    /// What the door tells beside the framework; `None` when no door made this instance.
    line: Option<Arc<HostLine>>,
}

impl Default for Auralis {
    fn default() -> Self {
        let params = AuralisParams::shared();
        let line = HostLine::take_parked();
        if let Some(line) = &line {
            line.show_notices_in(params.persisted.notice.clone());
        }
        Self {
            params,
            shared: Shared::new(),
            processor: None,
            playhead: Playhead::default(),
            latency_samples: 0,
            line,
        }
    }
}

/// The layout with `channels` in, out and in the sidechain.
const fn layout(
    channels: u32,
    sidechain: &'static [NonZeroU32],
    name: &'static str,
) -> AudioIOLayout {
    AudioIOLayout {
        main_input_channels: NonZeroU32::new(channels),
        main_output_channels: NonZeroU32::new(channels),
        aux_input_ports: sidechain,
        aux_output_ports: &[],
        names: PortNames {
            layout: Some(name),
            main_input: Some("Input"),
            main_output: Some("Output"),
            aux_inputs: &["Sidechain"],
            aux_outputs: &[],
        },
    }
}

impl Plugin for Auralis {
    const NAME: &'static str = "Auralis";
    const VENDOR: &'static str = "Auralis";
    const URL: &'static str = "";
    const EMAIL: &'static str = "";
    const VERSION: &'static str = env!("CARGO_PKG_VERSION");
    const AUDIO_IO_LAYOUTS: &'static [AudioIOLayout] = &[
        layout(2, &[new_nonzero_u32(2)], "Stereo"),
        layout(1, &[new_nonzero_u32(1)], "Mono"),
    ];
    const SAMPLE_ACCURATE_AUTOMATION: bool = true;

    type Editor = editor::PanelEditor;
    type SysExMessage = ();
    type BackgroundTask = ();

    fn params(&self) -> Arc<dyn Params> {
        self.params.clone()
    }

    fn editor(&mut self, _: AsyncExecutor<Self>) -> Option<Self::Editor> {
        editor::create(self.params.clone(), self.shared.clone())
    }

    fn filter_state(state: &mut PluginState) {
        state::filter(state, Self::VERSION);
    }

    fn activate(
        &mut self,
        layout: &AudioIOLayout,
        config: &BufferConfig,
        context: &mut impl ActivateContext<Self>,
    ) -> bool {
        let stream = Stream {
            sample_rate: f64::from(config.sample_rate),
            channels: layout.main_input_channels.map_or(2, |n| n.get() as usize),
            offline: false,
        };
        // The old one first: its threads need not outlive it beside the new one's.
        self.processor = None;
        self.playhead = Playhead::default();
        let knowledge = self.params.persisted.knowledge();
        let publish = publish::to_panel(self.shared.clone());
        let settings = self.params.settings();
        // With an ear for real time whatever the mode is now: hosts change it while audio runs.
        let mut processor = Processor::new(stream, &settings, knowledge, publish);
        let says_offline = config.process_mode == ProcessMode::Offline;
        let is_offline = self
            .line
            .as_ref()
            .map_or(says_offline, |line| line.is_offline());
        processor.set_offline(is_offline, &settings);
        publish::activation(&self.shared, &stream, &processor);
        self.latency_samples = processor.latency_samples();
        context.set_latency_samples(narrow(self.latency_samples));
        self.processor = Some(processor);
        true
    }

    fn reset(&mut self) {
        self.playhead = Playhead::default();
        if let Some(processor) = &mut self.processor {
            processor.reset();
        }
    }

    fn deactivate(&mut self) {
        self.processor = None;
    }

    fn process(
        &mut self,
        buffer: &mut Buffer,
        aux: &mut AuxiliaryBuffers,
        context: &mut impl ProcessContext<Self>,
    ) -> ProcessStatus {
        let Some(processor) = &mut self.processor else {
            return ProcessStatus::Error("process was called before activate");
        };
        let mut settings = self.params.settings();
        let line = self.line.as_deref();
        if let Some(line) = line
            && line.is_offline() != processor.is_offline()
        {
            processor.set_offline(line.is_offline(), &settings);
            self.playhead = Playhead::default();
        }
        if !processor.is_offline() {
            settings.chain.audition = self.shared.audition();
        }
        match self.playhead.follow(context.transport(), buffer.samples()) {
            // A bounce begins anew where it starts: what the host has run before changes nothing.
            Motion::Starts { .. } if processor.is_offline() => processor.reset(),
            Motion::Starts { elsewhere: true } | Motion::Jumps => processor.jump(),
            Motion::Starts { .. } | Motion::Steady => {}
        }
        processor.set_place(playhead::place(context.transport()));
        // What is not connected is a buffer of zeros here, and no key to compress by.
        let is_connected = line.is_none_or(HostLine::has_sidechain);
        let sidechain = aux.inputs.first_mut().filter(|_| is_connected);
        let sidechain = sidechain.map(|port| &*port.as_slice());
        let meters = &self.shared.meters;
        processor.process(buffer.as_slice(), sidechain, &settings, |frame| {
            publish::frame(meters, frame);
        });
        let latency_samples = processor.latency_samples();
        if latency_samples != self.latency_samples {
            self.latency_samples = latency_samples;
            publish::latency(meters, latency_samples);
            context.set_latency_samples(narrow(latency_samples));
        }
        // What is still in the delays must come out; then the plug-in falls silent.
        ProcessStatus::Tail(narrow(latency_samples + processor.tail_samples()))
    }
}

/// A number of samples as the framework wants it.
fn narrow(samples: usize) -> u32 {
    u32::try_from(samples).unwrap_or(u32::MAX)
}

impl ClapPlugin for Auralis {
    const CLAP_ID: &'static str = OWNER;
    const CLAP_DESCRIPTION: Option<&'static str> =
        Some("Adaptive mastering: EQ, compressor, loudness, true-peak limiter");
    const CLAP_MANUAL_URL: Option<&'static str> = None;
    const CLAP_SUPPORT_URL: Option<&'static str> = None;
    const CLAP_FEATURES: &'static [ClapFeature] = &[
        ClapFeature::AudioEffect,
        ClapFeature::Mastering,
        ClapFeature::Equalizer,
        ClapFeature::Compressor,
        ClapFeature::Limiter,
        ClapFeature::Stereo,
        ClapFeature::Mono,
    ];

    fn remote_controls(&self, context: &mut impl RemoteControlsContext) {
        remote::pages(&self.params, context);
    }
}
