//! Plays a reference from its file, to compare with: its loudest minute, over and over, on a thread of its own.

mod excerpt;

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::time::Duration;

use anyhow::Result;

use auralis_dsp::basics::decibel::gain_to_db;
use auralis_engine::reference::{PlaybackSlot, ReferenceSlot};
use excerpt::{Excerpt, Loop};

/// Time between two looks at the ring, which holds more than ten times as much.
const LOOK: Duration = Duration::from_millis(20);

/// Most by which something is made louder, in dB: what is softer was no master.
const MOST_DB: f32 = 24.0;

#[derive(Debug, Default)]
struct Inner {
    /// Number of the last request: what was started for an older one ends.
    request: AtomicU32,
    level: Mutex<Level>,
    /// The file that plays.
    path: Mutex<PathBuf>,
}

/// How loud something is to be.
#[derive(Debug, Clone, Copy, Default)]
struct Level {
    /// The gain that is asked for, in dB.
    wanted_db: f32,
    /// Highest sample peak of what plays, at the host's rate, in dBFS; none before it is known.
    peak_db: Option<f32>,
}

impl Level {
    /// The gain in dB: the one that is asked for, as far as full scale allows.
    fn gain_db(self) -> f32 {
        let most_db = self.peak_db.map_or(0.0, |peak_db| -peak_db);
        self.wanted_db.min(most_db).min(MOST_DB)
    }
}

impl Inner {
    /// Changes how loud it is.
    fn set_level(&self, playback: &PlaybackSlot, change: impl FnOnce(&mut Level)) {
        let mut level = locked(&self.level);
        change(&mut level);
        playback.set_gain_db(level.gain_db());
    }
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Who plays the references of an instance. Dropped, it ends.
#[derive(Debug)]
pub struct ReferencePlayer {
    playback: PlaybackSlot,
    inner: Arc<Inner>,
}

impl ReferencePlayer {
    /// Plays into `playback`.
    pub fn new(playback: PlaybackSlot) -> Self {
        Self {
            playback,
            inner: Arc::default(),
        }
    }

    /// Whether something plays, or will when its file has been read.
    pub fn is_on(&self) -> bool {
        self.playback.is_on()
    }

    /// Whether this file plays, or will.
    pub fn plays(&self, path: &Path) -> bool {
        self.is_on() && *locked(&self.inner.path) == path
    }

    /// Plays a file instead of what played before. `slot` is told when it cannot.
    pub fn start(&self, path: PathBuf, slot: ReferenceSlot) {
        let request = self.inner.request.fetch_add(1, Ordering::AcqRel) + 1;
        self.inner
            .set_level(&self.playback, |level| level.peak_db = None);
        locked(&self.inner.path).clone_from(&path);
        self.playback.set_on(true);
        let job = Job {
            inner: Arc::downgrade(&self.inner),
            playback: self.playback.clone(),
            request,
        };
        let thread = std::thread::Builder::new().name("auralis-reference".to_owned());
        let failed = slot.clone();
        let started = thread.spawn(move || {
            job.run(&path, &slot);
        });
        if started.is_err() {
            self.stop();
            failed.fail("The system gives no thread to play a file.");
        }
    }

    /// Ends what plays.
    pub fn stop(&self) {
        self.inner.request.fetch_add(1, Ordering::AcqRel);
        self.playback.set_on(false);
    }

    /// Makes what plays, which has `lufs`, as loud as `wanted_lufs`, as far as full scale allows and within
    /// 24 dB.
    pub fn match_loudness(&self, lufs: f32, wanted_lufs: f32) {
        self.inner.set_level(&self.playback, |level| {
            level.wanted_db = wanted_lufs - lufs;
        });
    }

    /// The gain at which it plays, in dB.
    pub fn gain_db(&self) -> f32 {
        self.playback.gain_db()
    }
}

impl Drop for ReferencePlayer {
    fn drop(&mut self) {
        self.stop();
    }
}

/// What a thread plays for a request.
struct Job {
    inner: Weak<Inner>,
    playback: PlaybackSlot,
    request: u32,
}

impl Job {
    /// Whether anybody still listens.
    fn is_wanted(&self) -> bool {
        let inner = self.inner.upgrade();
        let is_last =
            inner.is_some_and(|inner| inner.request.load(Ordering::Acquire) == self.request);
        is_last && self.playback.is_on()
    }

    /// Its highest sample is known.
    fn set_peak(&self, peak: f32) {
        if let Some(inner) = self.inner.upgrade().filter(|_| self.is_wanted()) {
            let peak_db = gain_to_db(peak);
            inner.set_level(&self.playback, |level| level.peak_db = Some(peak_db));
        }
    }

    /// Plays, and tells `slot` when it cannot, unless a later request plays something else by then.
    fn run(&self, path: &Path, slot: &ReferenceSlot) {
        if let Err(error) = self.play(path)
            && self.is_wanted()
        {
            self.playback.set_on(false);
            slot.fail(&format!("{error:#}."));
        }
    }

    /// Plays until nobody listens.
    fn play(&self, path: &Path) -> Result<()> {
        let excerpt = Excerpt::read(path, &|| self.is_wanted())?;
        let mut loops = None;
        while self.is_wanted() {
            // Before the first activation there is no ring.
            let rate = self.playback.feed(|port| port.sample_rate);
            if let Some(rate) = rate {
                let fits = loops.as_ref().is_some_and(|(at, _)| *at == rate);
                if !fits {
                    let new = Loop::new(&excerpt, rate)?;
                    self.set_peak(new.peak());
                    loops = Some((rate, new));
                }
                if let Some((rate, loops)) = &mut loops {
                    self.playback.feed(|port| {
                        // Another rate since then is for the next look.
                        if port.sample_rate == *rate {
                            loops.fill(port);
                        }
                    });
                }
            }
            std::thread::sleep(LOOK);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::time::Instant;

    use super::excerpt::tests::song;
    use super::*;
    use auralis_engine::{Knowledge, Processor, Stream, params::Values};

    #[test]
    fn it_is_heard_in_the_processor_as_loud_as_asked_and_the_result_comes_back() {
        let folder = tempfile::tempdir().unwrap();
        let path = song(folder.path(), &[0.25; 2]);
        let knowledge = Knowledge::default();
        let stream = Stream {
            sample_rate: 48_000.0,
            channels: 2,
            offline: false,
        };
        let settings = Values::default().settings();
        let publish = Arc::new(|_: auralis_engine::session::Draw<'_>| false);
        let mut processor = Processor::new(stream, &settings, knowledge.clone(), publish);
        let player = ReferencePlayer::new(knowledge.playback.clone());
        player.start(path, ReferenceSlot::default());
        let begun = Instant::now();
        let mut peak = 0.0;
        // A second of it, once its file has been read.
        let mut left = 48_000 / 480;
        while left > 0 {
            player.match_loudness(-12.0, -18.0);
            let mut audio = [vec![0.0_f32; 480], vec![0.0; 480]];
            let mut slices = audio.each_mut().map(|c| &mut c[..]);
            processor.process(&mut slices, None, &settings, |_| {});
            let block = audio.iter().flatten().fold(0.0, |p: f32, x| p.max(x.abs()));
            peak = f32::max(peak, block);
            if block > 0.0 {
                left -= 1;
            }
            assert!(
                begun.elapsed() < Duration::from_secs(60),
                "nothing is heard"
            );
            std::thread::sleep(Duration::from_millis(5));
        }
        // A quarter, 6 dB lower; the resampler keeps 441 Hz within 0.1 %.
        assert!((peak - 0.1253).abs() < 3e-4, "peak {peak}");
        player.stop();
        let mut audio = [vec![0.0_f32; 9600], vec![0.0; 9600]];
        let mut slices = audio.each_mut().map(|c| &mut c[..]);
        processor.process(&mut slices, None, &settings, |_| {});
        assert!(
            audio[0][4800..].iter().all(|x| *x == 0.0),
            "it is still heard"
        );
    }

    #[test]
    fn what_cannot_be_played_is_told_and_full_scale_is_the_limit() {
        let slot = ReferenceSlot::default();
        let player = ReferencePlayer::new(PlaybackSlot::default());
        player.start(PathBuf::from("/no/such/song.wav"), slot.clone());
        let begun = Instant::now();
        while slot.failure().is_empty() {
            assert!(begun.elapsed() < Duration::from_secs(60), "nothing is told");
            std::thread::sleep(Duration::from_millis(5));
        }
        assert!(
            slot.failure().contains("/no/such/song.wav"),
            "{}",
            slot.failure()
        );
        assert!(!player.is_on());
        let peak = |db| {
            player
                .inner
                .set_level(&player.playback, |level| level.peak_db = db);
        };
        player.match_loudness(-20.0, -14.0);
        assert_eq!(player.gain_db(), 0.0, "nobody knows how far it may go");
        for (peak_db, expected) in [(-3.0, 3.0), (-10.0, 6.0), (2.0, -2.0)] {
            peak(Some(peak_db));
            assert_eq!(player.gain_db(), expected, "peak {peak_db} dBFS");
        }
        peak(Some(-60.0));
        player.match_loudness(-70.0, -14.0);
        assert_eq!(player.gain_db(), MOST_DB, "a whisper stays one");
    }

    #[test]
    fn a_file_that_nobody_waits_for_any_more_ends_nothing_else() {
        let folder = tempfile::tempdir().unwrap();
        let path = song(folder.path(), &[0.25; 2]);
        let slot = ReferenceSlot::default();
        let player = ReferencePlayer::new(PlaybackSlot::default());
        player.start(path.clone(), slot.clone());
        let late = Job {
            inner: Arc::downgrade(&player.inner),
            playback: player.playback.clone(),
            request: 0,
        };
        let gone = Path::new("/no/such song.wav");
        late.run(gone, &slot);
        assert!(player.plays(&path) && !player.plays(gone));
        assert_eq!(slot.failure(), "");
        // A bounce ends it from the other side.
        player.playback.set_on(false);
        assert!(!player.is_on() && !player.plays(&path));
    }
}
