//! What operators and customers say once a session is over.

use beside_protocol::afterwards::{Felt, Note, Outcome, Rating};

use super::dice::Dice;

/// What sessions are about, and how often in proportion.
const TAGS: &[(u64, &str)] = &[
    (24, "프린터"),
    (20, "로그인"),
    (16, "인증서"),
    (13, "보안 프로그램"),
    (10, "브라우저"),
    (8, "이체"),
    (5, "VPN"),
    (4, "설치"),
];

const NOTES: &[&str] = &[
    "프린터가 다른 네트워크에 연결되어 있어 다시 연결함",
    "인증서 만료로 재발급 안내",
    "브라우저 캐시를 지운 뒤 정상 동작 확인",
    "보안 프로그램 재설치 후 해결",
    "Signed in after the second factor was set up anew",
    "プリンターのドライバーを入れ直しました",
];

/// A customer's rating; many give none.
pub(super) fn rating(solved: bool, dice: &mut Dice) -> Option<Rating> {
    if !dice.of_thousand(420) {
        return None;
    }
    let felt = match (dice.weighted(if solved { &[78, 17, 5] } else { &[22, 38, 40] }), dice.of_thousand(900)) {
        (_, false) => None,
        (0, true) => Some(Felt::Good),
        (1, true) => Some(Felt::Fair),
        (_, true) => Some(Felt::Poor),
    };
    Some(Rating { solved: Some(solved), felt })
}

/// What an operator says of a session; some say nothing.
pub(super) fn note(solved: bool, dice: &mut Dice) -> Option<Note> {
    if !dice.of_thousand(880) {
        return None;
    }
    let outcome = match solved {
        true => Outcome::Solved,
        false if dice.of_thousand(550) => Outcome::CallBack,
        false => Outcome::Unsolved,
    };
    let weights: Vec<u64> = TAGS.iter().map(|(weight, _)| *weight).collect();
    let count = dice.weighted(&[10, 70, 20]);
    let mut tags: Vec<String> = Vec::new();
    for _ in 0..count {
        let tag = TAGS.get(dice.weighted(&weights)).map_or("", |(_, tag)| *tag);
        if !tags.iter().any(|other| other == tag) {
            tags.push(tag.to_owned());
        }
    }
    let text = if dice.of_thousand(300) { (*dice.pick(NOTES)).to_owned() } else { String::new() };
    Some(Note { outcome: Some(outcome), tags, text })
}
