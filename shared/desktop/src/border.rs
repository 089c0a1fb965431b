//! The coloured frame round the shared monitor: where its sides are.

use crate::display::Display;

/// Its thickness in pixels at 96 dpi.
const THICKNESS: f64 = 4.0;
/// Its colour: the accent of the interface, as 0x00rrggbb.
pub(crate) const COLOUR: u32 = 0x002b_74e0;

/// One side, in pixels of the whole desktop.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Side {
    pub(crate) x: i32,
    pub(crate) y: i32,
    pub(crate) width: u32,
    pub(crate) height: u32,
}

/// Top, bottom, left and right; they touch and don't overlap.
pub(crate) fn sides(display: &Display) -> [Side; 4] {
    let Display { x, y, width, height, .. } = *display;
    let thick = (THICKNESS * display.scale).round().clamp(1.0, 64.0) as u32;
    let inner = height.saturating_sub(2 * thick).max(1);
    let (right, bottom) = (width.saturating_sub(thick), height.saturating_sub(thick));
    [
        Side { x, y, width, height: thick },
        Side { x, y: y.saturating_add_unsigned(bottom), width, height: thick },
        Side { x, y: y.saturating_add_unsigned(thick), width: thick, height: inner },
        Side { x: x.saturating_add_unsigned(right), y: y.saturating_add_unsigned(thick), width: thick, height: inner },
    ]
}

#[cfg(test)]
mod tests {
    use beside_protocol::DisplayId;

    use super::*;

    #[test]
    fn the_sides_run_round_the_monitor_without_overlap() {
        let display = Display {
            id: DisplayId(1),
            name: String::new(),
            x: -100,
            y: 20,
            width: 800,
            height: 600,
            scale: 1.5,
            primary: true,
        };
        let sides = sides(&display).map(|Side { x, y, width, height }| (x, y, width, height));
        assert_eq!(sides, [(-100, 20, 800, 6), (-100, 614, 800, 6), (-100, 26, 6, 588), (694, 26, 6, 588)]);
    }
}
