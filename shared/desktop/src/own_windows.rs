//! Which windows are Beside's own: never in the picture, never reached by the operator's input.

/// How Beside's own windows are known.
///
/// A window is own if the program that made it has the given process id, as the display server itself saw when the
/// program connected, or if the same connection made one of the named windows (which helps where process ids mean
/// different things on the two sides, as in a sandbox). So menus, tooltips and every other window of the process are
/// own without being named. A window manager's frame around an own window counts as own too.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OwnWindows {
    pub(crate) process: u32,
    pub(crate) windows: Vec<u32>,
}

impl OwnWindows {
    /// The windows of this process.
    #[must_use]
    pub fn of_this_process() -> Self {
        Self::of_process(std::process::id())
    }

    /// The windows of another process, by its id.
    #[must_use]
    pub const fn of_process(process: u32) -> Self {
        Self { process, windows: Vec::new() }
    }

    /// The same, and every window made over the connection that made `window`.
    #[must_use]
    pub fn and_window(mut self, window: u32) -> Self {
        self.windows.push(window);
        self
    }
}
