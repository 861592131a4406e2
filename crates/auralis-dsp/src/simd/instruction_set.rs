//! Which vector instructions the kernels run with, chosen when the program runs.
//!
//! Kernels are written once, generic over [`fearless_simd::Simd`], and compiled for every level;
//! `dispatch!(set.level(), simd => kernel(simd, ..))` runs the one of an [`InstructionSet`]. A kernel
//! and all it calls must be `#[inline(always)]`, without closures handed to the standard library
//! (`array::map`, `array::from_fn`): what is not inlined is compiled for the baseline.

use std::sync::OnceLock;

use fearless_simd::{Level, Simd};

/// The vector instructions that kernels use.
#[derive(Debug, Clone, Copy)]
pub struct InstructionSet(Level);

impl InstructionSet {
    /// The set to use on this machine: the widest. With AVX-512 the kernels stay eight lanes wide; its masks
    /// and its 32 registers make the chain 4 % faster, 7 % with everything on (AMD Zen 5).
    pub fn best() -> Self {
        static BEST: OnceLock<InstructionSet> = OnceLock::new();
        *BEST.get_or_init(|| {
            let widest = Self::available().into_iter().last();
            widest.unwrap_or(Self(Level::baseline()))
        })
    }

    /// All sets that this machine has, from the baseline up.
    pub fn available() -> Vec<Self> {
        #[allow(unused_mut)] // some machines have but one
        let mut levels = vec![Level::baseline()];
        #[cfg(target_arch = "x86_64")]
        {
            let widest = Level::new();
            levels.extend(widest.as_sse4_2().map(Level::Sse4_2));
            levels.extend(widest.as_avx2().map(Level::Avx2));
            levels.extend(widest.as_avx512().map(Level::Avx512));
        }
        levels.into_iter().map(Self).collect()
    }

    /// The set of a kernel's `simd`. The compiler knows it: what is dispatched to it costs nothing.
    #[inline(always)]
    pub fn of<S: Simd>(simd: S) -> Self {
        Self(simd.level())
    }

    /// What its manufacturer calls it.
    pub fn name(self) -> &'static str {
        match self.0 {
            #[cfg(target_arch = "x86_64")]
            Level::Sse2(_) => "SSE2",
            #[cfg(target_arch = "x86_64")]
            Level::Sse4_2(_) => "SSE4.2",
            #[cfg(target_arch = "x86_64")]
            Level::Avx2(_) => "AVX2",
            #[cfg(target_arch = "x86_64")]
            Level::Avx512(_) => "AVX-512",
            #[cfg(target_arch = "aarch64")]
            Level::Neon(_) => "NEON",
            _ => "scalar",
        }
    }

    /// What `dispatch!` takes.
    #[inline(always)]
    pub fn level(self) -> Level {
        self.0
    }
}

/// How a processor computes a frame.
#[derive(Debug, Clone, Copy)]
pub enum Implementation {
    /// Plain scalar code, sample by sample: the specification.
    Scalar,
    /// The same in vectors.
    Vectorized(InstructionSet),
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_best_is_among_those_available_and_names_differ() {
        let names: Vec<_> = InstructionSet::available()
            .iter()
            .map(|s| s.name())
            .collect();
        assert!(names.contains(&InstructionSet::best().name()), "{names:?}");
        for (i, name) in names.iter().enumerate() {
            assert!(!names[..i].contains(name), "{name} twice in {names:?}");
        }
    }
}
