//! The console's lists over a year of work: first and later pages, filtered and not.

use anyhow::{Context as _, ensure};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use reqwest::Client;
use serde_json::Value;

use crate::broker::Broker;
use crate::clock;
use crate::figure::{Figure, Line, percentile};

/// Times that each list is asked for.
const TIMES: usize = 40;
/// Pages that are turned to get to a later one.
const PAGES: usize = 20;
const DAY: i64 = 24 * 60 * 60 * 1_000;

/// A list as somebody asks for it.
struct List {
    name: &'static str,
    path: String,
    /// What it has at least, so that an empty answer is no fast one.
    rows: usize,
}

/// Whoever reads.
struct Reader<'a> {
    broker: &'a Broker,
    client: Client,
    token: String,
}

impl Reader<'_> {
    async fn read(&self, path: &str) -> anyhow::Result<(f64, Value)> {
        let url = format!("https://{}/api/v1/{path}", self.broker.addresses()?.administration);
        let start = clock::now();
        let answer = self.client.get(url).bearer_auth(&self.token).send().await?;
        let status = answer.status();
        let page = answer.bytes().await?;
        let took = clock::milliseconds_since(start);
        let page: Value = serde_json::from_slice(&page)?;
        ensure!(status.is_success(), "{path} was answered {page}");
        Ok((took, page))
    }

    /// The page after so many others.
    async fn later(&self, path: &str) -> anyhow::Result<String> {
        let mut at = path.to_owned();
        for _ in 0..PAGES {
            let (_, page) = self.read(&at).await?;
            let next = page["next"].as_str().with_context(|| format!("{path} has too few pages"))?;
            let joint = if path.contains('?') { '&' } else { '?' };
            at = format!("{path}{joint}cursor={next}");
        }
        Ok(at)
    }
}

/// Measures every list over so many sessions, as the administrator whose bearer token it is.
pub(crate) async fn measure(
    broker: &Broker,
    client: Client,
    token: String,
    sessions: u64,
) -> anyhow::Result<Vec<Figure>> {
    let reader = Reader { broker, client, token };
    let mut figures = Vec::new();
    let (mut all, mut worst) = (Vec::new(), 0.0_f64);
    for list in lists(&reader).await? {
        let mut took = Vec::new();
        for _ in 0..TIMES {
            let (milliseconds, page) = reader.read(&list.path).await?;
            let rows = page["items"].as_array().map_or(0, Vec::len);
            ensure!(rows >= list.rows, "{} has only {rows} rows", list.path);
            took.push(milliseconds);
        }
        let p95 = percentile(&mut took, 95);
        worst = worst.max(p95);
        all.extend(took);
        let path = list.path.split("cursor=").next().unwrap_or_default();
        figures.push(Figure::new(list.name, "ms", [p95], Some(Line::AtMost(300.0)), format!("p95 of {TIMES}: {path}")));
    }
    let how = format!(
        "{sessions} sessions of demo data; the worst p95 of {} lists, {TIMES} times each, over HTTPS, each reading \
         logged in the audit log; p95 of all of them together {:.1} ms",
        figures.len(),
        percentile(&mut all, 95)
    );
    figures.insert(0, Figure::new("lists_p95", "ms", [worst], Some(Line::AtMost(300.0)), how));
    Ok(figures)
}

async fn lists(reader: &Reader<'_>) -> anyhow::Result<Vec<List>> {
    let (_, newest) = reader.read("sessions?limit=200").await?;
    let session = newest["items"].get(0).context("there are no sessions")?;
    // Whoever came lately, and the name that somebody gave: of a kind that many have.
    let some = |field: &str| newest["items"].as_array().into_iter().flatten().find_map(|row| row[field].as_str());
    let (device, name) = (some("device").context("no computer")?, some("customer_name").context("no name")?);
    let word = utf8_percent_encode(name.split_whitespace().next().unwrap_or(name), NON_ALPHANUMERIC);
    let operator = session["operator"]["id"].as_str().context("no operator")?;
    let sid = session["sid"].as_str().context("no id")?;
    let before = session["knocked_at"].as_i64().context("no time")? - 180 * DAY;
    let from = before - 7 * DAY;
    let half_a_year = format!("from={}&before={before}&zone=Asia/Seoul", before - 180 * DAY);
    let list = |name, path: String, rows| List { name, path, rows };
    Ok(vec![
        list("sessions_first", "sessions".into(), 50),
        list("sessions_200", "sessions?limit=200".into(), 200),
        list("sessions_later", reader.later("sessions?limit=200").await?, 200),
        list("sessions_half_a_year_ago", reader.later(&format!("sessions?before={before}")).await?, 50),
        list("sessions_of_operator", reader.later(&format!("sessions?operator={operator}")).await?, 50),
        list("sessions_frequent_end", format!("sessions?end=finished&before={before}"), 50),
        list("sessions_rare_end", "sessions?end=number_differs&limit=200".into(), 200),
        list("sessions_end_that_never_was", "sessions?end=misbehaved".into(), 0),
        list("sessions_of_a_week", format!("sessions?from={from}&before={before}&end=lost&operator={operator}"), 0),
        list("sessions_of_customer", format!("sessions?device={device}"), 1),
        list("sessions_without_number", reader.later("sessions?device=none").await?, 50),
        list("sessions_by_name", format!("sessions?customer={word}"), 1),
        list("sessions_by_name_that_never_was", "sessions?customer=nobody%20at%20all".into(), 0),
        list("sessions_carried_by_both", reader.later("sessions?carried=both").await?, 50),
        list("sessions_felt_poor", format!("sessions?felt=poor&before={before}"), 50),
        list("sessions_of_busy_cell", format!("sessions?{half_a_year}&weekday=1&hour=10"), 50),
        list("sessions_of_quiet_cell", format!("sessions?{half_a_year}&weekday=6&hour=3"), 0),
        list("audit_first", "audit".into(), 50),
        list("audit_later", reader.later("audit?limit=200").await?, 200),
        list("audit_family", reader.later("audit?action=sign_in.&limit=200").await?, 200),
        list("audit_action", "audit?action=account.created".into(), 5),
        list("audit_of_account", reader.later(&format!("audit?account={operator}")).await?, 50),
        list("audit_about_session", format!("audit?about={sid}"), 2),
        list("audit_of_a_week", format!("audit?from={from}&before={before}"), 50),
        list("audit_refusals_of_a_week", format!("audit?from={from}&before={before}&action=sign_in.refused"), 5),
        list("accounts_first", "accounts?limit=200".into(), 7),
    ])
}
