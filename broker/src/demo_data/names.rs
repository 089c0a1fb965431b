//! Names of people, in Korean, Japanese and English; and those of customers who try what a name can do.

use beside_broker_core::name::PersonName;

use super::dice::Dice;

const KOREAN_FAMILIES: &[&str] =
    &["김", "이", "박", "최", "정", "강", "조", "윤", "장", "임", "한", "오", "서", "신", "권"];
const KOREAN_NAMES: &[&str] = &[
    "민수", "지영", "서준", "하은", "도윤", "수빈", "현우", "예진", "영희", "철수", "미경", "상훈", "은주", "동현",
    "순자", "정호", "혜진", "재현", "유나", "광수",
];
const JAPANESE_FAMILIES: &[&str] =
    &["佐藤", "鈴木", "高橋", "田中", "伊藤", "渡辺", "山本", "中村", "小林", "加藤", "吉田", "山田"];
const JAPANESE_NAMES: &[&str] =
    &["花子", "太郎", "陽菜", "蓮", "美咲", "大翔", "さくら", "健一", "由美", "翔太", "恵子", "直樹", "ひろし", "ユキ"];
const ENGLISH_NAMES: &[&str] =
    &["Ada", "Grace", "James", "Mary", "Robert", "Zoë", "Michael", "Aisha", "David", "Siân", "John", "Elena", "Omar"];
const ENGLISH_FAMILIES: &[&str] = &[
    "Smith", "O'Brien", "Jones", "Taylor", "Brown", "García", "Wilson", "Müller", "Evans", "Nowak", "Roberts", "Khan",
];

/// What people type who want to see what happens: markup, formulas of spreadsheets, text that turns around, very long
/// words, emoji, the names of devices.
const HOSTILE: &[&str] = &[
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(document.cookie)>",
    "\"><svg/onload=fetch('//evil.example')>",
    "=HYPERLINK(\"http://evil.example\",\"Invoice\")",
    "=cmd|' /C calc'!A0",
    "+82-2-555-0100",
    "-2+3+cmd|' /C calc'!A0",
    "@SUM(1+1)*cmd|' /C calc'!A0",
    "\u{202E}gpj.nimda",
    "اسم مع \u{200F}علامات",
    "\u{2066}admin\u{2069}",
    "'; DROP TABLE sessions;--",
    "{{7*7}}${7*7}",
    "../../../../etc/passwd",
    "%s%s%s%n",
    "a,b;c\td\"e\"",
    "👩‍👩‍👧‍👦🏳️‍🌈",
    "Z̷̡͝a̶͇͝l̴͖͠g̷̰̓o̷͚͋",
    "가나다라마바사아자차카타파하가나다라마바사아자차카타파하",
    "CON",
    "null",
];

/// The name of somebody.
pub(super) fn person(dice: &mut Dice) -> String {
    match dice.weighted(&[55, 25, 20]) {
        0 => format!("{}{}", dice.pick(KOREAN_FAMILIES), dice.pick(KOREAN_NAMES)),
        1 => format!("{} {}", dice.pick(JAPANESE_FAMILIES), dice.pick(JAPANESE_NAMES)),
        _ => format!("{} {}", dice.pick(ENGLISH_NAMES), dice.pick(ENGLISH_FAMILIES)),
    }
}

/// What a customer typed, as the broker keeps it; one in two hundred is up to something. Nothing if nothing is left of it.
pub(super) fn customer(dice: &mut Dice) -> Option<PersonName> {
    let typed = if dice.of_thousand(5) { (*dice.pick(HOSTILE)).to_owned() } else { person(dice) };
    PersonName::tidy(&typed)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hostile_names_stay_names() {
        let tidied: Vec<_> = HOSTILE.iter().map(|name| PersonName::tidy(name)).collect();
        assert!(tidied.iter().all(Option::is_some));
        assert!(tidied.iter().flatten().any(|name| name.as_str().starts_with('=')));
        assert!(tidied.iter().flatten().any(|name| name.as_str().contains("<script>")));
    }

    #[test]
    fn people_have_names_in_three_languages() {
        let mut dice = Dice::new(3);
        let names: Vec<String> = (0..200).map(|_| person(&mut dice)).collect();
        assert!(names.iter().all(|name| PersonName::parse(name).is_some()));
        let any = |families: &[&str]| names.iter().any(|name| families.iter().any(|family| name.starts_with(family)));
        assert!(any(KOREAN_FAMILIES) && any(JAPANESE_FAMILIES) && any(ENGLISH_NAMES));
    }
}
