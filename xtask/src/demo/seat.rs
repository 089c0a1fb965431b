//! A person at a desktop with one of the apps: looks at the windows, points, clicks and types.

use std::net::{Ipv4Addr, TcpListener};
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context, Result};
use serde_json::Value;

use super::desktop::Desktop;
use super::display::Window;
use super::picture::Area;
use super::processes::Processes;
use super::wait;
use super::webdriver::{Seen, WebDriver};
use crate::clock;

/// How long an app may take to answer a person.
pub(crate) const SOON: Duration = Duration::from_secs(10);

/// A person's seat.
pub(crate) struct Seat {
    desktop: Desktop,
    driver: WebDriver,
    app: PathBuf,
    class: &'static str,
}

impl Seat {
    /// Starts a driver for the app, whose windows have a class with `class` in it, but not the app yet.
    pub(crate) fn take(
        processes: &mut Processes,
        mut desktop: Desktop,
        app: PathBuf,
        class: &'static str,
    ) -> Result<Self> {
        desktop.set("TAURI_WEBVIEW_AUTOMATION", "true");
        let port = free_port()?.to_string();
        desktop.run(processes, "WebKitWebDriver", &[&format!("--port={port}")])?;
        let driver = WebDriver::at(format!("127.0.0.1:{port}"));
        wait::until("the web driver", SOON, || Ok(driver.answers().then_some(())))?;
        Ok(Self { desktop, driver, app, class })
    }

    /// The desktop that this person sits at.
    pub(crate) const fn desktop(&self) -> &Desktop {
        &self.desktop
    }

    /// Double-clicks the app.
    pub(crate) fn open(&mut self) -> Result<()> {
        self.driver.open(&self.app).with_context(|| format!("opening the app of the {}", self.desktop.name()))
    }

    /// Ends the app that [`open`](Self::open) started.
    pub(crate) fn leave(&mut self) -> Result<()> {
        self.driver.close()
    }

    /// Ends the app and waits until no window of it is left.
    pub(crate) fn close(&mut self) -> Result<()> {
        self.leave()?;
        let (display, class) = (self.desktop.display(), self.class);
        wait::until("the app's windows to close", SOON, || Ok(display.window_of(class)?.is_none().then_some(())))
    }

    /// The app's windows, lowest first.
    pub(crate) fn windows(&self) -> Result<Vec<Window>> {
        let windows = self.desktop.display().windows()?;
        Ok(windows.into_iter().filter(|window| window.class.contains(self.class)).collect())
    }

    /// The app's executable.
    pub(crate) fn app(&self) -> &Path {
        &self.app
    }

    /// Everything that the app draws on the screen.
    pub(crate) fn own_areas(&self) -> Result<Vec<Area>> {
        let mut areas = self.desktop.display().drawn_by(&self.app)?;
        areas.extend(self.windows()?.into_iter().map(|window| window.framed));
        Ok(areas)
    }

    /// Waits until the part with this test id is there.
    pub(crate) fn see(&self, part: &str) -> Result<Seen> {
        self.see_that(part, "is there", SOON, |_| true)
    }

    /// Waits until the part is there and `holds` says yes to it; `words` say what is waited for.
    pub(crate) fn see_that(
        &self,
        part: &str,
        words: &str,
        limit: Duration,
        holds: impl Fn(&Seen) -> bool,
    ) -> Result<Seen> {
        let what = format!("{}: that `{part}` {words}", self.desktop.name());
        wait::until(&what, limit, || Ok(self.driver.look(&selector(part))?.filter(&holds)))
    }

    /// Waits until the part is no longer there.
    pub(crate) fn see_gone(&self, part: &str) -> Result<()> {
        let what = format!("{}: that `{part}` goes away", self.desktop.name());
        wait::until(&what, SOON, || Ok((!self.sees(part)?).then_some(())))
    }

    /// Whether the part is there now.
    pub(crate) fn sees(&self, part: &str) -> Result<bool> {
        Ok(self.driver.look(&selector(part))?.is_some())
    }

    /// Clicks on the middle of the part, once it can be clicked and stays where it is.
    pub(crate) fn click(&self, part: &str) -> Result<()> {
        self.click_at_last(part).map(|_| ())
    }

    /// Likewise; returns when the finger went down, in microseconds since 1970.
    pub(crate) fn click_at_last(&self, part: &str) -> Result<u64> {
        let (x, y) = self.find(part)?;
        let now = clock::unix_micros();
        self.desktop.display().hand().click(x, y)?;
        Ok(now)
    }

    /// Clicks into the part and types.
    pub(crate) fn write(&self, part: &str, text: &str) -> Result<()> {
        self.click(part)?;
        self.desktop.display().hand().write(text)
    }

    /// Replaces what stands in a field.
    pub(crate) fn retype(&self, part: &str, text: &str) -> Result<()> {
        self.click(part)?;
        let display = self.desktop.display();
        display.hand().press("ctrl+a")?;
        display.hand().write(text)
    }

    /// Replaces what stands in a field and waits until it holds that.
    pub(crate) fn fill(&self, part: &str, text: &str) -> Result<()> {
        self.retype(part, text)?;
        self.see_that(part, "holds what was typed", SOON, |seen| seen.value == text).map(|_| ())
    }

    /// Where on the screen a point of the part is; `across` and `down` are fractions of its width and height.
    pub(crate) fn spot(&self, part: &str, across: f64, down: f64) -> Result<(i32, i32)> {
        let mut seen = self.see(part)?;
        (seen.x, seen.y) = (seen.left + seen.width * across, seen.top + seen.height * down);
        self.on_screen(&seen)?.with_context(|| format!("`{part}` is in no window"))
    }

    /// What the app shows, for whoever looks for the reason of a failure.
    pub(crate) fn parts(&self) -> String {
        match self.driver.parts() {
            Ok(parts) => parts.join(" "),
            Err(error) => format!("nothing that could be read: {error:#}"),
        }
    }

    /// Calls an automation command of the app's shell.
    pub(crate) fn invoke(&self, command: &str, arguments: &Value) -> Result<Value> {
        self.driver.invoke(command, arguments)
    }

    /// Where on the screen the middle of the part is, once it can be clicked and two looks agree.
    fn find(&self, part: &str) -> Result<(i32, i32)> {
        let mut before = None;
        let what = format!("{}: that `{part}` can be clicked", self.desktop.name());
        wait::until(&what, SOON, || {
            let now = match self.driver.look(&selector(part))? {
                Some(seen) if seen.ready => self.on_screen(&seen)?,
                Some(_) | None => None,
            };
            let steady = now.filter(|_| now == before);
            before = now;
            Ok(steady)
        })
    }

    /// The page's window is the one as wide as it; the page fills its lower part. None while it is being resized.
    fn on_screen(&self, seen: &Seen) -> Result<Option<(i32, i32)>> {
        let (width, height) = seen.page;
        let holds_page = |window: &Window| window.area.width == width && window.area.height >= height;
        #[expect(clippy::cast_possible_truncation, reason = "coordinates of a screen")]
        let (x, y) = (seen.x.round() as i32, seen.y.round() as i32);
        Ok(self.windows()?.into_iter().rev().find(holds_page).map(|window| {
            let head = (window.area.height - height).cast_signed();
            (window.area.x + x, window.area.y + head + y)
        }))
    }
}

fn selector(part: &str) -> String {
    format!("[data-testid=\"{part}\"]")
}

/// A port of the loopback interface that nobody listens on.
pub(crate) fn free_port() -> Result<u16> {
    Ok(TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()?.port())
}
