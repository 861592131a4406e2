//! CLAP remote-control pages: what a hardware controller with eight knobs shows, in the order of
//! the signal.

use nice_plug::prelude::*;

use auralis_dsp::bands::BANDS;
use auralis_engine::params::{Kind, ParamId};

use crate::params::AuralisParams;

/// A page: its name and its parameters.
type Page<'a> = (&'a str, &'a [ParamId]);

/// The pages by section, but for the EQ's bands.
const SECTIONS: &[(&str, &[Page<'static>])] = {
    use ParamId::*;
    &[
        (
            "Main",
            &[
                (
                    "Macro",
                    &[
                        EqAmount,
                        Target,
                        EqTilt,
                        CompThreshold,
                        Width,
                        LoudTarget,
                        LimCeiling,
                        Mix,
                    ],
                ),
                (
                    "Global",
                    &[InputGain, InputHpf, OutputGain, Mix, Listen, Bypass],
                ),
            ],
        ),
        (
            "EQ",
            &[(
                "Adaptive EQ",
                &[
                    EqOn, EqAmount, EqRange, EqSpeed, Target, RefBlend, EqTilt, EqPhase,
                ],
            )],
        ),
        (
            "Tame",
            &[(
                "Tame",
                &[
                    TameOn,
                    TameDepth,
                    TameSharpness,
                    TameSpeed,
                    TameLow,
                    TameHigh,
                    TameLink,
                ],
            )],
        ),
        (
            "Dynamics",
            &[
                (
                    "Compressor",
                    &[
                        CompThreshold,
                        CompRatio,
                        CompKnee,
                        CompAttack,
                        CompRelease,
                        CompMakeup,
                        CompMix,
                        CompAdapt,
                    ],
                ),
                (
                    "Compressor Detector",
                    &[
                        CompOn,
                        CompAutoRelease,
                        CompDetector,
                        CompLink,
                        CompScHpf,
                        CompScExternal,
                        CompLookahead,
                        CompAutoMakeup,
                    ],
                ),
                (
                    "Compressor Bands",
                    &[CompLowSplit, CompScHpf, CompDetector, CompAutoRelease],
                ),
                (
                    "Loudness and Locks",
                    &[
                        LoudOn, LoudTarget, LoudRange, Width, AdaptMode, EqLock, CompLock, LoudLock,
                    ],
                ),
                (
                    "Limiter",
                    &[
                        LimOn,
                        LimDrive,
                        LimCeiling,
                        LimRelease,
                        LimAutoRelease,
                        LimTruePeak,
                        ClipAmount,
                        LimLink,
                    ],
                ),
            ],
        ),
    ]
};

/// Declares all pages.
pub fn pages(params: &AuralisParams, context: &mut impl RemoteControlsContext) {
    let bands: Vec<ParamId> = (0..BANDS).map(ParamId::eq_band).collect();
    for (name, pages) in SECTIONS {
        context.add_section(*name, |section| {
            pages
                .iter()
                .for_each(|page| add_page(section, page, params));
            if *name == "EQ" {
                add_page(section, &("EQ Bands", &bands), params);
            }
        });
    }
}

fn add_page(section: &mut impl RemoteControlsSection, page: &Page<'_>, params: &AuralisParams) {
    let (name, ids) = *page;
    section.add_page(name, |page| {
        for id in ids {
            match id.row().kind {
                Kind::Float { .. } => page.add_param(params.number(*id)),
                Kind::Switch { .. } => page.add_param(params.switch(*id)),
                Kind::Choice { .. } => page.add_param(params.choice(*id)),
            }
        }
    });
}
