//! The parameters' ids and ranges, so that no event brings a value that the framework does not know.
#![allow(unsafe_code)] // the C ABI: asks the framework's plug-in

use clap_sys::ext::params::clap_param_info;
use clap_sys::id::clap_id;

use crate::door::clap::inner::Inner;

/// Range of every parameter in the ABI's units: 0 to 1, or to the number of steps.
#[derive(Debug, Default)]
pub struct Ranges(Vec<Range>);

#[derive(Debug, Clone, Copy)]
struct Range {
    id: clap_id,
    min: f64,
    max: f64,
}

impl Ranges {
    /// Those of the plug-in.
    pub fn of(inner: &Inner) -> Self {
        // SAFETY: the plug-in is alive.
        let count = inner
            .params
            .count
            .map_or(0, |f| unsafe { f(inner.as_ptr()) });
        let mut ranges: Vec<Range> = (0..count).filter_map(|index| range(inner, index)).collect();
        ranges.sort_unstable_by_key(|range| range.id);
        Self(ranges)
    }

    /// Number of parameters.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    fn find(&self, id: clap_id) -> Option<Range> {
        let at = self.0.binary_search_by_key(&id, |range| range.id).ok()?;
        self.0.get(at).copied()
    }

    /// The value that such a parameter can take next to this; none for a parameter that there is
    /// not and for what is no number.
    pub fn value(&self, id: clap_id, value: f64) -> Option<f64> {
        let range = self.find(id)?;
        value
            .is_finite()
            .then(|| value.max(range.min).min(range.max))
    }

    /// The modulation that such a parameter can take next to this, at most its whole range.
    pub fn modulation(&self, id: clap_id, amount: f64) -> Option<f64> {
        let range = self.find(id)?;
        let whole = range.max - range.min;
        amount.is_finite().then(|| amount.max(-whole).min(whole))
    }
}

fn range(inner: &Inner, index: u32) -> Option<Range> {
    let get_info = inner.params.get_info?;
    // SAFETY: zeros are a valid clap_param_info: numbers, null and empty names.
    let mut info: clap_param_info = unsafe { std::mem::zeroed() };
    // SAFETY: the plug-in is alive, `info` can be written, the index is below the count.
    unsafe { get_info(inner.as_ptr(), index, &mut info) }.then_some(Range {
        id: info.id,
        min: info.min_value,
        max: info.max_value,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_fit_their_parameter_or_are_none() {
        let ranges = Ranges(vec![Range {
            id: 7,
            min: 0.0,
            max: 4.0,
        }]);
        for (value, expected) in [
            (3.0, Some(3.0)),
            (-1e300, Some(0.0)),
            (5.0, Some(4.0)),
            (f64::NAN, None),
            (f64::INFINITY, None),
        ] {
            assert_eq!(ranges.value(7, value), expected, "{value}");
        }
        assert_eq!(ranges.value(8, 1.0), None, "no such parameter");
        assert_eq!(ranges.modulation(7, -9.0), Some(-4.0));
        assert_eq!(ranges.modulation(7, f64::NAN), None);
    }
}
