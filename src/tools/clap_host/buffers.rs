//! The audio buffers of an active plug-in, one for each channel of each port.

use clack_host::prelude::*;

use super::plugin::Ports;

/// The buffers of all ports, `[port][channel][frame]`, and what clack needs to hand them over.
pub struct Buffers {
    inputs: Vec<Vec<Vec<f32>>>,
    outputs: Vec<Vec<Vec<f32>>>,
    // Dimensioned for all ports and channels: clack's own way out of too few is not sound for
    // more than one port.
    input_ports: AudioPorts,
    output_ports: AudioPorts,
}

impl Buffers {
    /// Buffers for blocks of up to `max_block` frames.
    pub fn new(ports: &Ports, max_block: usize) -> Self {
        let make = |channels: &[usize]| -> Vec<Vec<Vec<f32>>> {
            let port = |&count: &usize| vec![vec![0.0; max_block]; count];
            channels.iter().map(port).collect()
        };
        let room =
            |channels: &[usize]| AudioPorts::with_capacity(channels.iter().sum(), channels.len());
        Self {
            inputs: make(&ports.inputs),
            outputs: make(&ports.outputs),
            input_ports: room(&ports.inputs),
            output_ports: room(&ports.outputs),
        }
    }

    /// Fills an input port with `frames` frames of `source` from `start`, silence where it has
    /// none. A mono source goes to every channel.
    pub fn fill(&mut self, port: usize, source: &[Vec<f32>], start: usize, frames: usize) {
        let Some(port) = self.inputs.get_mut(port) else {
            return;
        };
        for (index, channel) in port.iter_mut().enumerate() {
            let channel = &mut channel[..frames];
            channel.fill(0.0);
            let from = source.get(index).or(source.first());
            let rest = from.and_then(|from| from.get(start..)).unwrap_or(&[]);
            let count = rest.len().min(frames);
            channel[..count].copy_from_slice(&rest[..count]);
        }
    }

    /// The first `frames` frames of all ports, with only the first `connected` input ports.
    pub fn block(
        &mut self,
        frames: usize,
        connected: usize,
    ) -> (InputAudioBuffers<'_>, OutputAudioBuffers<'_>) {
        let inputs = self.inputs.iter_mut().take(connected);
        let inputs = inputs.map(|port| AudioPortBuffer {
            latency: 0,
            channels: AudioPortBufferType::f32_input_only(
                port.iter_mut()
                    .map(move |channel| InputChannel::variable(&mut channel[..frames])),
            ),
        });
        let outputs = self.outputs.iter_mut().map(|port| AudioPortBuffer {
            latency: 0,
            channels: AudioPortBufferType::f32_output_only(
                port.iter_mut().map(move |channel| &mut channel[..frames]),
            ),
        });
        (
            self.input_ports.with_input_buffers(inputs),
            self.output_ports.with_output_buffers(outputs),
        )
    }

    /// The main output.
    pub fn output(&self) -> &[Vec<f32>] {
        &self.outputs[0]
    }
}
