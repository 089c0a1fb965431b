//! Statistics over a year of work, and all of it as CSV.

use std::time::Duration;

use anyhow::{bail, ensure};
use reqwest::{Client, StatusCode};
use serde_json::Value;
use tokio::time::sleep;

use crate::broker::Broker;
use crate::clock;
use crate::figure::{Figure, Line, percentile};

/// Times that each question is asked.
const TIMES: usize = 20;
/// Longest wait for a broker that has just started to have counted everything.
const COUNTING: Duration = Duration::from_secs(300);
/// Memory is constant if, once a tenth of the rows has come and the database's page cache is full, no more than this comes
/// on top.
const GROWTH_MOST: f64 = 16.0;
const MIB: f64 = 1_048_576.0;
const DAY: i64 = 24 * 60 * 60 * 1_000;

/// Measures statistics and export over so many sessions, as the administrator whose bearer token it is.
pub(crate) async fn measure(
    broker: &Broker,
    client: &Client,
    token: &str,
    sessions: u64,
) -> anyhow::Result<Vec<Figure>> {
    let mut figures = statistics(broker, client, token, sessions).await?;
    broker.step_up(client, token).await?;
    figures.extend(export(broker, client, token, sessions).await?);
    Ok(figures)
}

async fn ask(broker: &Broker, client: &Client, token: &str, path: &str) -> anyhow::Result<(StatusCode, Value)> {
    let url = format!("https://{}/api/v1/{path}", broker.addresses()?.administration);
    let answer = client.get(url).bearer_auth(token).send().await?;
    Ok((answer.status(), answer.json().await?))
}

async fn statistics(broker: &Broker, client: &Client, token: &str, sessions: u64) -> anyhow::Result<Vec<Figure>> {
    let now = i64::try_from(clock::unix_seconds())? * 1_000;
    let (year, month, week) = (now - 366 * DAY, now - 60 * DAY, now - 30 * DAY);
    let questions = [
        ("statistics_year_by_month", format!("from={year}&before={now}&bucket=month&zone=Asia/Seoul")),
        ("statistics_year_by_day", format!("from={year}&before={now}&bucket=day&zone=Asia/Tokyo")),
        ("statistics_year_by_group", format!("from={year}&before={now}&bucket=month&split=group")),
        ("statistics_year_by_operator", format!("from={year}&before={now}&bucket=month&split=operator")),
        ("statistics_year_by_customer", format!("from={year}&before={now}&bucket=month&split=customer")),
        ("statistics_month_by_day", format!("from={month}&before={week}&bucket=day&split=group&zone=Asia/Seoul")),
        ("statistics_week_by_hour", format!("from={week}&before={}&bucket=hour", week + 7 * DAY)),
    ];
    let start = clock::now();
    let first = format!("statistics?{}", questions[0].1);
    while ask(broker, client, token, &first).await?.0 == StatusCode::SERVICE_UNAVAILABLE {
        if start.elapsed() > COUNTING {
            bail!("the statistics are not there after {} s", COUNTING.as_secs());
        }
        sleep(Duration::from_millis(100)).await;
    }
    let counted = clock::milliseconds_since(start) / 1_000.0;
    let (mut figures, mut worst) = (Vec::new(), 0.0_f64);
    for (name, question) in questions {
        let mut took = Vec::new();
        for _ in 0..TIMES {
            let start = clock::now();
            let (status, answer) = ask(broker, client, token, &format!("statistics?{question}")).await?;
            took.push(clock::milliseconds_since(start));
            ensure!(status.is_success(), "{question} was answered {answer}");
        }
        let p95 = percentile(&mut took, 95);
        worst = worst.max(p95);
        let how = format!("p95 of {TIMES}: {}", question.split("&bucket").last().unwrap_or_default());
        figures.push(Figure::new(name, "ms", [p95], Some(Line::AtMost(1_000.0)), how));
    }
    let how = format!("{sessions} sessions of demo data; the worst p95 of {} questions, over HTTPS", figures.len());
    figures.insert(0, Figure::new("statistics_p95", "ms", [worst], Some(Line::AtMost(1_000.0)), how));
    let how = "after the broker has said that it listens, until it answers the first question; 503 until then";
    figures.push(Figure::new("statistics_counted", "s", [counted], None, how));
    Ok(figures)
}

async fn export(broker: &Broker, client: &Client, token: &str, sessions: u64) -> anyhow::Result<Vec<Figure>> {
    let url = format!("https://{}/api/v1/sessions/export?format=csv", broker.addresses()?.administration);
    let before = broker.resident()? / MIB;
    let start = clock::now();
    let request = client.get(url).bearer_auth(token).header("beside-reason", "measuring");
    let mut answer = request.send().await?;
    ensure!(answer.status().is_success(), "the export was answered {}", answer.text().await?);
    let (mut bytes, mut lines, mut looked) = (0, 0, start);
    let (mut settled, mut most) = (None, before);
    while let Some(chunk) = answer.chunk().await? {
        bytes += chunk.len();
        lines += chunk.iter().filter(|byte| **byte == b'\n').count();
        if looked.elapsed() > Duration::from_millis(100) {
            looked = clock::now();
            let resident = broker.resident()? / MIB;
            most = most.max(resident);
            if lines as u64 >= sessions / 10 {
                settled.get_or_insert(resident);
            }
        }
    }
    let seconds = clock::milliseconds_since(start) / 1_000.0;
    let whole = lines as u64 > sessions;
    let how = format!(
        "GET /sessions/export?format=csv of everything: {lines} lines, {:.0} MiB in {seconds:.1} s; resident were \
         {before:.0} MiB before, {:.0} after a tenth of the rows, {most:.0} at most",
        bytes as f64 / MIB,
        settled.unwrap_or(before)
    );
    Ok(vec![
        Figure::new(
            "csv_memory_growth",
            "MiB",
            [most - settled.unwrap_or(before)],
            Some(Line::AtMost(GROWTH_MOST)),
            how,
        ),
        Figure::holds("csv_is_whole", whole, "a line for each session, and the head"),
        Figure::new("csv_rows", "a second", [lines as f64 / seconds], None, "while it is streamed"),
    ])
}
