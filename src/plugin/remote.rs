//! CLAP remote-control pages: what a hardware controller with eight knobs shows, in the order of
//! the signal.

use nice_plug::prelude::*;

use crate::params::AuralisParams;

/// One page from parameters of any kind.
macro_rules! page {
    ($section:expr, $name:literal, [$($param:expr),* $(,)?]) => {
        $section.add_page($name, |page| {
            $(page.add_param($param);)*
        })
    };
}

/// Declares all pages.
pub fn pages(params: &AuralisParams, context: &mut impl RemoteControlsContext) {
    let AuralisParams {
        global,
        eq,
        comp,
        stereo,
        loudness,
        limiter,
        ..
    } = params;
    context.add_section("Main", |section| {
        page!(
            section,
            "Macro",
            [
                &eq.amount,
                &eq.target,
                &eq.tilt,
                &comp.threshold,
                &stereo.width,
                &loudness.target,
                &limiter.ceiling,
                &global.mix
            ]
        );
        page!(
            section,
            "Global",
            [
                &global.input_gain,
                &global.output_gain,
                &global.mix,
                &global.listen,
                &global.bypass
            ]
        );
    });
    context.add_section("EQ", |section| {
        page!(
            section,
            "Adaptive EQ",
            [
                &eq.on,
                &eq.amount,
                &eq.range,
                &eq.speed,
                &eq.target,
                &eq.ref_blend,
                &eq.tilt,
                &eq.phase
            ]
        );
        section.add_page("EQ Bands", |page| {
            for band in params.eq_bands.all() {
                page.add_param(band);
            }
        });
    });
    context.add_section("Dynamics", |section| {
        page!(
            section,
            "Compressor",
            [
                &comp.threshold,
                &comp.ratio,
                &comp.knee,
                &comp.attack,
                &comp.release,
                &comp.makeup,
                &comp.mix,
                &comp.adapt
            ]
        );
        page!(
            section,
            "Compressor Detector",
            [
                &comp.on,
                &comp.auto_release,
                &comp.detector,
                &comp.link,
                &comp.sc_hpf,
                &comp.sc_external,
                &comp.lookahead,
                &comp.auto_makeup
            ]
        );
        page!(
            section,
            "Loudness",
            [
                &loudness.on,
                &loudness.target,
                &loudness.range,
                &stereo.width
            ]
        );
        page!(
            section,
            "Limiter",
            [
                &limiter.on,
                &limiter.drive,
                &limiter.ceiling,
                &limiter.release,
                &limiter.auto_release,
                &limiter.true_peak
            ]
        );
    });
}
