//! The built .clap in a real host. `cargo xtask test` builds the bundle and runs these.
#![cfg(feature = "cli")]
#![allow(missing_docs)]

#[path = "../crates/auralis-engine/tests/common/mod.rs"]
mod common;
#[path = "clap_host/latency.rs"]
mod latency;
#[path = "clap_host/render.rs"]
mod render;
#[path = "clap_host/state.rs"]
mod state;

use std::path::PathBuf;

use auralis::audio_file::Audio as File;
use auralis::tools::clap_host::{ActivateOptions, HostedPlugin, ParamEvent, RenderOptions};
use common::{noise, programme, residual_db};

/// The bundle under test.
fn bundle() -> PathBuf {
    let path = std::env::var_os("AURALIS_CLAP").expect("AURALIS_CLAP names the bundled .clap");
    PathBuf::from(path)
}

/// A fresh instance with parameters typed in.
fn plugin(settings: &[(&str, &str)]) -> HostedPlugin {
    let mut plugin = HostedPlugin::load(&bundle()).unwrap();
    for (name, text) in settings {
        plugin.set_text(name, text).unwrap();
    }
    plugin
}

const ALL_OFF: [(&str, &str); 4] = [
    ("EQ On", "Off"),
    ("Comp On", "Off"),
    ("Limiter On", "Off"),
    ("Loudness On", "Off"),
];

fn file(sample_rate: u32, channels: Vec<Vec<f32>>) -> File {
    File {
        sample_rate,
        channels,
    }
}

fn music(sample_rate: u32, seconds: f64) -> File {
    file(sample_rate, programme(f64::from(sample_rate), seconds))
}

fn blocks(block_sizes: &[usize]) -> RenderOptions {
    RenderOptions {
        block_sizes: block_sizes.to_vec(),
        ..RenderOptions::default()
    }
}

/// Fails at the first sample that differs in any bit.
fn assert_same(got: &File, expected: &File, what: &str) {
    common::assert_identical(&got.channels, &expected.channels, what);
}

#[test]
#[ignore = "needs the bundle: cargo xtask test"]
fn all_off_is_the_delayed_input_at_every_rate_and_layout() {
    for (rate, channels) in [
        (8_000, 2),
        (44_100, 1),
        (48_000, 2),
        (96_000, 1),
        (768_000, 2),
    ] {
        let input: Vec<Vec<f32>> = (0..channels).map(|c| noise(c, 30_000)).collect();
        let input = file(rate, input);
        let out = plugin(&ALL_OFF)
            .render(&input, &RenderOptions::default())
            .unwrap();
        assert_same(
            &out.audio,
            &input,
            &format!("{rate} Hz, {channels} channels"),
        );
    }
}

#[test]
#[ignore = "needs the bundle: cargo xtask test"]
fn blocks_of_any_length_give_the_same_bounce_with_everything_adaptive_on() {
    let input = music(44_100, 20.0);
    let reference = plugin(&[]).render(&input, &blocks(&[512])).unwrap();
    for sizes in [
        vec![1],
        vec![16],
        vec![64],
        vec![509],
        vec![2048],
        vec![16_384],
        vec![7, 333, 64],
    ] {
        let out = plugin(&[]).render(&input, &blocks(&sizes)).unwrap();
        assert_same(&out.audio, &reference.audio, &format!("blocks {sizes:?}"));
    }
}

#[test]
#[ignore = "needs the bundle: cargo xtask test"]
fn a_second_bounce_of_the_same_instance_is_the_same() {
    let input = music(48_000, 20.0);
    let mut plugin = plugin(&[]);
    let first = plugin.render(&input, &RenderOptions::default()).unwrap();
    let second = plugin.render(&input, &RenderOptions::default()).unwrap();
    assert_same(&second.audio, &first.audio, "second bounce");
}

/// Hosts may say that they bounce without switching the plug-in off.
#[test]
#[ignore = "needs the bundle: cargo xtask test"]
fn bounces_that_are_announced_while_active_are_the_same() {
    let input = music(48_000, 12.0);
    let options = RenderOptions {
        latency_compensated: false,
        ..RenderOptions::default()
    };
    let expected = plugin(&[]).render(&input, &options).unwrap();
    let mut plugin = plugin(&[]);
    let mut session = plugin
        .activate(&ActivateOptions {
            sample_rate: 48_000,
            channels: 2,
            max_block: 512,
            offline: false,
        })
        .unwrap();
    let restarts = session.restarts();
    for bounce in 1..=2 {
        session.set_offline(true).unwrap();
        session.reset();
        let mut out = vec![Vec::new(); 2];
        for at in (0..input.frames()).step_by(512) {
            let end = (at + 512).min(input.frames());
            let block: Vec<Vec<f32>> = input.channels.iter().map(|c| c[at..end].to_vec()).collect();
            let done = session.process(&block).unwrap();
            out.iter_mut()
                .zip(done)
                .for_each(|(all, new)| all.extend(new));
        }
        assert_same(
            &file(48_000, out),
            &expected.audio,
            &format!("bounce {bounce}"),
        );
        session.set_offline(false).unwrap();
    }
    assert_eq!(
        session.restarts(),
        restarts,
        "the plug-in asked for a restart"
    );
}

/// A port that the host leaves out is no silent sidechain.
#[test]
#[ignore = "needs the bundle: cargo xtask test"]
fn the_compressor_works_with_external_on_and_no_sidechain() {
    let settings = [
        ("EQ On", "Off"),
        ("Loudness On", "Off"),
        ("Comp Adapt", "0 %"),
        ("Comp Threshold", "-40 dB"),
    ];
    let without = RenderOptions {
        sidechain_connected: false,
        ..RenderOptions::default()
    };
    for channels in [1, 2] {
        let mut input = music(48_000, 2.0);
        input.channels.truncate(channels);
        let expected = plugin(&settings).render(&input, &without).unwrap();
        let mut external = plugin(&settings);
        external.set_text("Comp SC External", "On").unwrap();
        let out = external.render(&input, &without).unwrap();
        assert_same(&out.audio, &expected.audio, &format!("{channels} channels"));
        let mut off = plugin(&settings);
        off.set_text("Comp On", "Off").unwrap();
        let off = off.render(&input, &without).unwrap();
        assert_ne!(off.audio, expected.audio, "the compressor does nothing");
    }
}

#[test]
#[ignore = "needs the bundle: cargo xtask test"]
fn an_external_sidechain_is_heard_and_a_missing_one_harms_nothing() {
    let external = [
        ("EQ On", "Off"),
        ("Loudness On", "Off"),
        ("Limiter On", "Off"),
        ("Comp Threshold", "-40 dB"),
        ("Comp Adapt", "0 %"),
        ("Comp SC External", "On"),
    ];
    let input = file(
        48_000,
        vec![noise(1, 96_000).iter().map(|x| x * 1e-3).collect(); 2],
    );
    let loud = file(48_000, vec![noise(2, 96_000); 2]);
    let peak = |audio: &File| {
        audio.channels[0][48_000..]
            .iter()
            .fold(0.0_f32, |p, x| p.max(x.abs()))
    };
    let quiet = plugin(&external)
        .render(&input, &RenderOptions::default())
        .unwrap();
    let with = RenderOptions {
        sidechain: Some(loud),
        ..RenderOptions::default()
    };
    let ducked = plugin(&external).render(&input, &with).unwrap();
    assert!(
        peak(&ducked.audio) < 0.5 * peak(&quiet.audio),
        "the sidechain moves nothing"
    );
    let without = RenderOptions {
        sidechain_connected: false,
        ..RenderOptions::default()
    };
    let alone = plugin(&external)
        .render(&music(48_000, 2.0), &without)
        .unwrap();
    assert!(
        alone.audio.channels[0].iter().any(|x| x.abs() > 0.01),
        "silence"
    );
}

#[test]
#[ignore = "needs the bundle: cargo xtask test"]
fn faulty_audio_never_comes_out() {
    let mut input = music(44_100, 3.0);
    for (i, bad) in [f32::NAN, f32::INFINITY, 1e30, -1e38, 1e-42]
        .into_iter()
        .enumerate()
    {
        input.channels[i % 2][10_000 + 2000 * i..][..500].fill(bad);
    }
    let out = plugin(&[])
        .render(&input, &blocks(&[1, 16_384, 33]))
        .unwrap();
    for channel in &out.audio.channels {
        for (n, x) in channel.iter().enumerate() {
            // The ceiling of -1 dBTP holds through it all.
            assert!(x.abs() <= 0.8913, "sample {n}: {x}");
        }
    }
}

#[test]
#[ignore = "needs the bundle: cargo xtask test"]
fn bypass_and_switches_are_free_of_clicks() {
    let tone: Vec<f32> = common::sine(50.0, 0.25, 48_000.0, 192_000);
    let input = file(48_000, vec![tone.clone(), tone]);
    for name in ["Bypass", "EQ On", "Comp On", "Limiter On"] {
        let options = RenderOptions {
            events: vec![
                ParamEvent::text(60_000, name, if name == "Bypass" { "On" } else { "Off" }),
                ParamEvent::text(120_000, name, if name == "Bypass" { "Off" } else { "On" }),
            ],
            ..RenderOptions::default()
        };
        let settings = [
            ("Loudness On", "Off"),
            ("EQ Amount", "0 %"),
            ("EQ Band 2", "-6 dB"),
            ("Comp Adapt", "0 %"),
        ];
        let out = plugin(&settings).render(&input, &options).unwrap();
        // Second differences of a 50 Hz tone are tiny; a step of -60 dBFS would stand out.
        let x = &out.audio.channels[0];
        let worst = (20_000..180_000)
            .map(|n| (x[n + 1] - 2.0 * x[n] + x[n - 1]).abs())
            .fold(0.0, f32::max);
        assert!(worst < 1e-3, "{name}: a step of {worst}");
    }
}

/// The host's threads end after the bundle is closed: nothing they leave behind may be gone then.
/// (Without the linker's `nodelete` nine runs of ten of this file ended in a segmentation fault.)
#[test]
#[ignore = "needs the bundle: cargo xtask test"]
fn a_thread_that_used_the_plug_in_may_end_after_the_bundle_is_closed() {
    let used = std::sync::Barrier::new(2);
    for _ in 0..20 {
        std::thread::scope(|scope| {
            scope.spawn(|| {
                let mut plugin = plugin(&[]);
                let silence = file(48_000, vec![vec![0.0; 64]; 2]);
                plugin.render(&silence, &RenderOptions::default()).unwrap();
                drop(plugin);
                used.wait();
                used.wait();
            });
            used.wait();
            drop(plugin(&[]));
            used.wait();
        });
    }
}

#[test]
#[ignore = "needs the bundle: cargo xtask test"]
fn many_instances_live_and_end() {
    let input = music(44_100, 1.0);
    let mut all: Vec<HostedPlugin> = (0..16).map(|_| plugin(&[])).collect();
    let outs: Vec<_> = all
        .iter_mut()
        .map(|p| p.render(&input, &RenderOptions::default()).unwrap())
        .collect();
    for (i, out) in outs.iter().enumerate() {
        assert_same(&out.audio, &outs[0].audio, &format!("instance {i}"));
    }
    let session = all[0].activate(&ActivateOptions {
        sample_rate: 48_000,
        channels: 1,
        max_block: 64,
        offline: false,
    });
    session.unwrap().process(&[vec![0.0; 64]]).unwrap();
}

#[test]
#[ignore = "needs the bundle: cargo xtask test"]
fn real_time_differs_from_a_bounce_by_nothing_static() {
    let settings = [
        ("EQ Amount", "0 %"),
        ("Comp Adapt", "0 %"),
        ("Loudness On", "Off"),
    ];
    let input = music(48_000, 3.0);
    let bounce = plugin(&settings)
        .render(&input, &RenderOptions::default())
        .unwrap();
    let live = RenderOptions {
        offline: false,
        ..RenderOptions::default()
    };
    let live = plugin(&settings).render(&input, &live).unwrap();
    let residual = residual_db(&live.audio.channels[0], &bounce.audio.channels[0], 0, 0);
    assert!(residual < -250.0, "{residual} dB");
}
