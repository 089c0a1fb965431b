//! A client of the W3C's WebDriver protocol, as much of it as the story needs, for WebKitWebDriver.
//!
//! It only looks: where something is and what it says. Clicking and typing are done by a [`Hand`](super::hand::Hand).

use std::path::Path;
use std::time::Duration;

use anyhow::{Context, Result, bail};
use serde::Deserialize;
use serde_json::{Value, json};
use ureq::Agent;

/// Longest wait for one answer; the driver starts the app within its first one.
const LIMIT: Duration = Duration::from_secs(60);

/// Finds one element and says everything about it that the story asks for.
const LOOK: &str = r"
    const element = document.querySelector(arguments[0]);
    if (!element) return null;
    const box = element.getBoundingClientRect();
    const x = box.x + box.width / 2, y = box.y + box.height / 2;
    const top = document.elementFromPoint(x, y);
    return {
        x: x * devicePixelRatio, y: y * devicePixelRatio,
        left: box.x * devicePixelRatio, top: box.y * devicePixelRatio,
        width: box.width * devicePixelRatio, height: box.height * devicePixelRatio,
        page: [Math.round(innerWidth * devicePixelRatio), Math.round(innerHeight * devicePixelRatio)],
        text: (element.innerText ?? '').trim(), value: String(element.value ?? ''),
        ready: !element.matches(':disabled, [aria-disabled=true]') && top !== null
            && (element.contains(top) || top.contains(element)),
        data: { ...element.dataset },
    };
";

/// A driver process and, while an app runs, its session.
pub(crate) struct WebDriver {
    agent: Agent,
    address: String,
    session: Option<String>,
}

/// An element as it is at this moment; lengths in pixels of the screen, from the page's corner.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct Seen {
    /// The middle.
    pub(crate) x: f64,
    /// The middle.
    pub(crate) y: f64,
    /// The upper left corner.
    pub(crate) left: f64,
    /// The upper left corner.
    pub(crate) top: f64,
    pub(crate) width: f64,
    pub(crate) height: f64,
    /// Width and height of the whole page.
    pub(crate) page: (u32, u32),
    pub(crate) text: String,
    pub(crate) value: String,
    /// It can be clicked: not disabled, and nothing lies over its middle.
    pub(crate) ready: bool,
    data: serde_json::Map<String, Value>,
}

impl Seen {
    /// The attribute `data-…` with this name.
    pub(crate) fn data(&self, name: &str) -> Option<&str> {
        self.data.get(name).and_then(Value::as_str)
    }
}

#[derive(Deserialize)]
struct Refusal {
    error: String,
    message: String,
}

impl WebDriver {
    /// The driver at this address, `host:port`.
    pub(crate) fn at(address: String) -> Self {
        let config = Agent::config_builder().http_status_as_error(false).timeout_global(Some(LIMIT)).build();
        Self { agent: config.new_agent(), address, session: None }
    }

    /// Whether the driver answers.
    pub(crate) fn answers(&self) -> bool {
        self.agent.get(format!("http://{}/status", self.address)).call().is_ok()
    }

    /// Starts the app.
    pub(crate) fn open(&mut self, binary: &Path) -> Result<()> {
        let capabilities = json!({ "webkitgtk:browserOptions": { "binary": binary, "args": [] } });
        let answer = self.post("session", &json!({ "capabilities": { "alwaysMatch": capabilities } }))?;
        let id = answer["sessionId"].as_str().context("the driver named no session")?;
        self.session = Some(id.to_owned());
        Ok(())
    }

    /// Ends the app.
    pub(crate) fn close(&mut self) -> Result<()> {
        if let Some(session) = self.session.take() {
            let answer = self.agent.delete(format!("http://{}/session/{session}", self.address)).call()?;
            unpack(answer)?;
        }
        Ok(())
    }

    /// Looks for `selector` (CSS) in every window of the app.
    pub(crate) fn look(&self, selector: &str) -> Result<Option<Seen>> {
        for window in self.windows()? {
            // A window may have closed since it was listed.
            if self.enter(&window).is_err() {
                continue;
            }
            let seen = self.run("sync", LOOK, &json!([selector]))?;
            if !seen.is_null() {
                return Ok(Some(serde_json::from_value(seen)?));
            }
        }
        Ok(None)
    }

    /// Every named part that every window of the app shows now, with its attributes, in the page's order.
    pub(crate) fn parts(&self) -> Result<Vec<String>> {
        const PARTS: &str = "
            const parts = [...document.querySelectorAll('[data-testid]')].filter(part => part.getClientRects().length > 0);
            return parts.map(part => JSON.stringify({ ...part.dataset }));
        ";
        let mut parts = Vec::new();
        for window in self.windows()? {
            if self.enter(&window).is_ok() {
                parts.extend(serde_json::from_value::<Vec<String>>(self.run("sync", PARTS, &json!([]))?)?);
            }
        }
        Ok(parts)
    }

    /// Calls a command of the app's shell from the first window and returns its answer.
    pub(crate) fn invoke(&self, command: &str, arguments: &Value) -> Result<Value> {
        const CALL: &str = "
            const done = arguments[2];
            window.__TAURI_INTERNALS__.invoke(arguments[0], arguments[1]).then(
                answer => done({ answer }), error => done({ error: String(error) }));
        ";
        let window = self.windows()?.into_iter().next().context("the app has no window")?;
        self.enter(&window)?;
        let outcome = self.run("async", CALL, &json!([command, arguments]))?;
        match outcome.get("error") {
            Some(error) => bail!("the app refused {command}: {error}"),
            None => Ok(outcome["answer"].clone()),
        }
    }

    fn windows(&self) -> Result<Vec<String>> {
        let answer = self.agent.get(self.path("window/handles")?).call()?;
        Ok(serde_json::from_value(unpack(answer)?)?)
    }

    fn enter(&self, window: &str) -> Result<()> {
        self.send(&self.path("window")?, &json!({ "handle": window })).map(|_| ())
    }

    fn run(&self, kind: &str, script: &str, arguments: &Value) -> Result<Value> {
        self.send(&self.path(&format!("execute/{kind}"))?, &json!({ "script": script, "args": arguments }))
    }

    fn path(&self, tail: &str) -> Result<String> {
        let session = self.session.as_ref().context("the app has not been started")?;
        Ok(format!("http://{}/session/{session}/{tail}", self.address))
    }

    fn post(&self, path: &str, body: &Value) -> Result<Value> {
        self.send(&format!("http://{}/{path}", self.address), body)
    }

    fn send(&self, url: &str, body: &Value) -> Result<Value> {
        unpack(self.agent.post(url).content_type("application/json").send(body.to_string())?)
    }
}

/// The value of an answer, or the error that it is.
fn unpack(mut answer: ureq::http::Response<ureq::Body>) -> Result<Value> {
    let good = answer.status().is_success();
    let mut body: Value = serde_json::from_str(&answer.body_mut().read_to_string()?)?;
    let value = body["value"].take();
    if good {
        return Ok(value);
    }
    let refusal: Refusal = serde_json::from_value(value)?;
    bail!("the driver says: {}: {}", refusal.error, refusal.message);
}
