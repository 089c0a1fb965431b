//! Packages for Linux: a Debian package of each program, and an archive of each app for other systems.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result};

use super::deb::{About, Deb};
use super::programs::Programs;
use crate::checkout::Checkout;
use crate::command::Tool;

/// An app with windows.
struct App {
    name: &'static str,
    /// In reverse order, as desktops want it.
    id: &'static str,
    /// Where its icons are.
    icons: &'static str,
    about: About,
}

const APPS: &[App] = &[
    App {
        name: "beside-client",
        id: "app.beside.client",
        icons: "apps/client/icons",
        about: About {
            section: "net",
            summary: "Remote help that you can watch and stop",
            description: "You type the six digits that you are told, you say what the other person may\n\
                          do, and you can stop at any time. A strip on top of your screen shows for as\n\
                          long as it lasts that somebody sees it, and who.",
        },
    },
    App {
        name: "beside-manager",
        id: "app.beside.manager",
        icons: "apps/manager/icons",
        about: About {
            section: "net",
            summary: "Helps people who ask for it on their own screens",
            description: "For operators of Beside: see and, if you are allowed to, control the screen of\n\
                          somebody who has asked you for help. What passes between the two machines is\n\
                          encrypted from end to end.",
        },
    },
];

const BROKER: About = About {
    section: "net",
    summary: "Introduces the apps of Beside to each other, and keeps the log",
    description: "Issues codes, signs operators in, relays what two machines can't send each other\n\
                  directly, keeps a log that can't be changed unseen, and serves the console in\n\
                  which supervisors see what happened. It can't read what it relays.\n\n\
                  It starts when it is configured: see /usr/share/doc/beside-broker.",
};

/// Icons of an app, and how large they are.
const ICONS: &[(&str, &str)] = &[("32x32.png", "32x32"), ("128x128.png", "128x128"), ("128x128@2x.png", "256x256")];

/// What every package carries.
pub(super) struct Papers {
    /// The licence texts of everything inside.
    pub(super) notices: String,
}

/// Writes all packages of this version into a folder.
pub(super) fn packages(
    checkout: &Checkout,
    programs: &Programs,
    papers: &Papers,
    version: &str,
    into: &Path,
) -> Result<()> {
    let work = checkout.fresh_output("package-work")?;
    for (app, program) in APPS.iter().zip([&programs.client, &programs.manager]) {
        app.deb(checkout, program, papers, version, &work)?
            .finish(&app.about, &into.join(format!("{}-{version}.deb", app.name)))?;
        app.archive(checkout, program, papers, version, &work, into)?;
    }
    broker(checkout, &programs.broker, papers, version, &work)?
        .finish(&BROKER, &into.join(format!("beside-broker-{version}.deb")))
}

impl App {
    fn deb(&self, checkout: &Checkout, program: &Path, papers: &Papers, version: &str, work: &Path) -> Result<Deb> {
        let Self { name, id, .. } = self;
        let mut deb = Deb::begin(name, version, work.join(name))?;
        // In a folder of its own: the app looks for the organisation's file beside itself.
        deb.program(program, &format!("usr/lib/{name}/{name}"))?;
        deb.link(&format!("usr/bin/{name}"), &format!("../lib/{name}/{name}"))?;
        deb.link(&format!("usr/lib/{name}/org.json"), "/etc/beside/org.json")?;
        deb.text(&format!("usr/share/applications/{id}.desktop"), read(checkout, &desktop(id))?)?;
        deb.text(&format!("usr/share/metainfo/{id}.metainfo.xml"), read(checkout, &metainfo(id))?)?;
        for (file, size) in ICONS {
            let icon = picture(checkout, &format!("{}/{file}", self.icons))?;
            deb.text(&format!("usr/share/icons/hicolor/{size}/apps/{id}.png"), icon)?;
        }
        papers.put(&deb, checkout, name)?;
        Ok(deb)
    }

    /// The app in one folder, for systems without Debian packages.
    fn archive(
        &self,
        checkout: &Checkout,
        program: &Path,
        papers: &Papers,
        version: &str,
        work: &Path,
        into: &Path,
    ) -> Result<()> {
        let Self { name, id, .. } = self;
        let folder = format!("{name}-{version}");
        let to = work.join("archives").join(&folder);
        fs::create_dir_all(&to).with_context(|| format!("making {}", to.display()))?;
        fs::copy(program, to.join(name)).with_context(|| format!("copying {}", program.display()))?;
        fs::write(to.join(format!("{id}.desktop")), read(checkout, &desktop(id))?)?;
        fs::write(to.join(format!("{id}.png")), picture(checkout, &format!("{}/128x128@2x.png", self.icons))?)?;
        fs::write(to.join("LICENSES.txt"), papers.text(checkout)?)?;
        let archive = into.join(format!("{folder}-linux-x86_64.tar.xz"));
        let same = ["--sort=name", "--owner=0", "--group=0", "--numeric-owner", "--mtime=@0", "--xz", "--create"];
        Tool::new("tar")
            .folder(&work.join("archives"))
            .args(same)
            .args(["--file".as_ref(), archive.as_os_str(), folder.as_ref()])
            .output()
            .map(drop)
    }
}

fn broker(checkout: &Checkout, program: &Path, papers: &Papers, version: &str, work: &Path) -> Result<Deb> {
    let name = "beside-broker";
    let mut deb = Deb::begin(name, version, work.join(name))?;
    deb.program(program, "usr/bin/beside-broker")?;
    deb.text(
        "usr/lib/systemd/system/beside-broker.service",
        read(checkout, "installers/broker/beside-broker.service")?,
    )?;
    for file in ["beside-broker.example.toml", "beside-witness.example.toml", "alerts.rules.yml"] {
        deb.text(&format!("usr/share/doc/{name}/examples/{file}"), read(checkout, &format!("broker/{file}"))?)?;
    }
    deb.text(&format!("usr/share/doc/{name}/operations.md"), read(checkout, "docs/operations.md")?)?;
    for script in ["postinst", "prerm", "postrm"] {
        deb.script(script, &read(checkout, &format!("installers/broker/{script}"))?)?;
    }
    papers.put(&deb, checkout, name)?;
    Ok(deb)
}

impl Papers {
    fn put(&self, deb: &Deb, checkout: &Checkout, name: &str) -> Result<()> {
        deb.text(&format!("usr/share/doc/{name}/copyright"), self.text(checkout)?)
    }

    /// Our own licences, then those of others.
    pub(super) fn text(&self, checkout: &Checkout) -> Result<String> {
        let [apache, mit] = ["LICENSE-APACHE", "LICENSE-MIT"].map(|file| read(checkout, file));
        Ok(format!(
            "Beside is under either of these two licences, as you like.\n\n{}\n\n{}\n\n{}",
            apache?, mit?, self.notices
        ))
    }
}

fn desktop(id: &str) -> String {
    format!("installers/linux/{id}.desktop")
}

fn metainfo(id: &str) -> String {
    format!("installers/linux/{id}.metainfo.xml")
}

fn read(checkout: &Checkout, path: &str) -> Result<String> {
    fs::read_to_string(checkout.root().join(path)).with_context(|| format!("reading {path}"))
}

fn picture(checkout: &Checkout, path: &str) -> Result<Vec<u8>> {
    fs::read(checkout.root().join(path)).with_context(|| format!("reading {path}"))
}
