//! What a mail about an alert says, in Korean, Japanese and English.

use std::fmt::Write as _;

use beside_broker_core::alarms::AlertKind;

use crate::commands::log::when;
use crate::config::Language;
use crate::storage::alerts::AlertEntry;

/// A mail.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Letter {
    /// Its subject.
    pub subject: String,
    /// Its text.
    pub body: String,
}

/// What is said around the words of a kind.
struct Frame {
    severities: [&'static str; 3],
    about: &'static str,
    address: &'static str,
    when: &'static str,
    swallowed: &'static str,
    more: &'static str,
}

const ENGLISH: Frame = Frame {
    severities: ["notice", "warning", "CRITICAL"],
    about: "About",
    address: "an address; it stands in the console",
    when: "When",
    swallowed: "Times since the last mail",
    more: "The broker",
};
const KOREAN: Frame = Frame {
    severities: ["알림", "주의", "긴급"],
    about: "대상",
    address: "주소 (콘솔에서 확인할 수 있습니다)",
    when: "시각",
    swallowed: "지난 메일 이후 횟수",
    more: "브로커",
};
const JAPANESE: Frame = Frame {
    severities: ["お知らせ", "注意", "緊急"],
    about: "対象",
    address: "アドレス（コンソールで確認できます）",
    when: "日時",
    swallowed: "前回のメール以降の回数",
    more: "ブローカー",
};

/// The mail about an alert of the broker at this address. Addresses of people are left out.
#[must_use]
pub fn letter(alert: &AlertEntry, language: Language, broker: &str) -> Letter {
    let frame = match language {
        Language::English => ENGLISH,
        Language::Korean => KOREAN,
        Language::Japanese => JAPANESE,
    };
    let [notice, warning, critical] = frame.severities;
    let severity = match alert.severity.as_str() {
        "critical" => critical,
        "warning" => warning,
        _ => notice,
    };
    // A kind that this program does not know was written by a newer one that shares the database.
    let kind = AlertKind::ALL.iter().find(|kind| kind.as_str() == alert.kind);
    let (title, advice) = kind.map_or((alert.kind.as_str(), ""), |kind| words(*kind, language));
    let subject = match (alert.subject_kind.as_str(), alert.subject.as_str()) {
        ("place", _) => frame.address,
        (_, "") => alert.subject_kind.as_str(),
        (_, subject) => subject,
    };
    let mut body = format!("{title}\n\n{advice}\n\n{}: {subject}\n", frame.about);
    // Writing to a text can't fail.
    let _ = writeln!(body, "{}: {} (UTC)", frame.when, when(Some(alert.at)));
    for (name, number) in &alert.numbers {
        let _ = writeln!(body, "{name}: {number}");
    }
    if alert.swallowed > 0 {
        let _ = writeln!(body, "{}: {}", frame.swallowed, u64::from(alert.swallowed) + 1);
    }
    let _ = writeln!(body, "{}: {broker}\nID: {}", frame.more, alert.id);
    Letter { subject: format!("[Beside] {severity}: {title}"), body }
}

/// The title of a kind, and what to do.
fn words(kind: AlertKind, language: Language) -> (&'static str, &'static str) {
    let [english, korean, japanese] = all_words(kind);
    match language {
        Language::English => english,
        Language::Korean => korean,
        Language::Japanese => japanese,
    }
}

/// In English, Korean and Japanese.
const fn all_words(kind: AlertKind) -> [(&'static str, &'static str); 3] {
    match kind {
        AlertKind::RepeatedFailures => [
            (
                "Many sign-ins fail",
                "See whether the person has trouble, or somebody is guessing. Addresses can be blocked.",
            ),
            (
                "로그인 실패가 반복됩니다",
                "본인이 어려움을 겪고 있는지, 누군가 비밀번호를 추측하고 있는지 확인해 주세요. 주소를 차단할 수 있습니다.",
            ),
            (
                "サインインの失敗が続いています",
                "本人が困っているのか、誰かが推測しているのかを確認してください。アドレスはブロックできます。",
            ),
        ],
        AlertKind::NewAddress => [
            ("Sign-in from a new address", "Ask the person whether it was them."),
            ("새로운 주소에서 로그인했습니다", "본인이 로그인했는지 확인해 주세요."),
            ("新しいアドレスからのサインインがありました", "本人によるものかどうかを確認してください。"),
        ],
        AlertKind::OddHour => [
            ("Sign-in at an unusual hour", "Ask the person whether it was them."),
            ("평소와 다른 시간에 로그인했습니다", "본인이 로그인했는지 확인해 주세요."),
            ("いつもと違う時間のサインインがありました", "本人によるものかどうかを確認してください。"),
        ],
        AlertKind::AddressRefused => [
            (
                "An account is used from addresses that are not listed",
                "See whether a list is missing an address, or the account is in other hands.",
            ),
            (
                "목록에 없는 주소에서 계정이 사용되고 있습니다",
                "목록에 빠진 주소가 있는지, 계정이 도용되었는지 확인해 주세요.",
            ),
            (
                "リストにないアドレスからアカウントが使われています",
                "リストに漏れがあるのか、アカウントが他人の手にあるのかを確認してください。",
            ),
        ],
        AlertKind::NameLocked => [
            (
                "A name is locked after too many failures",
                "It opens by itself after half an hour. An administrator can unlock it once the reason is known.",
            ),
            (
                "로그인 실패가 많아 계정 이름이 잠겼습니다",
                "30분 뒤 자동으로 풀립니다. 원인을 확인한 뒤 관리자가 풀 수도 있습니다.",
            ),
            (
                "失敗が多いため名前がロックされました",
                "30分後に自動的に解除されます。原因が分かれば、管理者が解除することもできます。",
            ),
        ],
        AlertKind::PlaceBlocked => [
            ("An address is blocked after too many failures", "It opens by itself after an hour. See whose it is."),
            ("로그인 실패가 많아 주소가 차단되었습니다", "1시간 뒤 자동으로 풀립니다. 누구의 주소인지 확인해 주세요."),
            (
                "失敗が多いためアドレスがブロックされました",
                "1時間後に自動的に解除されます。誰のアドレスかを確認してください。",
            ),
        ],
        AlertKind::CodeGuessing => [
            (
                "Access codes are being guessed",
                "Customers can still get in; each knock now needs some computing. Operators should accept only customers whom they expect.",
            ),
            (
                "접속 코드를 추측하려는 시도가 있습니다",
                "고객은 계속 접속할 수 있으며, 접속 요청마다 연산이 필요합니다. 상담원은 기다리던 고객만 수락해 주세요.",
            ),
            (
                "アクセスコードが推測されています",
                "お客様は引き続き接続できますが、接続要求ごとに計算が必要になります。オペレーターは、待っていたお客様だけを受け付けてください。",
            ),
        ],
        AlertKind::BulkLookUps => [
            ("An account reads very many records", "Ask the person what for."),
            ("한 계정이 매우 많은 기록을 열람하고 있습니다", "본인에게 목적을 확인해 주세요."),
            ("一つのアカウントが大量の記録を閲覧しています", "本人に目的を確認してください。"),
        ],
        AlertKind::BulkExport => [
            ("An account exports very many records", "The reasons stand in the audit log. Ask the person what for."),
            (
                "한 계정이 매우 많은 기록을 내보내고 있습니다",
                "사유는 감사 로그에 있습니다. 본인에게 목적을 확인해 주세요.",
            ),
            (
                "一つのアカウントが大量の記録を書き出しています",
                "理由は監査ログにあります。本人に目的を確認してください。",
            ),
        ],
        AlertKind::AuditFault => [
            (
                "The audit log is at fault",
                "It can’t be written, or does not continue what was signed, or the witness refused it. Run “beside-broker audit verify” now.",
            ),
            (
                "감사 로그에 문제가 있습니다",
                "기록할 수 없거나, 서명된 내용과 이어지지 않거나, 증인이 거부했습니다. 지금 “beside-broker audit verify”를 실행해 주세요.",
            ),
            (
                "監査ログに問題があります",
                "書き込めないか、署名済みの内容とつながらないか、証人が拒否しました。今すぐ「beside-broker audit verify」を実行してください。",
            ),
        ],
        AlertKind::DiskSpace => [
            ("The disk is nearly full", "Make room: without it nothing can be logged, and no session begins."),
            (
                "디스크 공간이 거의 없습니다",
                "공간을 확보해 주세요. 공간이 없으면 기록할 수 없고 세션을 시작할 수 없습니다.",
            ),
            (
                "ディスクの空きがほとんどありません",
                "空きを作ってください。空きがないと記録できず、セッションを始められません。",
            ),
        ],
        AlertKind::CertificateExpiry => [
            ("A certificate ends soon", "Renew it before that day. A new TLS certificate is read without a restart."),
            ("인증서가 곧 만료됩니다", "만료일 전에 갱신해 주세요. 새 TLS 인증서는 다시 시작하지 않아도 적용됩니다."),
            (
                "証明書の期限が近づいています",
                "期限までに更新してください。新しいTLS証明書は再起動なしで読み込まれます。",
            ),
        ],
        AlertKind::Connections => [
            ("There are very many connections", "See where they come from, and whether this broker is enough."),
            ("연결이 매우 많습니다", "어디에서 오는 연결인지, 브로커 용량이 충분한지 확인해 주세요."),
            ("接続が非常に多くなっています", "どこからの接続か、このブローカーで足りるかを確認してください。"),
        ],
        AlertKind::RelayLoad => [
            ("Very much is relayed", "See whether UDP is open, so that sessions go directly."),
            ("중계되는 데이터가 매우 많습니다", "세션이 직접 연결되도록 UDP가 열려 있는지 확인해 주세요."),
            (
                "中継されるデータが非常に多くなっています",
                "セッションが直接つながるよう、UDPが開いているかを確認してください。",
            ),
        ],
        AlertKind::QueueDepth => [
            ("Many sign-ins are waiting", "See whether somebody is guessing passwords, or this broker is too slow."),
            ("대기 중인 로그인이 많습니다", "누군가 비밀번호를 추측하고 있는지, 브로커가 느린지 확인해 주세요."),
            (
                "多くのサインインが待っています",
                "誰かがパスワードを推測しているのか、ブローカーが遅いのかを確認してください。",
            ),
        ],
        AlertKind::ErrorRate => [
            ("Many requests fail", "See the broker’s own log."),
            ("실패하는 요청이 많습니다", "브로커의 자체 로그를 확인해 주세요."),
            ("多くの要求が失敗しています", "ブローカー自身のログを確認してください。"),
        ],
        AlertKind::ClockJumped => [
            (
                "The clock jumped",
                "See whether time synchronisation works: codes, certificates and the log depend on it.",
            ),
            (
                "시계가 갑자기 바뀌었습니다",
                "시간 동기화가 작동하는지 확인해 주세요. 코드, 인증서, 로그가 시계에 의존합니다.",
            ),
            (
                "時計が飛びました",
                "時刻同期が働いているかを確認してください。コード、証明書、ログは時計に頼っています。",
            ),
        ],
        AlertKind::SelfCheck => [
            ("The self-check found something", "Run “beside-broker check”: it says what is wrong and what is weak."),
            (
                "자체 점검에서 문제가 발견되었습니다",
                "“beside-broker check”를 실행하면 잘못된 점과 약한 점을 알려 줍니다.",
            ),
            ("自己点検で問題が見つかりました", "「beside-broker check」を実行すると、誤りと弱点が分かります。"),
        ],
        AlertKind::BackupFailed => [
            ("A backup could not be made", "See System, Backups in the console; the broker tries again in an hour."),
            ("백업을 만들지 못했습니다", "콘솔의 시스템, 백업을 확인해 주세요. 브로커가 한 시간 뒤에 다시 시도합니다."),
            (
                "バックアップを作成できませんでした",
                "コンソールの「システム」の「バックアップ」を確認してください。一時間後にもう一度試みます。",
            ),
        ],
        AlertKind::Trial => [
            ("This is a trial", "Somebody tries in the console whether alerts arrive. There is nothing to do."),
            ("시험 알림입니다", "콘솔에서 알림이 도착하는지 시험하고 있습니다. 하실 일은 없습니다."),
            ("これは試験です", "アラートが届くかどうかをコンソールで試しています。対応の必要はありません。"),
        ],
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    fn alert(kind: &str, subject_kind: &str, subject: &str) -> AlertEntry {
        AlertEntry {
            id: "l-1".to_owned(),
            kind: kind.to_owned(),
            severity: "warning".to_owned(),
            subject_kind: subject_kind.to_owned(),
            subject: subject.to_owned(),
            numbers: [("count".to_owned(), 10)].into(),
            swallowed: 0,
            at: 1_767_614_400_000,
            seen_by: None,
            seen_at: None,
        }
    }

    #[test]
    fn every_kind_has_words_of_its_own_in_every_language() {
        let mut titles = BTreeSet::new();
        for kind in AlertKind::ALL {
            for (title, advice) in all_words(*kind) {
                assert!(!advice.is_empty() && titles.insert(title), "{title}");
            }
        }
    }

    #[test]
    fn a_letter_names_accounts_and_no_addresses() {
        for language in [Language::English, Language::Korean, Language::Japanese] {
            let place = letter(&alert("repeated_failures", "place", "192.0.2.7"), language, "https://b");
            assert!(!place.body.contains("192.0.2.7"), "{}", place.body);
            let account = letter(&alert("bulk_export", "account", "u-77"), language, "https://b");
            assert!(account.body.contains("u-77") && account.body.contains("count: 10"), "{}", account.body);
        }
        let english = letter(&alert("disk_space", "broker", ""), Language::English, "https://b");
        assert_eq!(english.subject, "[Beside] warning: The disk is nearly full");
    }
}
