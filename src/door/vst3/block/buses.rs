//! Buses: the plug-in's layouts of ports as VST3's buses and speaker arrangements.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use clap_sys::ext::audio_ports::CLAP_AUDIO_PORT_IS_MAIN;
use vst3::Steinberg::Vst::SpeakerArr::{kEmpty, kMono, kStereo};
use vst3::Steinberg::Vst::SpeakerArrangement;

use crate::door::vst3::controls::text;
use crate::door::vst3::plugin::Plugin;

/// Most ports on a side that a block hands over.
pub const MOST_PORTS: usize = 4;

/// One bus.
#[derive(Clone, Debug, PartialEq)]
pub struct Bus {
    /// As the host shows it.
    pub name: String,
    /// Number of channels.
    pub channels: u32,
    /// The main bus of its side; else an auxiliary one, such as a sidechain.
    pub is_main: bool,
}

impl Bus {
    /// The speakers of the bus.
    pub fn arrangement(&self) -> SpeakerArrangement {
        match self.channels {
            1 => kMono,
            2 => kStereo,
            _ => kEmpty,
        }
    }
}

/// One layout of ports.
pub struct Layout {
    /// The plug-in's id of the layout; `None` when it has but one.
    config: Option<u32>,
    /// Buses into the plug-in.
    pub inputs: Vec<Bus>,
    /// Buses out of it.
    pub outputs: Vec<Bus>,
}

impl Layout {
    /// The buses of a side.
    pub fn side(&self, is_input: bool) -> &[Bus] {
        if is_input {
            &self.inputs
        } else {
            &self.outputs
        }
    }
}

/// All layouts, the one in use, and which auxiliary inputs are connected.
pub struct Buses {
    layouts: Vec<Layout>,
    current: AtomicUsize,
    connected: [AtomicBool; MOST_PORTS],
}

/// The place of the layout that has exactly these arrangements.
fn find(
    layouts: &[Layout],
    inputs: &[SpeakerArrangement],
    outputs: &[SpeakerArrangement],
) -> Option<usize> {
    let is = |buses: &[Bus], wanted: &[SpeakerArrangement]| {
        buses
            .iter()
            .map(Bus::arrangement)
            .eq(wanted.iter().copied())
    };
    layouts
        .iter()
        .position(|layout| is(&layout.inputs, inputs) && is(&layout.outputs, outputs))
}

impl Buses {
    /// Reads the layouts of a plug-in that is not active; the first one is in use afterwards.
    /// `None` when it has none.
    pub fn new(plugin: &Plugin) -> Option<Self> {
        let configs = plugin.configs();
        let mut layouts: Vec<Layout> = configs
            .iter()
            .filter(|config| plugin.select_config(**config))
            .map(|config| read(plugin, Some(*config)))
            .collect();
        if layouts.is_empty() {
            layouts.push(read(plugin, None));
        } else if let Some(first) = layouts.first().and_then(|layout| layout.config) {
            plugin.select_config(first);
        }
        let has_room = |layout: &Layout| {
            layout.inputs.len() <= MOST_PORTS && layout.outputs.len() <= MOST_PORTS
        };
        layouts.iter().all(has_room).then(|| Self {
            layouts,
            current: AtomicUsize::new(0),
            connected: Default::default(),
        })
    }

    /// The layout in use.
    pub fn layout(&self) -> &Layout {
        let current = self.current.load(Ordering::Acquire);
        self.layouts.get(current).unwrap_or(&self.layouts[0])
    }

    /// Takes the layout with these arrangements into use; false, and the one in use stays, when
    /// there is none. The plug-in must not be active.
    pub fn arrange(
        &self,
        plugin: &Plugin,
        inputs: &[SpeakerArrangement],
        outputs: &[SpeakerArrangement],
    ) -> bool {
        let Some(found) = find(&self.layouts, inputs, outputs) else {
            return false;
        };
        let selected = match self.layouts[found].config {
            Some(config) => plugin.select_config(config),
            None => true,
        };
        if selected {
            self.current.store(found, Ordering::Release);
        }
        selected
    }

    /// Takes note that the host has (dis)connected a bus; false when there is none at `index`.
    pub fn connect(&self, is_input: bool, index: usize, on: bool) -> bool {
        if index >= self.layout().side(is_input).len() {
            return false;
        }
        if is_input && let Some(connected) = self.connected.get(index) {
            connected.store(on, Ordering::Release);
        }
        true
    }

    /// Whether the host feeds the auxiliary input at `index`.
    pub fn is_connected(&self, index: usize) -> bool {
        let connected = self.connected.get(index);
        connected.is_some_and(|connected| connected.load(Ordering::Acquire))
    }
}

/// The ports of the layout that the plug-in has in use.
fn read(plugin: &Plugin, config: Option<u32>) -> Layout {
    let side = |is_input| {
        plugin
            .ports(is_input)
            .iter()
            .map(|port| Bus {
                name: text::from_array(&port.name),
                channels: port.channel_count,
                is_main: port.flags & CLAP_AUDIO_PORT_IS_MAIN != 0,
            })
            .collect()
    };
    Layout {
        config,
        inputs: side(true),
        outputs: side(false),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn layout(channels: u32) -> Layout {
        let bus = |is_main| Bus {
            name: String::new(),
            channels,
            is_main,
        };
        Layout {
            config: None,
            inputs: vec![bus(true), bus(false)],
            outputs: vec![bus(true)],
        }
    }

    #[test]
    fn only_a_layout_as_it_is_fits() {
        const FIVE_ONE: u64 = 0x3F;
        let layouts = [layout(2), layout(1)];
        let find = |inputs: &[u64], outputs: &[u64]| find(&layouts, inputs, outputs);
        assert_eq!(find(&[kStereo, kStereo], &[kStereo]), Some(0));
        assert_eq!(find(&[kMono, kMono], &[kMono]), Some(1));
        for (inputs, outputs) in [
            (vec![kMono, kStereo], vec![kMono]),
            (vec![kStereo, kMono], vec![kStereo]),
            (vec![kMono, kMono], vec![kStereo]),
            (vec![FIVE_ONE, FIVE_ONE], vec![FIVE_ONE]),
            (vec![kEmpty, kEmpty], vec![kEmpty]),
            (vec![kStereo], vec![kStereo]),
            (vec![kStereo; 3], vec![kStereo]),
            (vec![kStereo; 2], vec![kStereo; 2]),
            (vec![], vec![]),
            // Two channels that are not left and right.
            (vec![0x30, 0x30], vec![0x30]),
        ] {
            assert_eq!(find(&inputs, &outputs), None, "{inputs:?} {outputs:?}");
        }
    }
}
