//! Extensions asked with null, out of range, or while they may not be.

use std::ffi::{CStr, c_char};
use std::mem::zeroed;
use std::ptr::{null, null_mut};

use clap_sys::ext::audio_ports::{
    CLAP_EXT_AUDIO_PORTS, clap_audio_port_info, clap_plugin_audio_ports,
};
use clap_sys::ext::audio_ports_config::{
    CLAP_EXT_AUDIO_PORTS_CONFIG, clap_audio_ports_config, clap_plugin_audio_ports_config,
};
use clap_sys::ext::gui::{
    CLAP_EXT_GUI, CLAP_WINDOW_API_X11, clap_plugin_gui, clap_window, clap_window_handle,
};
use clap_sys::ext::params::{clap_param_info, clap_plugin_params};
use clap_sys::ext::remote_controls::{
    CLAP_EXT_REMOTE_CONTROLS, clap_plugin_remote_controls, clap_remote_controls_page,
};
use clap_sys::ext::tail::{CLAP_EXT_TAIL, clap_plugin_tail};
use clap_sys::ext::track_info::{CLAP_EXT_TRACK_INFO, clap_plugin_track_info};

use crate::host::{Instance, RATE, extension};

fn port(instance: &Instance, index: u32, is_input: bool) -> Option<(String, u32)> {
    let ports: clap_plugin_audio_ports = instance.extension(CLAP_EXT_AUDIO_PORTS);
    let mut info: clap_audio_port_info = unsafe { zeroed() };
    let found = unsafe { ports.get.unwrap()(instance.plugin, index, is_input, &mut info) };
    let name = unsafe { CStr::from_ptr(info.name.as_ptr()) };
    found.then(|| (name.to_str().unwrap().to_owned(), info.channel_count))
}

#[test]
fn ports_have_their_names_and_nothing_beyond_them() {
    let instance = Instance::initialised();
    for channels in [2, 1] {
        instance.choose_channels(channels);
        let named = |name: &str| Some((name.to_owned(), channels as u32));
        assert_eq!(port(&instance, 0, true), named("Input"));
        assert_eq!(port(&instance, 1, true), named("Sidechain"));
        assert_eq!(port(&instance, 0, false), named("Output"));
        for (index, is_input) in [(2, true), (1, false), (u32::MAX, true), (u32::MAX, false)] {
            assert_eq!(port(&instance, index, is_input), None, "{index} {is_input}");
        }
    }
    let ports: clap_plugin_audio_ports = instance.extension(CLAP_EXT_AUDIO_PORTS);
    assert!(!unsafe { ports.get.unwrap()(instance.plugin, 0, true, null_mut()) });
    assert_eq!(unsafe { ports.count.unwrap()(null(), true) }, 0);
}

#[test]
fn layouts_are_chosen_only_while_inactive() {
    let layouts: clap_plugin_audio_ports_config =
        Instance::created().extension(CLAP_EXT_AUDIO_PORTS_CONFIG);
    let select = |instance: &Instance, id| unsafe { layouts.select.unwrap()(instance.plugin, id) };
    let instance = Instance::created();
    assert!(!select(&instance, 0), "before init");
    assert!(instance.init());
    for id in [2, u32::MAX] {
        assert!(!select(&instance, id), "layout {id}");
    }
    assert!(select(&instance, 1));
    assert!(instance.activate(RATE, 512));
    assert!(!select(&instance, 0), "while active");
    assert_eq!(port(&instance, 0, true).unwrap().1, 1, "still mono");
    instance.deactivate();
    assert!(select(&instance, 0));
    let mut layout: clap_audio_ports_config = unsafe { zeroed() };
    unsafe {
        assert_eq!(layouts.count.unwrap()(instance.plugin), 2);
        assert!(layouts.get.unwrap()(instance.plugin, 1, &mut layout));
        assert!(!layouts.get.unwrap()(instance.plugin, 2, &mut layout));
        assert!(!layouts.get.unwrap()(instance.plugin, 0, null_mut()));
    }
}

#[test]
fn parameters_are_asked_in_range_only() {
    let instance = Instance::initialised();
    let params: clap_plugin_params = instance.params;
    let count = instance.infos().len() as u32;
    let mut info: clap_param_info = unsafe { zeroed() };
    let (mut value, mut text) = (0.0, [0 as c_char; 64]);
    let id = instance.id("Input Gain");
    let plugin = instance.plugin;
    unsafe {
        for index in [count, count + 1, u32::MAX] {
            assert!(
                !params.get_info.unwrap()(plugin, index, &mut info),
                "{index}"
            );
        }
        assert!(!params.get_info.unwrap()(plugin, 0, null_mut()));
        assert!(!params.get_value.unwrap()(plugin, 12345, &mut value));
        assert!(!params.get_value.unwrap()(plugin, id, null_mut()));
        let print = params.value_to_text.unwrap();
        assert!(!print(plugin, id, 0.5, null_mut(), 64));
        assert!(!print(plugin, id, 0.5, text.as_mut_ptr(), 0));
        assert!(!print(plugin, id, f64::NAN, text.as_mut_ptr(), 64));
        assert!(!print(plugin, 12345, 0.5, text.as_mut_ptr(), 64));
        let parse = params.text_to_value.unwrap();
        assert!(!parse(plugin, id, null(), &mut value));
        assert!(!parse(plugin, id, c"0".as_ptr(), null_mut()));
        assert!(!parse(plugin, id, c"\xff\xfe".as_ptr(), &mut value));
        assert!(!parse(plugin, 12345, c"0".as_ptr(), &mut value));
        for info in instance.infos() {
            for value in [info.min_value, info.max_value, -1e300, 1e300, 0.123] {
                for size in [1, 2, 64] {
                    text.fill(1);
                    assert!(print(plugin, info.id, value, text.as_mut_ptr(), size));
                    let end = text.iter().position(|c| *c == 0).unwrap();
                    assert!(end < size as usize, "{value} in {size}");
                }
            }
        }
    }
}

#[test]
fn the_rest_survives_null() {
    let instance = Instance::initialised();
    let plugin = instance.plugin;
    let pages: clap_plugin_remote_controls = instance.extension(CLAP_EXT_REMOTE_CONTROLS);
    let tail: clap_plugin_tail = instance.extension(CLAP_EXT_TAIL);
    let track: clap_plugin_track_info = instance.extension(CLAP_EXT_TRACK_INFO);
    let mut page: clap_remote_controls_page = unsafe { zeroed() };
    unsafe {
        let count = pages.count.unwrap()(plugin);
        assert!(pages.get.unwrap()(plugin, count - 1, &mut page));
        assert!(!pages.get.unwrap()(plugin, count, &mut page));
        assert!(!pages.get.unwrap()(plugin, 0, null_mut()));
        assert_eq!(pages.count.unwrap()(null()), 0);
        assert_eq!(tail.get.unwrap()(null()), 0);
        tail.get.unwrap()(plugin);
        track.changed.unwrap()(null());
        track.changed.unwrap()(plugin);
        assert!(extension(plugin, c"clap.unknown").is_null());
        assert!(extension(plugin, c"").is_null());
    }
}

/// No window is opened here: that needs a display.
#[test]
fn the_panel_refuses_what_it_cannot_do() {
    let instance = Instance::initialised();
    let gui: clap_plugin_gui = instance.extension(CLAP_EXT_GUI);
    let plugin = instance.plugin;
    let (mut width, mut height) = (0, 0);
    let window = |api: *const c_char| clap_window {
        api,
        specific: clap_window_handle { x11: 0 },
    };
    unsafe {
        assert!(!gui.is_api_supported.unwrap()(plugin, null(), false));
        assert!(!gui.is_api_supported.unwrap()(
            plugin,
            c"other".as_ptr(),
            false
        ));
        assert!(!gui.get_preferred_api.unwrap()(
            plugin,
            null_mut(),
            null_mut()
        ));
        assert!(!gui.create.unwrap()(plugin, null(), false));
        assert!(!gui.create.unwrap()(plugin, c"other".as_ptr(), false));
        assert!(!gui.create.unwrap()(plugin, c"other".as_ptr(), true));
        gui.destroy.unwrap()(plugin);
        for scale in [f64::NAN, -1.0, 0.0, 1e9, 1.0] {
            assert!(!gui.set_scale.unwrap()(plugin, scale), "no window to scale");
        }
        assert!(gui.get_size.unwrap()(plugin, &mut width, &mut height));
        assert!(width > 0 && height > 0);
        assert!(!gui.get_size.unwrap()(plugin, null_mut(), &mut height));
        assert!(!gui.adjust_size.unwrap()(plugin, null_mut(), null_mut()));
        assert!(!gui.adjust_size.unwrap()(plugin, &mut width, &mut height));
        assert!(!gui.get_resize_hints.unwrap()(plugin, null_mut()));
        assert!(!gui.set_size.unwrap()(plugin, 0, u32::MAX));
        assert!(!gui.set_size.unwrap()(plugin, 800, 600));
        for window in [window(null()), window(CLAP_WINDOW_API_X11.as_ptr())] {
            assert!(!gui.set_parent.unwrap()(plugin, &window));
        }
        assert!(!gui.set_parent.unwrap()(plugin, null()));
        assert!(!gui.set_transient.unwrap()(plugin, null()));
        gui.suggest_title.unwrap()(plugin, null());
        assert!(!gui.show.unwrap()(plugin));
        assert!(!gui.hide.unwrap()(plugin));
        gui.can_resize.unwrap()(plugin);
        assert!(!gui.can_resize.unwrap()(null()));
    }
}
