//! The size of the window: what the host is told before, while and after it is open.

use std::sync::{Mutex, MutexGuard, PoisonError};

use egui::Vec2;
use nice_plug::editor::dpi::{LogicalSize, NativeSize, PhysicalSize};
use nice_plug_egui::baseview::WindowSize;

use super::native::Screen;
use crate::params::panel_size::{PanelSize, PanelSlot};

/// Share of the screen that a window may take when it opens.
const MOST_OF_SCREEN: f32 = 0.95;

/// An open window.
#[derive(Debug, Clone, Copy)]
struct Open {
    /// In pixels.
    physical: PhysicalSize<u32>,
    /// Pixels a point of the system.
    scale: f64,
}

#[derive(Debug, Default)]
struct State {
    open: Option<Open>,
    /// The scale that the host has suggested, where the system has none.
    suggested: Option<f64>,
    /// The scale of the last window.
    last_scale: Option<f64>,
    sizes_by_host: u32,
}

/// The size of an instance's window. Not for the audio thread.
#[derive(Debug)]
pub struct Geometry {
    kept: PanelSlot,
    /// Size of a new panel, in points.
    usual: Vec2,
    /// Smallest size that shows everything, in points.
    least: Vec2,
    state: Mutex<State>,
}

impl Geometry {
    /// The geometry of a panel that is `usual` large where nobody has chosen a size, and at least `least`.
    pub fn new(kept: PanelSlot, usual: Vec2, least: Vec2) -> Self {
        Self {
            kept,
            usual,
            least,
            state: Mutex::default(),
        }
    }

    /// The size to open with.
    pub fn to_open(&self) -> PanelSize {
        self.to_open_on(Screen::read())
    }

    /// The size to open with on this screen.
    fn to_open_on(&self, screen: Option<Screen>) -> PanelSize {
        let size = self.kept.get().unwrap_or(PanelSize {
            width: self.usual.x,
            height: self.usual.y,
            zoom: 1.0,
        });
        match screen {
            Some(screen) => fitted(
                size,
                MOST_OF_SCREEN * screen.size / self.scale(Some(screen)) as f32,
                self.least,
            ),
            None => size,
        }
    }

    /// The size that the host is to make room for, in its own pixels.
    pub fn native(&self) -> NativeSize<u32> {
        if let Some(open) = self.state().open {
            let logical = open.physical.to_logical(open.scale);
            return NativeSize::from_logical_or_physical(logical, open.physical);
        }
        let screen = Screen::read();
        let size = self.to_open_on(screen);
        let points = LogicalSize::new(size.width * size.zoom, size.height * size.zoom);
        NativeSize::from_size(points.into(), self.scale(screen))
    }

    /// Pixels a point of the next window.
    fn scale(&self, screen: Option<Screen>) -> f64 {
        let state = self.state();
        let system = screen.and_then(|screen| screen.scale);
        let known = system.or(state.suggested).or(state.last_scale);
        known.unwrap_or(1.0)
    }

    /// The host suggests a scale.
    pub fn suggest(&self, scale: f64) {
        self.state().suggested = Some(scale);
    }

    /// The scale that the host has suggested.
    pub fn suggested(&self) -> Option<f64> {
        self.state().suggested
    }

    /// A window opens.
    pub fn opens(&self, window: WindowSize) {
        let mut state = self.state();
        state.last_scale = Some(window.scale_factor);
        state.open = Some(Open {
            physical: window.physical,
            scale: window.scale_factor,
        });
    }

    /// The window has another size, at this zoom.
    pub fn resized(&self, physical: PhysicalSize<u32>, scale: f64, zoom: f32) {
        {
            let mut state = self.state();
            state.last_scale = Some(scale);
            state.open = Some(Open { physical, scale });
        }
        let points: LogicalSize<f32> = physical.to_logical(scale * f64::from(zoom));
        self.kept.set(PanelSize {
            width: points.width,
            height: points.height,
            zoom,
        });
    }

    /// The window is closed.
    pub fn closed(&self) {
        self.state().open = None;
    }

    /// The host gives the window a size.
    pub fn sized_by_host(&self) {
        let mut state = self.state();
        state.sizes_by_host = state.sizes_by_host.wrapping_add(1);
    }

    /// How often the host has given the window a size.
    pub fn sizes_by_host(&self) -> u32 {
        self.state().sizes_by_host
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// `size` on a screen with `room` points: less zoom first, then less room.
fn fitted(size: PanelSize, room: Vec2, least: Vec2) -> PanelSize {
    let share = |side: f32, room: f32| room / (side * size.zoom);
    let share = share(size.width, room.x).min(share(size.height, room.y));
    if share >= 1.0 {
        return size;
    }
    let zoom = (size.zoom * share).max(size.zoom.min(1.0));
    let side = |side: f32, room: f32, least: f32| side.min((room / zoom).max(least)).round();
    PanelSize {
        width: side(size.width, room.x, least.x),
        height: side(size.height, room.y, least.y),
        zoom,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn geometry() -> Geometry {
        Geometry::new(
            PanelSlot::default(),
            Vec2::new(1080.0, 720.0),
            Vec2::new(860.0, 560.0),
        )
    }

    fn screen(scale: Option<f64>, width: f32) -> Option<Screen> {
        let size = Vec2::new(width, width * 0.6);
        Some(Screen { scale, size })
    }

    #[test]
    fn what_was_chosen_is_kept_in_points_whatever_the_scale() {
        let geometry = geometry();
        geometry.resized(PhysicalSize::new(3240, 2160), 2.0, 1.5);
        geometry.closed();
        let kept = geometry.kept.get().expect("a size");
        assert_eq!((kept.width, kept.height, kept.zoom), (1080.0, 720.0, 1.5));
        assert_eq!(geometry.to_open_on(screen(Some(1.0), 3840.0)), kept);
    }

    #[test]
    fn the_systems_scale_comes_before_the_hosts() {
        let geometry = geometry();
        assert_eq!(geometry.scale(None), 1.0);
        geometry.suggest(2.0);
        assert_eq!(geometry.scale(screen(None, 3840.0)), 2.0);
        assert_eq!(geometry.scale(screen(Some(1.5), 3840.0)), 1.5);
    }

    #[test]
    fn a_window_fits_the_screen_that_it_opens_on() {
        let size = |width, height, zoom| PanelSize {
            width,
            height,
            zoom,
        };
        let least = Vec2::new(860.0, 560.0);
        for (room, from, to) in [
            (
                (2000.0, 1200.0),
                size(1080.0, 720.0, 1.0),
                size(1080.0, 720.0, 1.0),
            ),
            (
                (1620.0, 1080.0),
                size(1080.0, 720.0, 2.0),
                size(1080.0, 720.0, 1.5),
            ),
            (
                (900.0, 600.0),
                size(1080.0, 720.0, 2.0),
                size(900.0, 600.0, 1.0),
            ),
            (
                (300.0, 200.0),
                size(1080.0, 720.0, 1.0),
                size(860.0, 560.0, 1.0),
            ),
        ] {
            assert_eq!(fitted(from, room.into(), least), to, "{room:?}");
        }
    }
}
