//! The size of the panel, kept with the project.

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

/// The size of an instance's panel, also while that is closed; clones share it. `None` is as it comes.
#[derive(Debug, Clone, Default)]
pub struct PanelSlot(Arc<Mutex<Option<PanelSize>>>);

impl PanelSlot {
    /// The size, if the user or the host has chosen one.
    pub fn get(&self) -> Option<PanelSize> {
        *self.lock()
    }

    /// Keeps a size; one that no window can have changes nothing.
    pub fn set(&self, size: PanelSize) {
        if size.is_plausible() {
            *self.lock() = Some(size);
        }
    }

    fn lock(&self) -> MutexGuard<'_, Option<PanelSize>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

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
