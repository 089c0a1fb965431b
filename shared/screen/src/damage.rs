//! A bounded set of rectangles: what may have changed.

use crate::{Rect, Size};

/// What may have changed, as at most [`Damage::MAX`] rectangles that may overlap. It may grow beyond what was added, when
/// many rectangles had to become one, but never shrinks below it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Damage {
    rects: Vec<Rect>,
}

impl Damage {
    /// Most rectangles. One more is joined with the one that grows least by it.
    pub const MAX: usize = 256;

    /// Nothing has changed.
    #[must_use]
    pub fn none() -> Self {
        Self::default()
    }

    /// Everything may have changed.
    #[must_use]
    pub fn all(size: Size) -> Self {
        Self { rects: vec![size.rect()] }
    }

    /// Adds a rectangle.
    pub fn add(&mut self, rect: Rect) {
        if rect.is_empty() || self.rects.iter().any(|old| old.contains(rect)) {
            return;
        }
        self.rects.retain(|old| !rect.contains(*old));
        if self.rects.len() < Self::MAX {
            self.rects.push(rect);
        } else if let Some(nearest) = self.rects.iter_mut().min_by_key(|old| old.bounds(rect).pixels() - old.pixels()) {
            *nearest = nearest.bounds(rect);
        }
    }

    /// Adds all of the other's rectangles.
    pub fn union(&mut self, other: &Self) {
        for rect in &other.rects {
            self.add(*rect);
        }
    }

    /// The rectangles.
    #[must_use]
    pub fn rects(&self) -> &[Rect] {
        &self.rects
    }

    /// Whether nothing has changed.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.rects.is_empty()
    }

    /// Forgets everything.
    pub fn clear(&mut self) {
        self.rects.clear();
    }

    /// Takes a rectangle out. Pieces that are too many to be kept apart stay in.
    pub(crate) fn remove(&mut self, hole: Rect) {
        if self.rects.iter().all(|rect| rect.intersection(hole).is_none()) {
            return;
        }
        let old = std::mem::take(&mut self.rects);
        self.rects = old.iter().flat_map(|rect| rect.without(hole)).take(Self::MAX + 1).collect();
        if self.rects.len() > Self::MAX {
            self.rects = old;
        }
    }

    /// The pieces inside a rectangle.
    pub(crate) fn within(&self, window: Rect) -> impl Iterator<Item = Rect> {
        self.rects.iter().filter_map(move |rect| rect.intersection(window))
    }

    /// The rectangle that has waited longest, taken out.
    pub(crate) fn take_first(&mut self) -> Option<Rect> {
        (!self.rects.is_empty()).then(|| self.rects.remove(0))
    }

    /// Puts back what is left of the rectangle that was taken first.
    pub(crate) fn put_first(&mut self, rect: Rect) {
        self.rects.insert(0, rect);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn covers(damage: &Damage, x: u32, y: u32) -> bool {
        damage.rects().iter().any(|rect| rect.contains(Rect { x, y, width: 1, height: 1 }))
    }

    fn rects() -> impl Strategy<Value = Vec<Rect>> {
        let rect = (0..60_u32, 0..60_u32, 0..30_u32, 0..30_u32);
        prop::collection::vec(rect.prop_map(|(x, y, width, height)| Rect { x, y, width, height }), 0..600)
    }

    proptest! {
        #[test]
        fn nothing_added_is_ever_lost_and_it_stays_bounded(rects in rects()) {
            let mut damage = Damage::none();
            for rect in &rects {
                damage.add(*rect);
            }
            prop_assert!(damage.rects().len() <= Damage::MAX);
            for rect in rects.iter().filter(|rect| !rect.is_empty()) {
                prop_assert!(covers(&damage, rect.x, rect.y));
                prop_assert!(covers(&damage, rect.right() - 1, rect.bottom() - 1));
            }
        }

        #[test]
        fn removing_takes_out_the_hole_and_nothing_else(rects in rects(), hole in (0..60_u32, 0..60_u32, 1..30_u32, 1..30_u32)) {
            let mut damage = Damage::none();
            for rect in rects.iter().take(20) {
                damage.add(*rect);
            }
            let hole = Rect { x: hole.0, y: hole.1, width: hole.2, height: hole.3 };
            let before = damage.clone();
            damage.remove(hole);
            for (x, y) in (0..90).flat_map(|y| (0..90).map(move |x| (x, y))) {
                let inside = hole.contains(Rect { x, y, width: 1, height: 1 });
                prop_assert_eq!(covers(&damage, x, y), covers(&before, x, y) && !inside);
            }
        }
    }
}
