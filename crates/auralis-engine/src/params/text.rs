//! Values as text. What is printed is read back, with or without its unit, so a typed "-18",
//! "-18 dB", "4:1", "250 ms", "0.25 s" or "1.2 kHz" all work.

use super::table::{Kind, ParamId, Unit};

impl Unit {
    /// The unit behind a number, with the blank before it.
    pub const fn suffix(self) -> &'static str {
        match self {
            Self::Db => " dB",
            Self::DbPerOct => " dB/oct",
            Self::Dbtp => " dBTP",
            Self::Lufs => " LUFS",
            Self::Percent => " %",
            Self::Milliseconds => " ms",
            Self::Seconds => " s",
            Self::Hertz => " Hz",
            Self::Ratio => ":1",
        }
    }

    /// Decimals that are shown.
    const fn digits(self) -> usize {
        match self {
            Self::Percent | Self::Hertz | Self::Lufs => 1,
            _ => 2,
        }
    }

    /// Units that may be typed, lower case without blanks, with their factors.
    const fn accepted(self) -> &'static [(&'static str, f32)] {
        match self {
            Self::Db => &[("db", 1.0)],
            Self::DbPerOct => &[("db/oct", 1.0), ("db", 1.0)],
            Self::Dbtp => &[("dbtp", 1.0), ("db", 1.0)],
            Self::Lufs => &[("lufs", 1.0), ("lu", 1.0), ("db", 1.0)],
            Self::Percent => &[("%", 1.0)],
            Self::Milliseconds => &[("ms", 1.0), ("s", 1000.0)],
            Self::Seconds => &[("s", 1.0), ("ms", 0.001)],
            Self::Hertz => &[("hz", 1.0), ("khz", 1000.0), ("k", 1000.0)],
            Self::Ratio => &[(":1", 1.0)],
        }
    }

    /// A number without its unit.
    pub fn print(self, value: f32) -> String {
        print(value, self.digits())
    }

    /// The number that a text says, as its unit or none wants it. `None` when it is no finite number
    /// followed by an accepted unit or nothing.
    pub fn parse(self, text: &str) -> Option<f32> {
        let text: String = text.chars().filter(|c| !c.is_whitespace()).collect();
        let text = text.to_lowercase().replace('\u{2212}', "-");
        let split = text
            .find(|c: char| !(c.is_ascii_digit() || matches!(c, '+' | '-' | '.')))
            .unwrap_or(text.len());
        let (number, unit) = text.split_at(split);
        let factor = match unit {
            "" => 1.0,
            _ => self.accepted().iter().find(|(name, _)| *name == unit)?.1,
        };
        let value = number.parse::<f32>().ok()? * factor;
        value.is_finite().then_some(value)
    }
}

impl ParamId {
    /// The text of a plain value, with its unit.
    pub fn print(self, value: f32) -> String {
        match self.row().kind {
            Kind::Float { unit, .. } => unit.print(value) + unit.suffix(),
            Kind::Switch { .. } => String::from(if value >= 0.5 { "On" } else { "Off" }),
            Kind::Choice { names, .. } => names[place(value, names.len())].to_owned(),
        }
    }

    /// The plain value that a text says, which may lie beyond the range; `None` when it says none.
    pub fn parse(self, text: &str) -> Option<f32> {
        match self.row().kind {
            Kind::Float { unit, .. } => unit.parse(text),
            Kind::Switch { .. } => match text.trim().to_lowercase().as_str() {
                "on" | "true" | "yes" | "1" => Some(1.0),
                "off" | "false" | "no" | "0" => Some(0.0),
                _ => None,
            },
            Kind::Choice { ids, names, .. } => {
                let text = text.trim();
                let place_in = |words: &[&str]| {
                    let mut words = words.iter();
                    words.position(|word| word.eq_ignore_ascii_case(text))
                };
                let place = place_in(names).or_else(|| place_in(ids))?;
                Some(place as f32)
            }
        }
    }
}

/// The place in a list that a plain value stands for.
#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // saturates, as NaN does to 0
pub fn place(value: f32, len: usize) -> usize {
    (value.round() as usize).min(len.saturating_sub(1))
}

/// `value` with `digits` decimals, and never "-0".
fn print(value: f32, digits: usize) -> String {
    let text = format!("{value:.digits$}");
    match text.strip_prefix('-') {
        Some(rest) if rest.parse::<f32>() == Ok(0.0) => rest.to_owned(),
        _ => text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::params::TABLE;

    #[test]
    fn typed_values_are_understood() {
        let cases = [
            (ParamId::CompThreshold, "-18", -18.0),
            (ParamId::CompThreshold, "-18 dB", -18.0),
            (ParamId::CompThreshold, " \u{2212}18dB ", -18.0),
            (ParamId::CompRatio, "4:1", 4.0),
            (ParamId::CompRatio, "4", 4.0),
            (ParamId::CompRelease, "250 ms", 250.0),
            (ParamId::CompRelease, "0.25 s", 250.0),
            (ParamId::EqSpeed, "3 s", 3.0),
            (ParamId::CompScHpf, "0.2 kHz", 200.0),
            (ParamId::Width, "75%", 75.0),
            (ParamId::EqOn, "off", 0.0),
            (ParamId::Target, "hip-hop", 7.0),
            (ParamId::Target, "hip_hop", 7.0),
        ];
        for (param, text, expected) in cases {
            assert_eq!(param.parse(text), Some(expected), "{param:?} {text:?}");
        }
    }

    #[test]
    fn nonsense_is_refused() {
        for text in ["", "dB", "loud", "1e", "nan", "inf", "4:1", "--3", "1 V"] {
            assert_eq!(ParamId::CompThreshold.parse(text), None, "{text:?}");
        }
        assert_eq!(ParamId::Target.parse("Polka"), None);
        assert_eq!(ParamId::EqOn.parse("perhaps"), None);
    }

    #[test]
    fn what_is_printed_is_read_back() {
        for row in TABLE {
            let (min, max) = row.kind.range();
            for value in [min, max, row.kind.default()] {
                let text = row.param.print(value);
                let back = row.param.parse(&text);
                // One decimal at least: half of it, and f32 rounding.
                let close = back.is_some_and(|back| (back - value).abs() <= 0.051);
                assert!(close, "{}: {value} printed {text:?} read {back:?}", row.id);
            }
        }
    }

    #[test]
    fn zero_has_no_sign() {
        assert_eq!(print(-0.001, 2), "0.00");
        assert_eq!(print(-0.01, 2), "-0.01");
    }
}
