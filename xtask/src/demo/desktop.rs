//! One person's desktop: an X server of its own, a window manager, and what is to be seen on it.

use std::fs;
use std::io::{BufRead as _, BufReader};
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use anyhow::{Context, Result};

use super::display::Display;
use super::processes::{Environment, Processes};
use super::wait;

const START: Duration = Duration::from_secs(20);
/// What GTK is told: a cursor that blinks, or a menu that glides, never lets a screen be still.
const GTK_SETTINGS: &str = "[Settings]\ngtk-cursor-blink=false\ngtk-enable-animations=false\n";

/// What the editor is told: no path in its title, which would be another one on every machine.
const EDITOR_SETTINGS: &str = "[org/xfce/mousepad/preferences/window]\npath-in-title=false\n";
/// The file that is open in the editor.
const LETTER: &str = "letter.txt";

/// Where the X server draws.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Server {
    /// In memory.
    Virtual,
    /// In a window of the display that the person who started the demo sits at.
    Nested,
    /// No server of its own: that very display.
    Present,
}

/// A desktop that runs.
pub(crate) struct Desktop {
    name: &'static str,
    environment: Environment,
    data: PathBuf,
    display: Display,
}

impl Desktop {
    /// Starts the X server with a screen of `size` pixels and, unless it is the present one, a window manager.
    ///
    /// The folders of the XDG base directory specification are `folder`'s own, so that nothing is taken from, or left
    /// in, the home of the person who started the demo; `runtime` is short enough for the paths of sockets.
    pub(crate) fn start(
        processes: &mut Processes,
        name: &'static str,
        server: Server,
        size: (u16, u16),
        folder: &Path,
        runtime: &Path,
    ) -> Result<Self> {
        let number = match server {
            Server::Virtual => {
                let screen = format!("{}x{}x24", size.0, size.1);
                let mut command = Command::new("Xvfb");
                command.args(["-displayfd", "1", "-screen", "0", &screen, "-nolisten", "tcp", "-noreset", "-s", "0"]);
                Some(start_server(processes, name, command)?)
            }
            Server::Nested => {
                let screen = format!("{}x{}", size.0, size.1);
                let mut command = Command::new("Xephyr");
                let title = format!("Beside demo: the {name}'s desktop");
                command.args([
                    "-displayfd",
                    "1",
                    "-screen",
                    &screen,
                    "-title",
                    &title,
                    "-nolisten",
                    "tcp",
                    "-noreset",
                    "-s",
                    "0",
                ]);
                command.arg("-resizeable");
                Some(start_server(processes, name, command)?)
            }
            Server::Present => None,
        };
        let present = || std::env::var("DISPLAY").context("there is no display here");
        let address = number.map_or_else(present, |number| Ok(format!(":{number}")))?;
        let mut environment = environment(&address, folder, runtime)?;
        if server == Server::Present {
            environment.extend(permission());
        }
        let desktop = Self { name, environment, data: folder.join("data"), display: Display::open(&address)? };
        if server != Server::Present {
            desktop.run(processes, "openbox", &["--sm-disable"])?;
            wait::until("the window manager", START, || Ok(desktop.display.managed()?.then_some(())))?;
        }
        Ok(desktop)
    }

    /// Hangs a wallpaper, opens an editor with an empty file and a terminal: something to look at and to work with.
    pub(crate) fn furnish(&self, processes: &mut Processes) -> Result<()> {
        self.display.hang_wallpaper()?;
        let letter = self.data.join(LETTER);
        fs::write(&letter, "").context("writing the letter")?;
        let letter = letter.to_string_lossy().into_owned();
        self.run(processes, "mousepad", &["--disable-server", &letter])?;
        let greeting = "printf 'Quarterly figures\\n\\n'; seq -w 100 7 380 | column -c 60; exec sh";
        let look = ["-fa", "monospace", "-fs", "11", "-geometry", "64x18+1100+640"];
        self.run(processes, "xterm", &[&look[..], &["-e", "sh", "-c", greeting]].concat())?;
        for class in ["mousepad", "xterm"] {
            wait::until(class, START, || Ok(self.display.window_of(class)?.map(|_| ())))?;
        }
        self.display.place("mousepad", (60, 200), (900, 560))
    }

    /// What was saved with the editor.
    pub(crate) fn letter(&self) -> Result<String> {
        fs::read_to_string(self.data.join(LETTER)).context("reading the letter")
    }

    /// The person types into the editor.
    pub(crate) fn write_letter(&self, text: &str) -> Result<()> {
        let editor = self.display.window_of("mousepad")?.context("the editor has gone")?;
        let (x, y) = editor.area.middle();
        self.display.hand().click(x, y)?;
        self.display.hand().write(text)
    }

    /// Starts a program on this desktop, with a session bus of its own.
    pub(crate) fn run(&self, processes: &mut Processes, program: &str, arguments: &[&str]) -> Result<u32> {
        let mut command = Command::new("dbus-run-session");
        command.arg("--").arg(program).args(arguments);
        let name = Path::new(program).file_name().map_or(program.into(), |name| name.to_string_lossy());
        processes.start(&format!("{}-{name}", self.name), &mut command, &self.environment)
    }

    /// Adds a variable for everything that is started from now on.
    pub(crate) fn set(&mut self, name: &'static str, value: impl Into<std::ffi::OsString>) {
        self.environment.push((name, value.into()));
    }

    /// Whose it is.
    pub(crate) const fn name(&self) -> &'static str {
        self.name
    }

    /// `XDG_DATA_HOME`.
    pub(crate) fn data(&self) -> &Path {
        &self.data
    }

    /// The screen.
    pub(crate) const fn display(&self) -> &Display {
        &self.display
    }
}

/// Starts an X server that picks its number itself and says it on its standard output.
fn start_server(processes: &mut Processes, name: &str, mut command: Command) -> Result<u32> {
    let (_, output) = processes.start_piped(&format!("{name}-display"), &mut command, &Environment::new())?;
    let mut line = String::new();
    BufReader::new(output).read_line(&mut line)?;
    let log = processes.log(&format!("{name}-display"));
    line.trim().parse().with_context(|| format!("the X server did not start: {}", log.display()))
}

/// What opens the present display to programs whose home is another one.
fn permission() -> Option<(&'static str, std::ffi::OsString)> {
    let named = std::env::var_os("XAUTHORITY");
    let usual = || std::env::home_dir().map(|home| home.join(".Xauthority").into_os_string());
    named.or_else(usual).map(|path| ("XAUTHORITY", path))
}

fn environment(address: &str, folder: &Path, runtime: &Path) -> Result<Environment> {
    let mut environment: Environment = vec![
        ("DISPLAY", address.into()),
        ("HOME", folder.into()),
        ("XDG_RUNTIME_DIR", runtime.into()),
        ("GDK_BACKEND", "x11".into()),
        ("GSETTINGS_BACKEND", "keyfile".into()),
        ("LANG", "C.UTF-8".into()),
        ("LC_ALL", "C.UTF-8".into()),
        // There is no graphics card to be relied on.
        ("LIBGL_ALWAYS_SOFTWARE", "1".into()),
        ("WEBKIT_DISABLE_DMABUF_RENDERER", "1".into()),
    ];
    for (variable, name) in [("XDG_DATA_HOME", "data"), ("XDG_CONFIG_HOME", "config"), ("XDG_CACHE_HOME", "cache")] {
        let path = folder.join(name);
        fs::create_dir_all(&path).with_context(|| format!("making {}", path.display()))?;
        environment.push((variable, path.into()));
    }
    write_setting(&folder.join("config/gtk-3.0/settings.ini"), GTK_SETTINGS)?;
    write_setting(&folder.join("config/glib-2.0/settings/keyfile"), EDITOR_SETTINGS)?;
    fs::create_dir_all(runtime).with_context(|| format!("making {}", runtime.display()))?;
    fs::set_permissions(runtime, fs::Permissions::from_mode(0o700))?;
    Ok(environment)
}

fn write_setting(path: &Path, text: &str) -> Result<()> {
    let folder = path.parent().context("a file lies in a folder")?;
    fs::create_dir_all(folder).with_context(|| format!("making {}", folder.display()))?;
    fs::write(path, text).with_context(|| format!("writing {}", path.display()))
}
