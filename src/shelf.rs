//! The shelf of references: places for several, of which one is used or some are mixed.

use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use serde::{Deserialize, Serialize};

use auralis_engine::ear::Reference;
use auralis_engine::ear::reference::mix;
use auralis_engine::reference::ReferenceSlot;

/// Places on the shelf.
pub const PLACES: usize = 4;

/// A reference in its place.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Kept {
    /// The reference.
    pub reference: Reference,
    /// Its share in the mix, over that of the others; 0 is not used.
    pub weight: f32,
}

impl Kept {
    /// Whether it can be used: a state is anybody's file.
    fn is_plausible(&self) -> bool {
        self.reference.is_plausible() && (0.0..=1.0).contains(&self.weight)
    }
}

/// What lies on the shelf.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Shelved([Option<Kept>; PLACES]);

impl Shelved {
    /// What lies in a place.
    pub fn at(&self, place: usize) -> Option<&Kept> {
        self.0.get(place)?.as_ref()
    }

    /// The reference that is used: one, or the mix of several.
    pub fn used(&self) -> Option<Reference> {
        let kept = self.0.iter().flatten();
        let parts: Vec<_> = kept.map(|k| (k.reference.clone(), k.weight)).collect();
        mix(&parts)
    }

    /// How many are used.
    pub fn parts(&self) -> usize {
        let kept = self.0.iter().flatten();
        kept.filter(|kept| kept.weight > 0.0).count()
    }

    /// Uses what lies in a place, and nothing else.
    pub fn use_only(&mut self, place: usize) {
        for (index, kept) in self.0.iter_mut().enumerate() {
            if let Some(kept) = kept {
                kept.weight = f32::from(u8::from(index == place));
            }
        }
    }

    /// Takes what lies in a place into the mix with a share of 0 to 1, out of it at 0.
    pub fn weigh(&mut self, place: usize, weight: f32) {
        if let Some(Some(kept)) = self.0.get_mut(place) {
            kept.weight = weight.clamp(0.0, 1.0);
        }
    }

    /// Empties a place.
    pub fn clear(&mut self, place: usize) {
        if let Some(kept) = self.0.get_mut(place) {
            *kept = None;
        }
    }

    /// Puts a reference that has come into its place, and uses nothing else: where it or one of its
    /// name lies, or the first empty place, or else in place of the one that is used.
    fn add(&mut self, reference: Reference) {
        // Files of two folders may have one name.
        let named = |kept: &Option<Kept>| {
            kept.as_ref().is_some_and(|kept| {
                let (old, new) = (&kept.reference, &reference);
                old.name() == new.name() && old.file() == new.file()
            })
        };
        let used = |kept: &Option<Kept>| kept.as_ref().is_some_and(|kept| kept.weight > 0.0);
        let places = || self.0.iter();
        let place = places()
            .position(named)
            .or_else(|| places().position(Option::is_none))
            .or_else(|| places().position(used))
            .unwrap_or(0);
        self.0[place] = Some(Kept {
            reference,
            weight: 1.0,
        });
        self.use_only(place);
    }
}

/// The shelf of an instance; clones share it. Not for the audio thread.
#[derive(Debug, Clone, Default)]
pub struct ReferenceShelf(Arc<Inner>);

#[derive(Debug, Default)]
struct Inner {
    shelved: Mutex<Shelved>,
    /// How often a state was loaded.
    loads: AtomicU32,
}

impl ReferenceShelf {
    /// What lies there.
    pub fn get(&self) -> Shelved {
        self.lock().clone()
    }

    /// Takes over what a state holds.
    pub fn load(&self, shelved: Shelved) {
        self.set(shelved);
        self.0.loads.fetch_add(1, Ordering::AcqRel);
    }

    /// How often a state was loaded.
    pub fn loads(&self) -> u32 {
        self.0.loads.load(Ordering::Acquire)
    }

    /// Puts everything in its place, without what cannot be used.
    fn set(&self, mut shelved: Shelved) {
        for kept in &mut shelved.0 {
            if kept.as_ref().is_some_and(|kept| !kept.is_plausible()) {
                *kept = None;
            }
        }
        *self.lock() = shelved;
    }

    /// Puts everything in its place, and what is used into `slot`.
    pub fn put(&self, shelved: Shelved, slot: &ReferenceSlot) {
        self.set(shelved);
        let used = self.lock().used();
        if used != slot.current() {
            slot.replace(used);
        }
    }

    /// Takes up what has come into `slot` by itself: a file that was read, what was learned, nothing.
    pub fn take_up(&self, slot: &ReferenceSlot) {
        let mut shelved = self.lock();
        let current = slot.current();
        let used = shelved.used();
        if current == used {
            return;
        }
        if let (Some(theirs), Some(ours)) = (&current, &used)
            && shelved.parts() > 1
            && theirs.file().is_none()
            && theirs.name() == ours.name()
        {
            // A state of another machine, whose mix differs by rounding: it is no new reference.
            slot.replace(used);
            return;
        }
        match current {
            Some(reference) => shelved.add(reference),
            None => shelved.use_only(PLACES),
        }
    }

    fn lock(&self) -> MutexGuard<'_, Shelved> {
        let shelved = self.0.shelved.lock();
        shelved.unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use auralis_dsp::signals::noise;
    use auralis_engine::ear::reference::ReferenceCapture;

    /// Four seconds of noise at a level.
    fn reference(name: &str, gain: f32) -> Reference {
        let mut capture = ReferenceCapture::new(48_000.0, 1, 2400);
        let noise: Vec<f32> = noise(1, 2400 * 80).iter().map(|x| gain * x).collect();
        noise.chunks(2400).for_each(|hop| capture.push(&[hop]));
        capture.finish(name).expect("it is long enough")
    }

    fn name(slot: &ReferenceSlot) -> String {
        slot.current()
            .map_or(String::new(), |r| r.name().to_owned())
    }

    #[test]
    fn what_comes_is_used_alone_and_what_was_there_stays_on_the_shelf() {
        let (shelf, slot) = (ReferenceShelf::default(), ReferenceSlot::default());
        for (n, title) in ["one", "two", "three", "four"].iter().enumerate() {
            slot.replace(Some(reference(title, 0.1)));
            shelf.take_up(&slot);
            let kept = shelf.get();
            assert_eq!(kept.at(n).map(|k| k.reference.name()), Some(*title));
            assert_eq!(kept.parts(), 1, "after {title}");
        }
        // The shelf is full: the one in use, the fourth, makes room.
        slot.replace(Some(reference("five", 0.1)));
        shelf.take_up(&slot);
        let names: Vec<_> = (0..PLACES)
            .filter_map(|place| Some(shelf.get().at(place)?.reference.name().to_owned()))
            .collect();
        assert_eq!(names, ["one", "two", "three", "five"]);
        // One of a name that is there takes its place.
        slot.replace(Some(reference("two", 0.2)));
        shelf.take_up(&slot);
        assert_eq!(shelf.get().used(), slot.current());
        assert_eq!(shelf.get().at(1).map(|k| k.weight), Some(1.0));
    }

    #[test]
    fn several_are_mixed_and_one_that_is_cleared_is_used_no_more() {
        let (shelf, slot) = (ReferenceShelf::default(), ReferenceSlot::default());
        for title in ["soft", "loud"] {
            slot.replace(Some(reference(
                title,
                if title == "soft" { 0.01 } else { 0.1 },
            )));
            shelf.take_up(&slot);
        }
        let (soft, loud) = (shelf.get().at(0).cloned(), shelf.get().at(1).cloned());
        let lufs = |kept: Option<Kept>| kept.map_or(0.0, |k| k.reference.loudness_lufs());
        let mut shelved = shelf.get();
        shelved.weigh(0, 0.25);
        shelved.weigh(1, 0.75);
        shelf.put(shelved, &slot);
        assert_eq!(name(&slot), "soft + loud");
        let expected = 0.25 * lufs(soft) + 0.75 * lufs(loud);
        let got = slot.current().map_or(0.0, |r| r.loudness_lufs());
        // Rounding of f32.
        assert!((got - expected).abs() < 1e-3, "{got}, expected {expected}");
        let mut shelved = shelf.get();
        shelved.clear(0);
        shelf.put(shelved, &slot);
        assert_eq!(name(&slot), "loud");
        slot.replace(None);
        shelf.take_up(&slot);
        assert_eq!(shelf.get().parts(), 0, "nothing is used, and all stay");
        assert!(shelf.get().at(1).is_some());
    }

    #[test]
    fn a_mix_that_another_machine_has_rounded_otherwise_is_the_same_mix() {
        let (shelf, slot) = (ReferenceShelf::default(), ReferenceSlot::default());
        let mut shelved = Shelved::default();
        shelved.add(reference("soft", 0.01));
        shelved.add(reference("loud", 0.1));
        shelved.weigh(0, 0.5);
        let exact = shelved.used();
        shelved.weigh(0, 0.500_001);
        let theirs = shelved.used();
        assert_ne!(theirs, exact);
        shelved.weigh(0, 0.5);
        slot.replace(theirs);
        shelf.load(shelved.clone());
        shelf.take_up(&slot);
        assert_eq!((shelf.get(), slot.current()), (shelved, exact));
    }

    #[test]
    fn files_of_one_name_in_two_folders_lie_in_two_places() {
        let mut shelved = Shelved::default();
        for folder in ["one", "two", "one"] {
            let path = std::path::Path::new(folder).join("master.wav");
            shelved.add(reference("master.wav", 0.1).in_file(&path));
        }
        let places = (0..PLACES).filter(|place| shelved.at(*place).is_some());
        assert_eq!(places.collect::<Vec<_>>(), [0, 1]);
        assert_eq!(shelved.at(0).map(|kept| kept.weight), Some(1.0));
    }

    #[test]
    fn what_a_state_holds_comes_back_but_for_what_cannot_be() {
        let mut shelved = Shelved::default();
        shelved.add(reference("one", 0.1));
        shelved.add(reference("two", 0.1));
        let text = serde_json::to_string(&shelved).unwrap();
        assert_eq!(serde_json::from_str::<Shelved>(&text).unwrap(), shelved);
        shelved.0[0].as_mut().unwrap().weight = f32::NAN;
        let shelf = ReferenceShelf::default();
        shelf.load(shelved.clone());
        assert_eq!(
            (shelf.get().at(0), shelf.get().at(1)),
            (None, shelved.at(1))
        );
    }
}
