//! The page of a report: one file that needs no other.

use std::fmt::Write;

use auralis_engine::master::Mastered;
use data_encoding::BASE64;

use super::Request;
use super::Verdict;
use crate::tools::listen::profile_name;
use crate::tools::measure::Measurement;
use auralis_dsp::basics::decibel::SILENCE_DB;

/// Name and unit of a figure, and where it is.
type Figure = (&'static str, &'static str, fn(&Measurement) -> f64);

/// What the page shows.
pub struct Page<'a> {
    /// The file's name.
    pub title: &'a str,
    /// What was asked for.
    pub request: &'a Request,
    /// What was decided and rendered.
    pub mastered: &'a Mastered,
    /// What is to be said about it.
    pub verdict: &'a Verdict,
    /// The song and the master.
    pub measured: &'a [Measurement; 2],
    /// The picture as a PNG.
    pub picture: &'a [u8],
}

const STYLE: &str = "body{font:16px/1.5 system-ui,sans-serif;margin:2em auto;max-width:75em;padding:0 1em;\
    color:#222}img{width:100%}table{border-collapse:collapse}td,th{padding:.2em 1em .2em 0;\
    text-align:left;border-bottom:1px solid #ddd}td.n{text-align:right}.missed{color:#b00020}";

impl Page<'_> {
    /// The page.
    pub fn html(&self) -> String {
        let title = escaped(self.title);
        let picture = BASE64.encode(self.picture);
        let sections = [
            self.remarks(),
            self.figures(),
            format!(
                "<p><img alt=\"Spectra, EQ, loudness and gains\" src=\"data:image/png;base64,{picture}\"></p>"
            ),
            self.heard(),
            self.found(),
            self.decided(),
            self.settings(),
        ];
        format!(
            "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><title>Auralis: {title}</title>\
             <style>{STYLE}</style></head>\n<body><h1>{title}</h1>\n{}\n</body></html>\n",
            sections.join("\n")
        )
    }

    /// What was missed, and what somebody should look at.
    fn remarks(&self) -> String {
        let missed = self.verdict.missed.iter();
        let missed = missed.map(|text| format!("<p class=\"missed\">{}.</p>", escaped(text)));
        let odd = self.verdict.odd.iter();
        let odd = odd.map(|text| format!("<p>{}.</p>", escaped(text)));
        missed.chain(odd).collect()
    }

    /// The figures of the song and of the master.
    fn figures(&self) -> String {
        let [before, after] = self.measured;
        let rows: [Figure; 7] = [
            ("Integrated loudness", "LUFS", |m| m.integrated_lufs),
            ("Largest short-term loudness", "LUFS", |m| {
                m.max_short_term_lufs
            }),
            ("Loudness range", "LU", |m| m.range_lu),
            ("True peak", "dBTP", |m| m.true_peak_dbtp),
            ("Sample peak", "dBFS", |m| m.sample_peak_db),
            ("RMS", "dBFS", |m| m.rms_db),
            ("Crest factor", "dB", |m| m.crest_db),
        ];
        let rows = rows.map(|(name, unit, value)| {
            let cells =
                [before, after].map(|m| format!("<td class=\"n\">{}</td>", number(value(m))));
            format!("<tr><td>{name}</td>{}<td>{unit}</td></tr>", cells.concat())
        });
        format!(
            "<h2>Before and after</h2><table><tr><th></th><th>before</th><th>after</th><th></th></tr>{}</table>",
            rows.concat()
        )
    }

    /// What the ear made of the song, and why.
    fn heard(&self) -> String {
        let view = &self.mastered.view;
        if view.profiles.is_empty() {
            return String::from("<h2>Heard</h2><p>Nothing loud enough to decide about.</p>");
        }
        let profiles = view.profiles.iter();
        let profiles: Vec<String> = profiles
            .map(|(target, weight)| format!("{} {:.0} %", profile_name(*target), 100.0 * weight))
            .collect();
        let (reason, profiles) = (escaped(&view.reason), profiles.join(", "));
        format!("<h2>Heard</h2><p>{reason}. The target of its tone: {profiles}.</p>")
    }

    /// Faults of the song, and what could help.
    fn found(&self) -> String {
        let heard = self.mastered.heard.as_ref();
        let findings = heard.map_or(&[][..], |heard| &heard.findings[..]);
        let faults = findings.iter().filter(|finding| finding.fault);
        let faults = faults.map(|finding| {
            let help = finding.suggestions.iter();
            let help: Vec<String> = help.map(|s| escaped(&s.to_string())).collect();
            let (name, text) = (finding.name, escaped(&finding.text));
            format!(
                "<tr><td>{name}</td><td>{text}</td><td>{}</td></tr>",
                help.join(", ")
            )
        });
        let rows: String = faults.collect();
        if rows.is_empty() {
            return rows;
        }
        format!("<h2>Found</h2><table><tr><th></th><th></th><th>could help</th></tr>{rows}</table>")
    }

    /// What was held.
    fn decided(&self) -> String {
        let Some(learned) = &self.mastered.learned else {
            return String::from("<h2>Decided</h2><p>Nothing: it was not decided once.</p>");
        };
        let adaptive = &learned.adaptive;
        let rows = [
            ("Loudness gain", f64::from(adaptive.loudness_gain_db), "dB"),
            ("Makeup gain", adaptive.makeup_gain_db.into(), "dB"),
            (
                "Compressor's threshold",
                adaptive.threshold_offset_db.into(),
                "dB from its setting",
            ),
            (
                "Compressor's ratio",
                adaptive.ratio_offset.into(),
                "from its setting",
            ),
            (
                "Limiter, deepest",
                (-self.mastered.rendered.limiter_reduction_db).into(),
                "dB",
            ),
            (
                "Compressor, deepest",
                (-self.mastered.rendered.compressor_reduction_db).into(),
                "dB",
            ),
            ("Passes that rendered", self.mastered.renders as f64, ""),
        ];
        let rows = rows.map(|(name, value, unit)| {
            format!("<tr><td>{name}</td><td class=\"n\">{value:.2}</td><td>{unit}</td></tr>")
        });
        format!("<h2>Decided</h2><table>{}</table>", rows.concat())
    }

    /// The settings that are not the defaults.
    fn settings(&self) -> String {
        let changed = self.request.changed();
        if changed.is_empty() {
            return String::from("<h2>Settings</h2><p>All at their defaults.</p>");
        }
        let mut rows = String::new();
        for (id, text) in changed {
            // Writing into a text does not fail.
            let _ = write!(rows, "<tr><td>{id}</td><td>{}</td></tr>", escaped(&text));
        }
        format!("<h2>Settings</h2><table>{rows}</table>")
    }
}

fn number(value: f64) -> String {
    if value <= SILENCE_DB.into() {
        return String::from("silence");
    }
    format!("{value:.2}")
}

/// A text without what means something in a page.
fn escaped(text: &str) -> String {
    let escaped = text.replace('&', "&amp;").replace('<', "&lt;");
    escaped.replace('>', "&gt;").replace('"', "&quot;")
}
