//! What a mastering engineer reads of the output: measured only while somebody looks.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use crate::ear::meters::loudness::SegmentMeter;
use crate::ear::spectrum::fine::FineSpectrum;
use auralis_dsp::basics::decibel::{SILENCE_DB, gain_to_db};
use auralis_dsp::limiter::true_peak_meter::TruePeakMeter;

/// Window of the peak in the PSR, in seconds.
const RECENT_S: f64 = 3.0;
/// Time constant of the correlation, in seconds.
const CORRELATION_S: f64 = 0.6;

/// Who looks: 0 for nobody, else a number that is raised to measure anew. Clones share it.
#[derive(Debug, Clone, Default)]
pub struct DeskRequest(Arc<AtomicU32>);

impl DeskRequest {
    /// Somebody looks from now on, or nobody any more.
    pub fn set_watched(&self, watched: bool) {
        self.0.store(u32::from(watched), Ordering::Release);
    }

    /// Everything is to be measured anew.
    pub fn measure_anew(&self) {
        self.0.fetch_add(1, Ordering::AcqRel);
    }

    fn get(&self) -> u32 {
        self.0.load(Ordering::Acquire)
    }
}

/// What is read of the output since the desk was last set to zero.
#[derive(Debug, Clone, PartialEq)]
pub struct DeskReading {
    /// Time that was measured, in seconds.
    pub seconds: f64,
    /// Momentary, short-term and integrated loudness, in LUFS.
    pub lufs: [f32; 3],
    /// Loudness range (EBU Tech 3342), in LU.
    pub range_lu: f32,
    /// Largest true peak (ITU-R BS.1770-5 Annex 2), in dBTP.
    pub true_peak_dbtp: f32,
    /// Largest sample, in dBFS.
    pub sample_peak_dbfs: f32,
    /// True peak over integrated loudness, in dB; none before there is a loudness.
    pub plr_db: Option<f32>,
    /// True peak of the last 3 s over their loudness, in dB; none before there are 3 s.
    pub psr_db: Option<f32>,
    /// Correlation of left and right, -1 to 1; none in mono and in silence.
    pub correlation: Option<f32>,
    /// Spectra of input and output ([`fine_hz`](crate::ear::spectrum::fine::fine_hz)), in dB.
    pub spectra_db: [Vec<f32>; 2],
}

/// Measures while somebody looks.
#[derive(Debug)]
pub struct Desk {
    sample_rate: f64,
    hop_samples: usize,
    request: DeskRequest,
    /// The request that is answered; 0 for none.
    answered: u32,
    /// Made for the first who looks.
    meters: Option<Meters>,
}

#[derive(Debug)]
struct Meters {
    spectra: [FineSpectrum; 2],
    loudness: SegmentMeter,
    /// One a channel.
    true_peaks: Vec<TruePeakMeter>,
    true_peak: f32,
    sample_peak: f32,
    /// True peak of each hop of the last 3 s, as a ring.
    recent: Vec<f32>,
    next: usize,
    /// Averages of left times left, right times right, left times right.
    products: [f64; 3],
    keep: f64,
    hops: u64,
}

impl Desk {
    /// A desk for hops of `hop_samples` at `sample_rate` Hz.
    pub fn new(request: DeskRequest, sample_rate: f64, hop_samples: usize) -> Self {
        Self {
            sample_rate,
            hop_samples,
            request,
            answered: 0,
            meters: None,
        }
    }

    /// Hears a hop of input and output, one or two channels each, whose output has these energies of segments of
    /// 10 ms.
    pub fn hear(&mut self, input: &[&[f32]], output: &[&[f32]], segments: &[f64]) {
        let asked = self.request.get();
        if asked != self.answered {
            self.answered = asked;
            self.meters = None;
        }
        if asked == 0 {
            return;
        }
        let (rate, hop) = (self.sample_rate, self.hop_samples);
        let meters = self
            .meters
            .get_or_insert_with(|| Meters::new(rate, hop, output.len()));
        meters.hear(input, output, segments);
    }

    /// What is read now; none while nobody looks.
    #[allow(clippy::cast_precision_loss)] // hops of a life
    pub fn reading(&self) -> Option<DeskReading> {
        let hop_s = self.hop_samples as f64 / self.sample_rate;
        self.meters.as_ref().map(|meters| meters.reading(hop_s))
    }
}

impl Meters {
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // some hundred hops
    #[allow(clippy::cast_precision_loss)]
    fn new(sample_rate: f64, hop_samples: usize, channels: usize) -> Self {
        let hop_s = hop_samples as f64 / sample_rate;
        Self {
            spectra: [0, 1].map(|_| FineSpectrum::new(sample_rate, hop_samples)),
            loudness: SegmentMeter::new(),
            true_peaks: vec![TruePeakMeter::new(); channels],
            true_peak: 0.0,
            sample_peak: 0.0,
            recent: vec![0.0; (RECENT_S / hop_s).ceil().max(1.0) as usize],
            next: 0,
            products: [0.0; 3],
            keep: (-hop_s / CORRELATION_S).exp(),
            hops: 0,
        }
    }

    fn hear(&mut self, input: &[&[f32]], output: &[&[f32]], segments: &[f64]) {
        for (spectrum, signal) in self.spectra.iter_mut().zip([input, output]) {
            if let [first, .., last] | [first @ last] = signal {
                spectrum.push(first, last);
            }
        }
        segments
            .iter()
            .for_each(|energy| self.loudness.push(*energy));
        let mut now = 0.0_f32;
        for (meter, channel) in self.true_peaks.iter_mut().zip(output) {
            meter.push(channel);
            now = now.max(meter.take());
            let peak = channel.iter().fold(0.0_f32, |peak, x| peak.max(x.abs()));
            self.sample_peak = self.sample_peak.max(peak);
        }
        self.true_peak = self.true_peak.max(now);
        self.recent[self.next] = now;
        self.next = (self.next + 1) % self.recent.len();
        if let [left, right] = output {
            self.correlate(left, right);
        }
        self.hops += 1;
    }

    fn correlate(&mut self, left: &[f32], right: &[f32]) {
        let mut sums = [0.0; 3];
        for (l, r) in left.iter().zip(right) {
            let (l, r) = (f64::from(*l), f64::from(*r));
            sums[0] += l * l;
            sums[1] += r * r;
            sums[2] += l * r;
        }
        for (product, sum) in self.products.iter_mut().zip(sums) {
            *product = self.keep * *product + (1.0 - self.keep) * sum;
        }
    }

    #[allow(clippy::cast_possible_truncation, clippy::cast_precision_loss)] // for display
    fn reading(&self, hop_s: f64) -> DeskReading {
        let lufs = self.loudness.all_lufs();
        let true_peak_dbtp = gain_to_db(self.true_peak.max(self.sample_peak));
        let recent_dbtp = gain_to_db(self.recent.iter().fold(0.0, |max: f32, x| max.max(*x)));
        let [left, right, both] = self.products;
        let loudest = (left * right).sqrt();
        let short_term = self.loudness.full_short_term_lufs();
        DeskReading {
            seconds: self.hops as f64 * hop_s,
            lufs,
            range_lu: self.loudness.range_lu(),
            true_peak_dbtp,
            sample_peak_dbfs: gain_to_db(self.sample_peak),
            plr_db: (lufs[2] > SILENCE_DB).then_some(true_peak_dbtp - lufs[2]),
            psr_db: short_term.map(|lufs| recent_dbtp - lufs),
            correlation: (loudest > 1e-12).then(|| (both / loudest) as f32),
            spectra_db: self.spectra.each_ref().map(FineSpectrum::levels_db),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const RATE: f64 = 48_000.0;
    const HOP: usize = 2048;

    /// Plays a tone of fs/4 whose samples miss its peaks by 3 dB, in both channels, the right one turned by `sign`.
    fn play(desk: &mut Desk, hops: usize, sign: f32) {
        let samples = [0.5, 0.5, -0.5, -0.5];
        let left: Vec<f32> = (0..HOP).map(|i| samples[i % 4]).collect();
        let right: Vec<f32> = left.iter().map(|x| sign * x).collect();
        for _ in 0..hops {
            // As loud as -20 LUFS.
            let segments = [10.0_f64.powf((-20.0 + 0.691) / 10.0); 4];
            desk.hear(&[&left, &right], &[&left, &right], &segments);
        }
    }

    #[test]
    fn nobody_looks_and_nothing_is_measured() {
        let mut desk = Desk::new(DeskRequest::default(), RATE, HOP);
        play(&mut desk, 3, 1.0);
        assert_eq!(desk.reading(), None);
    }

    #[test]
    fn what_is_read_is_what_was_played_and_begins_anew_when_asked() {
        let request = DeskRequest::default();
        let mut desk = Desk::new(request.clone(), RATE, HOP);
        request.set_watched(true);
        play(&mut desk, 100, -1.0);
        let reading = desk.reading().expect("somebody looks");
        // 0.5 times the root of 2 between samples; where the tone begins it rings by another 0.1 dB.
        assert!(
            (reading.true_peak_dbtp + 3.01).abs() < 0.15,
            "{}",
            reading.true_peak_dbtp
        );
        assert!((reading.sample_peak_dbfs + 6.02).abs() < 0.01);
        assert!((reading.lufs[2] + 20.0).abs() < 0.01, "{:?}", reading.lufs);
        let plr_db = reading.plr_db.expect("a loudness");
        assert!((plr_db - 17.0).abs() < 0.15, "{plr_db}");
        let psr_db = reading.psr_db.expect("400 segments are more than 3 s");
        assert!((psr_db - plr_db).abs() < 0.15, "{psr_db} beside {plr_db}");
        let correlation = reading.correlation.expect("two channels");
        assert!((correlation + 1.0).abs() < 1e-3, "{correlation}");
        assert!((reading.seconds - 100.0 * HOP as f64 / RATE).abs() < 1e-9);
        request.measure_anew();
        play(&mut desk, 1, 1.0);
        let reading = desk.reading().expect("somebody looks");
        assert!(
            reading.seconds < 0.1 && reading.psr_db.is_none(),
            "{reading:?}"
        );
        request.set_watched(false);
        play(&mut desk, 1, 1.0);
        assert_eq!(desk.reading(), None);
    }
}
