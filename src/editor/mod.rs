//! The panel: an egui window in the host. It reads parameters and [`Shared`], and writes only
//! through the host's parameter gestures.

use std::sync::Arc;

use nice_plug::context::gui::GuiContext;
use nice_plug_egui::{EguiEditor, EguiEditorState, EguiNiceSettings, Frame, NiceEguiApp};
use nice_plug_egui::{RepaintNotifier, create_egui_editor};

use crate::params::AuralisParams;
use crate::shared::Shared;

/// The framework's editor around the panel.
pub type PanelEditor = EguiEditor<Panel>;

/// What the window draws.
pub struct Panel {
    params: Arc<AuralisParams>,
    shared: Arc<Shared>,
    gui: Option<GuiContext>,
}

/// Makes the editor; `None` where no window can be had.
pub fn create(params: Arc<AuralisParams>, shared: Arc<Shared>) -> Option<PanelEditor> {
    let panel = Panel {
        params,
        shared,
        gui: None,
    };
    create_egui_editor(
        EguiEditorState::from_size(
            nice_plug::editor::dpi::LogicalSize::new(1080.0_f32, 720.0),
            1.0,
        ),
        RepaintNotifier::new(),
        EguiNiceSettings::new().with_tile("Auralis"),
        panel,
    )
}

impl NiceEguiApp for Panel {
    fn ui(&mut self, _ui: &mut egui::Ui, _frame: &mut Frame) {
        let _ = (&self.params, &self.shared, &self.gui);
    }
}
