//! What is hidden leaves no trace.

use crate::desk::Desk;
use crate::viewer::{Pair, rects, shown};
use beside_screen::{Damage, Mask, PictureError, Rect, Size};
use proptest::prelude::*;

const SECRET: [u8; 3] = [250, 3, 241];

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn no_hidden_pixel_is_ever_shown(hidden in prop::collection::vec(rects(), 1..6), budget in 0..50_000_usize) {
        let mut pair = Pair::new(Desk::new(320, 240));
        pair.desk.photo(pair.desk.size.rect(), 1);
        pair.send_all(budget);

        let mut mask = Mask::none();
        for rect in &hidden {
            pair.desk.fill(*rect, SECRET);
            mask.hide(*rect);
        }
        mask.blank(pair.desk.size, pair.desk.stride, &mut pair.desk.bytes).unwrap();
        pair.send_all(budget);
        pair.refine_all(usize::MAX);
        let [blue, green, red, _] = Mask::BLANK;
        for (at, pixel) in shown(&pair.framebuffer).into_iter().enumerate() {
            let (x, y) = (at as u32 % 320, at as u32 / 320);
            prop_assert_ne!(pixel[..3].to_vec(), SECRET.to_vec());
            if hidden.iter().any(|rect| rect.contains(Rect { x, y, width: 1, height: 1 })) {
                prop_assert_eq!(pixel, [red, green, blue, 255]);
            }
        }
    }
}

#[test]
fn more_rectangles_than_are_kept_hide_more_and_not_less() {
    let mut desk = Desk::new(400, 400);
    desk.fill(desk.size.rect(), SECRET);
    let mut mask = Mask::none();
    let spots: Vec<Rect> =
        (0..1_000).map(|nth| Rect { x: nth % 100 * 4, y: nth / 100 * 40, width: 2, height: 3 }).collect();
    spots.iter().for_each(|spot| mask.hide(*spot));
    assert!(mask.rects().len() <= Damage::MAX);
    mask.blank(desk.size, desk.stride, &mut desk.bytes).unwrap();
    for spot in spots {
        let at = spot.y as usize * desk.stride + spot.x as usize * 4;
        assert_eq!(desk.bytes[at..at + 4], Mask::BLANK);
    }
}

#[test]
fn a_mask_that_changed_says_where_to_look() {
    let (here, there) = (Rect { x: 1, y: 2, width: 30, height: 40 }, Rect { x: 100, y: 2, width: 30, height: 40 });
    let (mut before, mut after) = (Mask::none(), Mask::none());
    before.hide(here);
    after.hide(there);
    assert!(before.changed_since(&before.clone()).is_empty());
    assert_eq!(after.changed_since(&before).rects(), [there, here]);
}

#[test]
fn rows_that_are_too_short_are_not_blanked_by_half() {
    let size = Size::new(10, 10).unwrap();
    assert_eq!(Mask::none().blank(size, 40, &mut [0; 399]), Err(PictureError::Rows));
}
