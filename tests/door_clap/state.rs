//! States: whole, in pieces, cut short, damaged, foreign and of another time.

use std::ffi::c_void;
use std::ptr::{null, null_mut};

use clap_sys::ext::state::{CLAP_EXT_STATE, clap_plugin_state};
use clap_sys::stream::{clap_istream, clap_ostream};

use crate::block::Events;
use crate::common::noise;
use crate::host::Instance;

/// A host's stream in memory that moves at most so many bytes at once, or fails after some.
struct Stream {
    bytes: Vec<u8>,
    at: usize,
    at_once: usize,
    fails_at: usize,
}

impl Stream {
    fn of(bytes: &[u8]) -> Self {
        Self {
            bytes: bytes.to_vec(),
            at: 0,
            at_once: usize::MAX,
            fails_at: usize::MAX,
        }
    }

    fn input(&mut self) -> clap_istream {
        clap_istream {
            ctx: (&raw mut *self).cast::<c_void>(),
            read: Some(read),
        }
    }

    fn output(&mut self) -> clap_ostream {
        clap_ostream {
            ctx: (&raw mut *self).cast::<c_void>(),
            write: Some(write),
        }
    }
}

unsafe extern "C" fn read(stream: *const clap_istream, to: *mut c_void, size: u64) -> i64 {
    let stream = unsafe { &mut *(*stream).ctx.cast::<Stream>() };
    if stream.at >= stream.fails_at {
        return -1;
    }
    let left = &stream.bytes[stream.at..];
    let now = left.len().min(size as usize).min(stream.at_once);
    unsafe { to.cast::<u8>().copy_from(left.as_ptr(), now) };
    stream.at += now;
    now as i64
}

unsafe extern "C" fn write(stream: *const clap_ostream, from: *const c_void, size: u64) -> i64 {
    let stream = unsafe { &mut *(*stream).ctx.cast::<Stream>() };
    if stream.bytes.len() >= stream.fails_at {
        return -1;
    }
    let now = (size as usize).min(stream.at_once);
    let bytes = unsafe { std::slice::from_raw_parts(from.cast::<u8>(), now) };
    stream.bytes.extend_from_slice(bytes);
    now as i64
}

unsafe extern "C" fn read_too_much(_: *const clap_istream, _: *mut c_void, size: u64) -> i64 {
    size as i64 + 1
}

unsafe extern "C" fn write_too_much(_: *const clap_ostream, _: *const c_void, size: u64) -> i64 {
    size as i64 + 1
}

unsafe extern "C" fn write_nothing(_: *const clap_ostream, _: *const c_void, _: u64) -> i64 {
    0
}

fn state(instance: &Instance) -> clap_plugin_state {
    instance.extension(CLAP_EXT_STATE)
}

fn load(instance: &Instance, stream: &mut Stream) -> bool {
    let input = stream.input();
    unsafe { state(instance).load.unwrap()(instance.plugin, &input) }
}

fn save(instance: &Instance) -> Vec<u8> {
    let mut stream = Stream::of(&[]);
    let output = stream.output();
    assert!(unsafe { state(instance).save.unwrap()(instance.plugin, &output) });
    stream.bytes
}

/// The bytes of a state around this JSON.
fn framed(json: &str) -> Vec<u8> {
    let mut bytes = (json.len() as u64).to_le_bytes().to_vec();
    bytes.extend_from_slice(json.as_bytes());
    bytes
}

fn json(state: &[u8]) -> String {
    String::from_utf8(state[8..].to_vec()).unwrap()
}

/// A plug-in with every parameter away from its default.
fn changed() -> Instance {
    let instance = Instance::initialised();
    let events: Vec<_> = instance
        .infos()
        .iter()
        .map(|info| {
            let is_low = info.default_value < info.max_value / 2.0;
            let value = if is_low {
                info.max_value
            } else {
                info.min_value
            };
            (0, info.id, value)
        })
        .collect();
    let events = Events::of(&events);
    let list = events.list();
    unsafe { instance.params.flush.unwrap()(instance.plugin, &list, null()) };
    instance
}

#[test]
fn a_state_comes_back_however_it_is_cut() {
    let saved = save(&changed());
    for at_once in [1, 7, 4096, usize::MAX] {
        let instance = Instance::initialised();
        let mut stream = Stream::of(&saved);
        stream.at_once = at_once;
        assert!(load(&instance, &mut stream), "{at_once} bytes at once");
        assert_eq!(instance.values(), changed().values());
        assert_eq!(
            instance
                .asked
                .rescans
                .load(std::sync::atomic::Ordering::SeqCst),
            1
        );
        let mut stream = Stream::of(&[]);
        stream.at_once = at_once;
        let output = stream.output();
        assert!(unsafe { state(&instance).save.unwrap()(instance.plugin, &output) });
        assert_eq!(stream.bytes, saved, "{at_once} bytes at once");
    }
}

/// The bytes that 0.1.0 writes, with only what its reader needs.
#[test]
fn a_state_of_the_first_version_loads() {
    let old = r#"{"version":"0.1.0","params":{"input_gain":{"f32":-6.0}},"fields":{"plugin":"\"org.auralis.auralis\""}}"#;
    let instance = changed();
    let loaded = load(&instance, &mut Stream::of(&framed(old)));
    assert!(loaded);
    let gain = instance.id("Input Gain");
    let expected = instance.parsed(gain, c"-6");
    assert!((instance.value(gain) - expected).abs() < 1e-6);
}

#[test]
fn a_refused_state_changes_nothing_and_says_so() {
    let saved = json(&save(&Instance::initialised()));
    let version = concat!("\"version\":\"", env!("CARGO_PKG_VERSION"), "\"");
    assert!(saved.contains(version));
    let with_version = |text: &str| framed(&saved.replace(version, text));
    let mut long = save(&Instance::initialised());
    long[..8].copy_from_slice(&u64::MAX.to_le_bytes());
    let cases = [
        (
            "foreign",
            framed(&saved.replace("org.auralis.auralis", "org.other")),
        ),
        ("of the future", with_version("\"version\":\"99.0.0\"")),
        ("without a version", with_version("\"version\":\"new\"")),
        (
            "no owner",
            framed(r#"{"version":"0.1.0","params":{},"fields":{}}"#),
        ),
        ("no JSON", framed("{")),
        ("other JSON", framed("[1,2,3]")),
        ("deep JSON", framed(&"[".repeat(100_000))),
        ("no bytes", Vec::new()),
        ("half a length", vec![5, 0, 0]),
        ("no content", vec![0; 8]),
        ("an absurd length", long),
        ("cut short", framed(&saved)[..200].to_vec()),
        ("a length beyond the end", {
            let mut bytes = framed(&saved);
            bytes[..8].copy_from_slice(&(saved.len() as u64 + 1).to_le_bytes());
            bytes
        }),
    ];
    for (what, bytes) in cases {
        let instance = changed();
        let before = instance.values();
        assert!(!load(&instance, &mut Stream::of(&bytes)), "{what}");
        assert_eq!(instance.values(), before, "{what}");
        assert!(json(&save(&instance)).contains("State refused"), "{what}");
        // A good one is loaded after it, and the message goes.
        assert!(load(&instance, &mut Stream::of(&framed(&saved))), "{what}");
        assert!(!json(&save(&instance)).contains("State refused"), "{what}");
    }
}

#[test]
fn streams_that_fail_are_errors() {
    let saved = save(&changed());
    let instance = Instance::initialised();
    let before = instance.values();
    for fails_at in [0, 4, 8, 100] {
        let mut stream = Stream::of(&saved);
        stream.at_once = 4;
        stream.fails_at = fails_at;
        assert!(!load(&instance, &mut stream), "reading fails at {fails_at}");
        let mut stream = Stream::of(&[]);
        stream.at_once = 4;
        stream.fails_at = fails_at;
        let output = stream.output();
        let saved = unsafe { state(&instance).save.unwrap()(instance.plugin, &output) };
        assert!(!saved, "writing fails at {fails_at}");
    }
    let calls = state(&instance);
    let input = |read| clap_istream {
        ctx: null_mut(),
        read,
    };
    let output = |write| clap_ostream {
        ctx: null_mut(),
        write,
    };
    unsafe {
        let (load, save) = (calls.load.unwrap(), calls.save.unwrap());
        assert!(!load(instance.plugin, null()));
        assert!(!load(null(), null()));
        assert!(!load(instance.plugin, &input(None)));
        assert!(!load(instance.plugin, &input(Some(read_too_much as _))));
        assert!(!save(instance.plugin, null()));
        assert!(!save(instance.plugin, &output(None)));
        assert!(!save(instance.plugin, &output(Some(write_too_much as _))));
        assert!(!save(instance.plugin, &output(Some(write_nothing as _))));
    }
    assert_eq!(instance.values(), before);
    let created = Instance::created();
    assert!(!load(&created, &mut Stream::of(&saved)), "before init");
}

/// Every parameter stays in its range and audio goes on, whatever a state holds.
#[test]
fn damaged_states_do_no_harm() {
    let saved = save(&changed());
    let instance = Instance::playing(2);
    let infos = instance.infos();
    let damage = noise(11, 2 * 400);
    for round in 0..400 {
        let mut bytes = saved.clone();
        // Places evenly over the state, values at random.
        let place = 8 + round * (bytes.len() - 8) / 400;
        bytes[place] = (damage[round].abs() * 255.0) as u8;
        if round % 2 == 0 {
            let other = (damage[400 + round].abs() * bytes.len() as f32) as usize;
            bytes[other] ^= 1 << (round % 8);
        }
        let before = instance.values();
        let loaded = load(&instance, &mut Stream::of(&bytes));
        for (index, info) in infos.iter().enumerate() {
            let value = instance.value(info.id);
            let range = info.min_value..=info.max_value;
            assert!(range.contains(&value), "byte {place}: {value}");
            assert!(
                loaded || value == before[index],
                "byte {place} changed {index}"
            );
        }
        instance.process(&crate::block::raw(64));
    }
}
