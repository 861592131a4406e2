//! The plug-in: the only file that knows all layers.

use std::sync::Arc;

use nice_plug::prelude::*;

use crate::editor;
use crate::params::AuralisParams;
use crate::params::state::{self, OWNER};
use crate::shared::Shared;

/// One instance of the plug-in.
pub struct Auralis {
    params: Arc<AuralisParams>,
    shared: Arc<Shared>,
}

impl Default for Auralis {
    fn default() -> Self {
        Self {
            params: AuralisParams::shared(),
            shared: Shared::new(),
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

    fn process(
        &mut self,
        _buffer: &mut Buffer,
        _aux: &mut AuxiliaryBuffers,
        _context: &mut impl ProcessContext<Self>,
    ) -> ProcessStatus {
        let _ = &self.shared;
        ProcessStatus::Normal
    }
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
}

impl Vst3Plugin for Auralis {
    const VST3_CLASS_ID: [u8; 16] = *b"AuralisMasterFx1";
    const VST3_SUBCATEGORIES: &'static [Vst3SubCategory] = &[
        Vst3SubCategory::Fx,
        Vst3SubCategory::Dynamics,
        Vst3SubCategory::Eq,
        Vst3SubCategory::Mastering,
    ];
}
