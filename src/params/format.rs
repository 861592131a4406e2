//! Parameter constructors, each with its formatter and parser as a pair.
//!
//! What the formatter prints the parser reads back, with or without the unit, so a host's typed
//! "-18", "-18 dB", "4:1", "250 ms", "0.25 s" or "1.2 kHz" all work.

use std::sync::Arc;

use nice_plug::prelude::*;

/// Ranges of parameters.
pub mod plain {
    use nice_plug::prelude::FloatRange;

    /// A linear range.
    pub fn range(min: f32, max: f32) -> FloatRange {
        FloatRange::Linear { min, max }
    }

    /// A range with most of its travel at the low end, for times, ratios and frequencies.
    pub fn log_range(min: f32, max: f32) -> FloatRange {
        FloatRange::Skewed {
            min,
            max,
            factor: FloatRange::skew_factor(-2.0),
        }
    }
}

/// The number at the head of `text` times the factor of the unit after it.
///
/// `units` lists the accepted units, lower case without blanks, with their factors; no unit at all
/// counts as factor 1. `None` when the text is not a finite number followed by one of them.
fn parse(text: &str, units: &[(&str, f32)]) -> Option<f32> {
    let text: String = text.chars().filter(|c| !c.is_whitespace()).collect();
    let text = text.to_lowercase().replace('\u{2212}', "-");
    let split = text
        .find(|c: char| !(c.is_ascii_digit() || matches!(c, '+' | '-' | '.')))
        .unwrap_or(text.len());
    let (number, unit) = text.split_at(split);
    let factor = match unit {
        "" => 1.0,
        _ => units.iter().find(|(name, _)| *name == unit)?.1,
    };
    let value = number.parse::<f32>().ok()? * factor;
    value.is_finite().then_some(value)
}

/// `value` with `digits` decimals, and never "-0".
fn print(value: f32, digits: usize) -> String {
    let text = format!("{value:.digits$}");
    match text.strip_prefix('-') {
        Some(rest) if rest.parse::<f32>() == Ok(0.0) => rest.to_owned(),
        _ => text,
    }
}

/// A float parameter shown with `digits` decimals and `unit` (with its leading blank).
pub fn float(
    name: &str,
    range: FloatRange,
    default: f32,
    unit: &'static str,
    digits: usize,
) -> FloatParam {
    let accepted = unit.trim().to_lowercase();
    FloatParam::new(name, default, range)
        .with_unit(unit)
        .with_value_to_string(Arc::new(move |value| print(value, digits)))
        .with_string_to_value(Arc::new(move |text| {
            parse(text, &[(&accepted, 1.0), ("db", 1.0)])
        }))
}

/// A level in decibels.
pub fn decibel(name: &str, min: f32, max: f32, default: f32) -> FloatParam {
    float(name, plain::range(min, max), default, " dB", 2)
}

/// A share from 0 to `max` percent.
pub fn percent(name: &str, max: f32, default: f32) -> FloatParam {
    float(name, plain::range(0.0, max), default, " %", 1)
        .with_string_to_value(Arc::new(|text| parse(text, &[("%", 1.0)])))
}

/// A time in milliseconds; the parser reads seconds as well.
pub fn milliseconds(name: &str, range: FloatRange, default: f32) -> FloatParam {
    float(name, range, default, " ms", 2)
        .with_string_to_value(Arc::new(|text| parse(text, &[("ms", 1.0), ("s", 1000.0)])))
}

/// A frequency in hertz; the parser reads kilohertz as well.
pub fn frequency(name: &str, min: f32, max: f32, default: f32) -> FloatParam {
    float(name, plain::log_range(min, max), default, " Hz", 1).with_string_to_value(Arc::new(
        |text| parse(text, &[("hz", 1.0), ("khz", 1000.0), ("k", 1000.0)]),
    ))
}

/// A compression ratio, shown as "4.00:1".
pub fn ratio(name: &str, min: f32, max: f32, default: f32) -> FloatParam {
    float(name, plain::log_range(min, max), default, ":1", 2)
        .with_string_to_value(Arc::new(|text| parse(text, &[(":1", 1.0)])))
}

/// A switch, shown as "On" or "Off".
pub fn toggle(name: &str, default: bool) -> BoolParam {
    BoolParam::new(name, default)
        .with_value_to_string(Arc::new(|on| String::from(if on { "On" } else { "Off" })))
        .with_string_to_value(Arc::new(|text| match text.trim().to_lowercase().as_str() {
            "on" | "true" | "yes" | "1" => Some(true),
            "off" | "false" | "no" | "0" => Some(false),
            _ => None,
        }))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plain_of(param: &FloatParam, text: &str) -> Option<f32> {
        param
            .string_to_normalized_value(text)
            .map(|normalized| param.preview_plain(normalized))
    }

    #[test]
    fn typed_values_are_understood() {
        let cases: [(FloatParam, &str, f32); 9] = [
            (decibel("t", -60.0, 0.0, -20.0), "-18", -18.0),
            (decibel("t", -60.0, 0.0, -20.0), "-18 dB", -18.0),
            (decibel("t", -60.0, 0.0, -20.0), " \u{2212}18dB ", -18.0),
            (ratio("t", 1.0, 20.0, 2.0), "4:1", 4.0),
            (ratio("t", 1.0, 20.0, 2.0), "4", 4.0),
            (
                milliseconds("t", plain::log_range(5.0, 2000.0), 150.0),
                "250 ms",
                250.0,
            ),
            (
                milliseconds("t", plain::log_range(5.0, 2000.0), 150.0),
                "0.25 s",
                250.0,
            ),
            (frequency("t", 20.0, 500.0, 20.0), "0.2 kHz", 200.0),
            (percent("t", 200.0, 100.0), "75%", 75.0),
        ];
        for (param, text, expected) in cases {
            let got = plain_of(&param, text).unwrap_or(f32::NAN);
            // The value goes through the normalised f32 of a skewed range: a few 1e-6 relative.
            assert!(
                (got - expected).abs() < 1e-4 * expected.abs(),
                "{text:?}: got {got}"
            );
        }
    }

    #[test]
    fn nonsense_is_refused() {
        let param = decibel("t", -60.0, 0.0, -20.0);
        for text in ["", "dB", "loud", "1e", "nan", "inf", "4:1", "--3", "1 V"] {
            assert_eq!(plain_of(&param, text), None, "{text:?}");
        }
    }

    #[test]
    fn zero_has_no_sign() {
        assert_eq!(print(-0.001, 2), "0.00");
        assert_eq!(print(-0.01, 2), "-0.01");
    }
}
