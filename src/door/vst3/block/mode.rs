//! Whether the host bounces or plays: it says so in two places, which need not agree.

use vst3::Steinberg::Vst::ProcessModes_::kOffline;

/// Follows what the host says in `setupProcessing` and in every `ProcessData`.
///
/// Some hosts set the mode only in `setupProcessing` and leave the other field at 0 (real time) for
/// ever; others (Ardour) never set it there and say "offline" block by block. So a block that says
/// "offline" is believed, and a block that says "real time" is believed once the host has shown
/// that it fills the field in.
///
/// `kPrefetch` (rendered ahead of the playhead, at no steady pace) counts as real time: somebody
/// listens, and waiting for the analysis would use up the lead that the host has.
#[derive(Default)]
pub struct Mode {
    /// Said by `setupProcessing`.
    setup_offline: bool,
    /// Some block has said "offline".
    blocks_tell: bool,
    /// What the plug-in was told last.
    offline: bool,
}

#[allow(clippy::unnecessary_cast)] // the type of the API's constants differs between systems
fn is_offline(mode: i32) -> bool {
    mode == kOffline as i32
}

impl Mode {
    /// Takes the mode of `setupProcessing`; what the plug-in is to be told, if that is news.
    pub fn setup(&mut self, mode: i32) -> Option<bool> {
        self.setup_offline = is_offline(mode);
        self.tell(self.setup_offline)
    }

    /// Takes the mode of a block; what the plug-in is to be told, if that is news.
    pub fn block(&mut self, mode: i32) -> Option<bool> {
        let offline = is_offline(mode);
        self.blocks_tell |= offline;
        self.tell(offline || (!self.blocks_tell && self.setup_offline))
    }

    /// What the plug-in was told last.
    pub fn is_offline(&self) -> bool {
        self.offline
    }

    fn tell(&mut self, offline: bool) -> Option<bool> {
        (std::mem::replace(&mut self.offline, offline) != offline).then_some(offline)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const REALTIME: i32 = 0;
    const PREFETCH: i32 = 1;
    const OFFLINE: i32 = 2;

    #[test]
    fn said_once_in_the_setup() {
        let mut mode = Mode::default();
        assert_eq!(mode.setup(OFFLINE), Some(true));
        assert_eq!(mode.block(REALTIME), None, "the host leaves the field at 0");
        assert_eq!(mode.setup(REALTIME), Some(false));
        assert_eq!(mode.block(REALTIME), None);
    }

    #[test]
    fn said_in_the_blocks_alone() {
        let mut mode = Mode::default();
        assert_eq!(mode.setup(REALTIME), None);
        assert_eq!(mode.block(REALTIME), None);
        assert_eq!(mode.block(OFFLINE), Some(true));
        assert_eq!(mode.block(OFFLINE), None);
        assert_eq!(mode.block(REALTIME), Some(false), "playing after a bounce");
    }

    #[test]
    fn a_host_that_tells_in_blocks_is_believed_over_its_setup() {
        let mut mode = Mode::default();
        mode.setup(OFFLINE);
        assert_eq!(mode.block(OFFLINE), None);
        assert_eq!(mode.block(REALTIME), Some(false));
    }

    #[test]
    fn prefetch_and_nonsense_are_real_time() {
        let mut mode = Mode::default();
        assert_eq!(mode.setup(PREFETCH), None);
        assert_eq!(mode.block(99), None);
    }
}
