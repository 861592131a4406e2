//! The size of the panel and how much it shows, kept with the project.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use serde::{Deserialize, Serialize};

/// Sides that are believed, in points.
const SIDES: std::ops::RangeInclusive<f32> = 200.0..=8000.0;
/// Zooms that are believed.
const ZOOMS: std::ops::RangeInclusive<f32> = 0.5..=4.0;

/// A size of the panel.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct PanelSize {
    /// Width in the panel's own points.
    pub width: f32,
    /// Height in the panel's own points.
    pub height: f32,
    /// Size of such a point over one of the system's.
    pub zoom: f32,
}

impl PanelSize {
    /// Whether a window can have it.
    fn is_plausible(&self) -> bool {
        SIDES.contains(&self.width) && SIDES.contains(&self.height) && ZOOMS.contains(&self.zoom)
    }
}

/// How much the panel shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub enum Depth {
    /// The result, and a few large controls.
    Easy,
    /// Everything.
    #[default]
    Desk,
}

/// What is kept of a panel.
#[derive(Debug, Default)]
struct Kept {
    /// `None` is as it comes.
    size: Option<PanelSize>,
    depth: Depth,
}

/// Size and depth of an instance's panel, also while that is closed; clones share it.
#[derive(Debug, Clone, Default)]
pub struct PanelSlot(Arc<Mutex<Kept>>);

impl PanelSlot {
    /// The size, if the user or the host has chosen one.
    pub fn get(&self) -> Option<PanelSize> {
        self.lock().size
    }

    /// Keeps a size; one that no window can have changes nothing.
    pub fn set(&self, size: PanelSize) {
        if size.is_plausible() {
            self.lock().size = Some(size);
        }
    }

    /// How much is shown.
    pub fn depth(&self) -> Depth {
        self.lock().depth
    }

    /// More is to be shown, or less.
    pub fn set_depth(&self, depth: Depth) {
        self.lock().depth = depth;
    }

    fn lock(&self) -> MutexGuard<'_, Kept> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::params::Persisted;

    #[test]
    fn how_much_is_shown_is_kept_and_an_older_state_shows_all() {
        let (kept, again) = (Persisted::default(), Persisted::default());
        kept.panel.set_depth(Depth::Easy);
        let mut fields = kept.serialize_fields();
        again.deserialize_fields(&fields);
        assert_eq!(again.panel.depth(), Depth::Easy);
        for depth in [None, Some("\"Later\""), Some("7")] {
            fields.remove("depth");
            fields.extend(depth.map(|json| ("depth".to_owned(), json.to_owned())));
            kept.panel.set_depth(Depth::Easy);
            kept.deserialize_fields(&fields);
            assert_eq!(kept.panel.depth(), Depth::Desk, "{depth:?}");
        }
        again.deserialize_fields(&Default::default());
        assert_eq!(
            again.panel.depth(),
            Depth::Easy,
            "a refused state changes nothing"
        );
    }

    #[test]
    fn a_size_that_no_window_can_have_is_not_kept() {
        let slot = PanelSlot::default();
        let good = PanelSize {
            width: 1200.0,
            height: 800.0,
            zoom: 1.5,
        };
        slot.set(good);
        for (width, height, zoom) in [
            (f32::NAN, 800.0, 1.0),
            (1200.0, f32::INFINITY, 1.0),
            (1200.0, 800.0, 0.0),
            (1.0, 1.0, 1.0),
            (1e30, 800.0, 1.0),
        ] {
            slot.set(PanelSize {
                width,
                height,
                zoom,
            });
            assert_eq!(slot.get(), Some(good), "{width} x {height} at {zoom}");
        }
    }
}
