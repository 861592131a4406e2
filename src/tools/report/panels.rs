//! The panels of the report.

use std::error::Error;

use plotters::backend::BitMapBackend;
use plotters::coord::Shift;
use plotters::coord::combinators::WithKeyPoints;
use plotters::coord::ranged1d::{Ranged, ValueFormatter};
use plotters::prelude::*;

use super::{FONT, Report, tone_change};
use crate::tools::measure::{Measurement, Spectrum};
use auralis_dsp::bands::{BANDS, center_hz};
use auralis_dsp::basics::decibel::SILENCE_DB;

/// Whatever goes wrong while drawing.
pub type DrawError = Box<dyn Error + Send + Sync>;

/// Where a panel is drawn.
pub type Area<'a> = DrawingArea<BitMapBackend<'a>, Shift>;
type Chart<'a, X, Y> = ChartContext<'a, BitMapBackend<'a>, Cartesian2d<X, Y>>;
/// A point of a curve.
pub type Point = (f64, f64);

const BEFORE: RGBColor = RGBColor(130, 130, 140);
/// Of what is the news.
pub const AFTER: RGBColor = RGBColor(20, 90, 190);
/// Of the target.
pub const TARGET: RGBColor = RGBColor(30, 150, 80);
const TONE: RGBColor = RGBColor(215, 100, 20);

const ZERO: RGBColor = RGBColor(110, 110, 110);

/// Ends of the frequency axis in Hz.
const FREQUENCY_RANGE_HZ: (f64, f64) = (20.0, 20_000.0);

/// Largest span of the loudness axis in LU, so that fades and starts do not flatten the rest.
const MAX_SPAN_LU: f64 = 35.0;

/// Smallest span of a level axis in dB.
const MIN_SPAN_DB: f64 = 6.0;

/// A curve of a chart; without a label it has no place in the legend.
pub struct Curve<'a> {
    /// What the legend calls it.
    pub label: &'a str,
    /// Its points.
    pub points: Vec<Point>,
    /// Its colour and width.
    pub style: ShapeStyle,
}

/// A curve with its label, points and style.
pub fn curve(label: &str, points: Vec<Point>, style: ShapeStyle) -> Curve<'_> {
    Curve {
        label,
        points,
        style,
    }
}

/// Long-term spectra and target over the frequency.
pub fn spectra(area: &Area, report: &Report) -> Result<(), DrawError> {
    let target = report.target_db.map(Spectrum::from_curve);
    let target = target.map_or(Vec::new(), |t| spectrum_points(&t));
    let [before, after] = [report.before, report.after].map(|m| spectrum_points(&m.spectrum));
    let curves = [
        curve("before", before, BEFORE.stroke_width(4)),
        curve("after", after, AFTER.stroke_width(3)),
        curve("target", target, TARGET.stroke_width(3)),
    ];
    spectrum_chart(area, &curves)
}

/// Level-free spectra over the frequency.
pub fn spectrum_chart(area: &Area, curves: &[Curve<'_>]) -> Result<(), DrawError> {
    let levels = level_range(curves.iter().flat_map(|curve| &curve.points));
    let mut chart = builder(area, "Long-term spectrum per critical band, level-free")
        .build_cartesian_2d(frequencies(), levels)?;
    mesh(&mut chart, "frequency in Hz", "level in dB", &hertz)?;
    for curve in curves {
        line(&mut chart, curve.label, &curve.points, curve.style)?;
    }
    legend(&mut chart, SeriesLabelPosition::LowerLeft)
}

/// The EQ curve, one point a band.
pub fn tone(area: &Area, report: &Report) -> Result<(), DrawError> {
    let (caption, tone) = tone_change(report);
    tone_chart(area, &caption, &tone)
}

/// Gains of the critical bands that have one.
pub fn tone_chart(
    area: &Area,
    caption: &str,
    gains_db: &[Option<f32>; BANDS],
) -> Result<(), DrawError> {
    let tone: Vec<Point> = gains_db
        .iter()
        .enumerate()
        .filter_map(|(band, db)| Some((f64::from(center_hz(band)), f64::from((*db)?))))
        .collect();
    let levels = level_range(tone.iter().chain([&(0.0, 0.0)]));
    let mut chart = builder(area, caption).build_cartesian_2d(frequencies(), levels)?;
    mesh(&mut chart, "frequency in Hz", "gain in dB", &hertz)?;
    let (first, last) = FREQUENCY_RANGE_HZ;
    line(
        &mut chart,
        "",
        &[(first, 0.0), (last, 0.0)],
        ZERO.stroke_width(1),
    )?;
    line(&mut chart, "", &tone, TONE.stroke_width(3))?;
    chart.draw_series(tone.iter().map(|&at| Circle::new(at, 4, TONE.filled())))?;
    Ok(())
}

/// The logarithmic axis of frequencies.
fn frequencies() -> WithKeyPoints<LogCoord<f64>> {
    let (first, last) = FREQUENCY_RANGE_HZ;
    let marks = [20.0, 50.0, 100.0, 200.0, 500.0, 1e3, 2e3, 5e3, 10e3, 20e3];
    LogCoord::from((first..last).log_scale()).with_key_points(marks.to_vec())
}

/// Momentary and short-term loudness over time.
pub fn loudness(area: &Area, report: &Report) -> Result<(), DrawError> {
    let [before, after] = [report.before, report.after];
    let caption = format!(
        "Loudness (bold short-term, thin momentary); integrated {} -> {}",
        lufs(before.integrated_lufs),
        lufs(after.integrated_lufs)
    );
    let curves = [
        curve("", momentary(before), BEFORE.mix(0.45).stroke_width(1)),
        curve("", momentary(after), AFTER.mix(0.4).stroke_width(1)),
        curve("before", short_term(before), BEFORE.stroke_width(3)),
        curve("after", short_term(after), AFTER.stroke_width(3)),
    ];
    loudness_chart(area, &caption, &curves)
}

/// Momentary loudness over time.
pub fn momentary(measurement: &Measurement) -> Vec<Point> {
    let points = measurement.loudness.iter();
    points.map(|p| (p.seconds, p.momentary_lufs)).collect()
}

/// Short-term loudness over time.
pub fn short_term(measurement: &Measurement) -> Vec<Point> {
    let points = measurement.loudness.iter();
    points.map(|p| (p.seconds, p.short_term_lufs)).collect()
}

/// Loudness over time, down to [`MAX_SPAN_LU`] below its top.
pub fn loudness_chart(area: &Area, caption: &str, curves: &[Curve<'_>]) -> Result<(), DrawError> {
    let levels = level_range(curves.iter().flat_map(|curve| &curve.points));
    let floor = levels.start.max(levels.end - MAX_SPAN_LU);
    let levels = floor..levels.end;
    let last = curves.iter().map(|curve| end(&curve.points));
    let last = last.fold(0.1, f64::max);
    let mut chart = builder(area, caption).build_cartesian_2d(0.0..last, levels)?;
    mesh(&mut chart, "time in s", "loudness in LUFS", &|x| {
        format!("{x:.0}")
    })?;
    for curve in curves {
        let points = curve.points.iter();
        let inside: Vec<Point> = points.map(|p| (p.0, p.1.max(floor))).collect();
        line(&mut chart, curve.label, &inside, curve.style)?;
    }
    legend(&mut chart, SeriesLabelPosition::LowerMiddle)
}

/// Gains over time, the first filled.
pub fn gains(area: &Area, report: &Report) -> Result<(), DrawError> {
    let points = || report.gains.iter().map(|series| &series.points);
    let end = points().map(|points| end(points)).fold(0.1, f64::max);
    let levels = level_range(points().flatten().chain([&(0.0, 0.0)]));
    let mut chart = builder(area, report.gains_caption).build_cartesian_2d(0.0..end, levels)?;
    mesh(&mut chart, "time in s", "gain in dB", &|x| {
        format!("{x:.0}")
    })?;
    line(
        &mut chart,
        "",
        &[(0.0, 0.0), (end, 0.0)],
        ZERO.stroke_width(1),
    )?;
    if let Some(first) = report.gains.first() {
        let fill = TONE.mix(0.2);
        chart.draw_series(AreaSeries::new(first.points.iter().copied(), 0.0, fill))?;
    }
    for (series, color) in report.gains.iter().zip([TONE, AFTER]) {
        line(
            &mut chart,
            &series.label,
            &series.points,
            color.stroke_width(1),
        )?;
    }
    legend(&mut chart, SeriesLabelPosition::LowerRight)
}

/// The bands with programme as points.
pub fn spectrum_points(spectrum: &Spectrum) -> Vec<Point> {
    (0..BANDS)
        .filter(|&band| spectrum.has_programme[band])
        .map(|band| {
            (
                f64::from(center_hz(band)),
                f64::from(spectrum.level_db[band]),
            )
        })
        .collect()
}

/// An axis that holds all curves, with a margin.
fn level_range<'a>(points: impl Iterator<Item = &'a Point>) -> std::ops::Range<f64> {
    let ends = (f64::INFINITY, f64::NEG_INFINITY);
    let (low, high) = points.fold(ends, |(low, high), p| (low.min(p.1), high.max(p.1)));
    if low > high {
        return -MIN_SPAN_DB..0.0;
    }
    let missing = (MIN_SPAN_DB - (high - low)).max(0.0);
    let margin = 0.5 * missing + 0.06 * (high - low);
    low - margin..high + margin
}

/// End of the time axis.
fn end(points: &[Point]) -> f64 {
    points.last().map_or(1.0, |point| point.0.max(0.1))
}

/// A loudness for the caption.
pub fn lufs(value: f64) -> String {
    if value > SILENCE_DB.into() {
        format!("{value:.1} LUFS")
    } else {
        "silence".to_owned()
    }
}

/// A frequency on the axis.
fn hertz(hz: &f64) -> String {
    if *hz >= 1000.0 {
        format!("{} k", (hz / 100.0).round() / 10.0)
    } else {
        format!("{hz:.0}")
    }
}

/// A chart with a caption and room for its axes.
fn builder<'a, 'b>(area: &'a Area<'b>, caption: &str) -> ChartBuilder<'a, 'b, BitMapBackend<'b>> {
    let mut builder = ChartBuilder::on(area);
    builder
        .caption(caption, (FONT, 24))
        .margin(12)
        .margin_right(30)
        .x_label_area_size(48)
        .y_label_area_size(70);
    builder
}

/// Grid and axes.
fn mesh<X, Y>(
    chart: &mut Chart<X, Y>,
    x_name: &str,
    y_name: &str,
    x_text: &dyn Fn(&f64) -> String,
) -> Result<(), DrawError>
where
    X: Ranged<ValueType = f64> + ValueFormatter<f64>,
    Y: Ranged<ValueType = f64> + ValueFormatter<f64>,
{
    chart
        .configure_mesh()
        .x_desc(x_name)
        .y_desc(y_name)
        .x_labels(16)
        .y_labels(9)
        .x_label_formatter(x_text)
        .y_label_formatter(&|y| format!("{y:.0}"))
        .label_style((FONT, 18))
        .axis_desc_style((FONT, 20))
        .bold_line_style(BLACK.mix(0.15))
        .light_line_style(BLACK.mix(0.04))
        .draw()?;
    Ok(())
}

/// A line with its place in the legend; without a label
/// it has none, and without points it is left out.
fn line<X, Y>(
    chart: &mut Chart<X, Y>,
    label: &str,
    points: &[Point],
    style: ShapeStyle,
) -> Result<(), DrawError>
where
    X: Ranged<ValueType = f64>,
    Y: Ranged<ValueType = f64>,
{
    if points.is_empty() {
        return Ok(());
    }
    let series = chart.draw_series(LineSeries::new(points.iter().copied(), style))?;
    if !label.is_empty() {
        series
            .label(label)
            .legend(move |(x, y)| PathElement::new([(x, y), (x + 28, y)], style));
    }
    Ok(())
}

/// The legend.
fn legend<X, Y>(chart: &mut Chart<X, Y>, position: SeriesLabelPosition) -> Result<(), DrawError>
where
    X: Ranged<ValueType = f64>,
    Y: Ranged<ValueType = f64>,
{
    chart
        .configure_series_labels()
        .position(position)
        .margin(12)
        .legend_area_size(34)
        .background_style(WHITE.mix(0.85))
        .border_style(BLACK.mix(0.3))
        .label_font((FONT, 18))
        .draw()?;
    Ok(())
}
