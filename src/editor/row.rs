//! Places from the left and from the right of a row.

use egui::Rect;

use super::theme;

/// What is left of a row.
pub struct Row {
    rest: Rect,
}

impl Row {
    /// All of it.
    pub fn new(rect: Rect) -> Self {
        Self { rest: rect }
    }

    /// The next place at the left.
    pub fn left(&mut self, width: f32) -> Rect {
        let (place, rest) = self.rest.split_left_right_at_x(self.rest.left() + width);
        self.rest = rest.with_min_x(rest.left() + theme::GAP);
        place
    }

    /// The next place at the right.
    pub fn right(&mut self, width: f32) -> Rect {
        let (rest, place) = self.rest.split_left_right_at_x(self.rest.right() - width);
        self.rest = rest.with_max_x(rest.right() - theme::GAP);
        place
    }

    /// What is left between both.
    pub fn rest(&self) -> Rect {
        self.rest
    }
}
