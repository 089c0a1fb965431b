//! The root's children in their stacking order, kept up to date by events, and which of them can be seen where. Pure.

use x11rb::protocol::xproto::Window;

/// A rectangle on the root window, in its pixels; nothing if a side is not positive.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Area {
    pub(super) left: i32,
    pub(super) top: i32,
    pub(super) right: i32,
    pub(super) bottom: i32,
}

/// A piece count above which a window counts as seen in full.
const PIECES_MAX: usize = 64;

impl Area {
    /// A window's area with its border, from what X says of its place.
    pub(super) fn of_window(x: i16, y: i16, width: u16, height: u16, border: u16) -> Self {
        let (left, top, border) = (i32::from(x), i32::from(y), i32::from(border));
        Self { left, top, right: left + i32::from(width) + 2 * border, bottom: top + i32::from(height) + 2 * border }
    }

    pub(super) const fn is_empty(self) -> bool {
        self.left >= self.right || self.top >= self.bottom
    }

    pub(super) fn intersection(self, other: Self) -> Self {
        Self {
            left: self.left.max(other.left),
            top: self.top.max(other.top),
            right: self.right.min(other.right),
            bottom: self.bottom.min(other.bottom),
        }
    }

    pub(super) const fn contains(self, other: Self) -> bool {
        self.left <= other.left && self.top <= other.top && self.right >= other.right && self.bottom >= other.bottom
    }

    /// What is left of this area without another: at most four rectangles.
    pub(super) fn without(self, other: Self) -> impl Iterator<Item = Self> {
        let hole = self.intersection(other);
        let pieces = if hole.is_empty() {
            [Some(self), None, None, None]
        } else {
            [
                Some(Self { bottom: hole.top, ..self }),
                Some(Self { top: hole.bottom, ..self }),
                Some(Self { top: hole.top, bottom: hole.bottom, right: hole.left, ..self }),
                Some(Self { top: hole.top, bottom: hole.bottom, left: hole.right, ..self }),
            ]
        };
        pieces.into_iter().flatten().filter(|piece| !piece.is_empty())
    }
}

/// A child of the root.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Top {
    pub(super) window: Window,
    pub(super) area: Area,
    pub(super) mapped: bool,
    /// Whether nothing behind it shines through: it has pixels, no shape and no transparency.
    pub(super) opaque: bool,
    /// Whether it is one of Beside's, or a frame around one.
    pub(super) own: bool,
    /// Whether the window manager has no say in it, as with menus.
    pub(super) popup: bool,
}

/// The children of the root, the lowest first.
#[derive(Debug, Default)]
pub(super) struct Tree(Vec<Top>);

impl Tree {
    /// A window was created, or became a child of the root: it is above all others.
    pub(super) fn add(&mut self, top: Top) {
        self.remove(top.window);
        self.0.push(top);
    }

    /// A window is gone, or no longer a child of the root.
    pub(super) fn remove(&mut self, window: Window) {
        self.0.retain(|top| top.window != window);
    }

    /// A window moved to just above `below`, or to the bottom if that is no child of the root, and to another place.
    pub(super) fn configure(&mut self, window: Window, below: Window, area: Area) {
        let Some(at) = self.0.iter().position(|top| top.window == window) else { return };
        let top = self.0.remove(at);
        let to = self.0.iter().position(|top| top.window == below).map_or(0, |below| below + 1);
        self.0.insert(to, Top { area, ..top });
    }

    /// A window went to the top or the bottom of the stack.
    pub(super) fn circulate(&mut self, window: Window, to_top: bool) {
        let Some(at) = self.0.iter().position(|top| top.window == window) else { return };
        let top = self.0.remove(at);
        self.0.insert(if to_top { self.0.len() } else { 0 }, top);
    }

    pub(super) fn get_mut(&mut self, window: Window) -> Option<&mut Top> {
        self.0.iter_mut().find(|top| top.window == window)
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = &Top> {
        self.0.iter()
    }

    pub(super) fn iter_mut(&mut self) -> impl Iterator<Item = &mut Top> {
        self.0.iter_mut()
    }

    pub(super) fn get(&self, window: Window) -> Option<&Top> {
        self.0.iter().find(|top| top.window == window)
    }

    /// The windows above one, the lowest first.
    pub(super) fn above(&self, window: Window) -> impl Iterator<Item = &Top> {
        self.0.iter().skip_while(move |top| top.window != window).skip(1)
    }

    /// Where own windows can be seen: their areas without what covers them. What may let them shine through does not
    /// cover, and a window in too many pieces counts as seen in full: rather too much than too little.
    pub(super) fn seen(&self) -> Vec<Area> {
        let own = self.0.iter().filter(|top| top.own && top.mapped);
        own.flat_map(|top| {
            let mut pieces = vec![top.area];
            for cover in self.above(top.window).filter(|cover| cover.mapped && cover.opaque && !cover.own) {
                pieces = pieces.into_iter().flat_map(|piece| piece.without(cover.area)).collect();
                if pieces.len() > PIECES_MAX {
                    return vec![top.area];
                }
            }
            pieces
        })
        .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const OWN: Top = Top { window: 1, area: area(10, 10, 20, 20), mapped: true, opaque: true, own: true, popup: false };
    const OTHER: Top =
        Top { window: 2, area: area(15, 5, 40, 12), mapped: true, opaque: true, own: false, popup: false };

    const fn area(left: i32, top: i32, right: i32, bottom: i32) -> Area {
        Area { left, top, right, bottom }
    }

    fn tree(tops: &[Top]) -> Tree {
        let mut tree = Tree::default();
        tops.iter().for_each(|top| tree.add(*top));
        tree
    }

    #[test]
    fn what_covers_an_own_window_is_not_part_of_it() {
        assert_eq!(tree(&[OWN, OTHER]).seen(), [area(10, 12, 20, 20), area(10, 10, 15, 12)]);
        assert_eq!(tree(&[OTHER, OWN]).seen(), [OWN.area], "what lies below covers nothing");
        assert_eq!(tree(&[OWN, Top { mapped: false, ..OTHER }]).seen(), [OWN.area]);
        assert_eq!(tree(&[OWN, Top { opaque: false, ..OTHER }]).seen(), [OWN.area], "it may shine through");
        assert_eq!(tree(&[OWN, Top { area: area(0, 0, 99, 99), ..OTHER }]).seen(), []);
        assert_eq!(tree(&[Top { mapped: false, ..OWN }]).seen(), []);
    }

    #[test]
    fn a_window_in_very_many_pieces_counts_as_seen_in_full() {
        let wide = Top { area: area(0, 0, 1_000, 10), ..OWN };
        let mut tops = vec![wide];
        tops.extend((0..100).map(|n| Top {
            window: 10 + n,
            area: area(10 * n as i32, 2, 10 * n as i32 + 5, 8),
            ..OTHER
        }));
        assert_eq!(tree(&tops).seen(), [wide.area]);
    }

    #[test]
    fn the_order_follows_the_events() {
        let mut tree = tree(&[OWN, OTHER]);
        tree.configure(OTHER.window, 0, OTHER.area);
        assert_eq!(tree.seen(), [OWN.area], "lowered");
        tree.configure(OTHER.window, OWN.window, OWN.area);
        assert_eq!(tree.seen(), [], "raised onto the own one");
        tree.circulate(OWN.window, true);
        assert_eq!(tree.seen(), [OWN.area]);
        tree.circulate(OWN.window, false);
        assert_eq!(tree.seen(), []);
        tree.remove(OTHER.window);
        assert_eq!(tree.seen(), [OWN.area]);
    }
}
