//! The language of the screens: chosen by the user, else the system's.

use serde::{Deserialize, Serialize};

use crate::folder::DataFolder;

const FILE: &str = "settings.json";
const SPOKEN: [&str; 3] = ["ko", "ja", "en"];

#[derive(Serialize, Deserialize)]
struct Settings {
    language: String,
}

/// Remembers the choice.
#[derive(Debug)]
pub struct Language(DataFolder);

impl Language {
    /// The choice kept in this folder.
    #[must_use]
    pub const fn open(data: DataFolder) -> Self {
        Self(data)
    }

    /// `ko`, `ja` or `en`.
    #[must_use]
    pub fn get(&self) -> String {
        let chosen = self.0.load::<Settings>(FILE).ok().flatten().map(|settings| settings.language);
        let system = sys_locale::get_locale().map(|locale| locale.chars().take(2).collect::<String>());
        chosen
            .into_iter()
            .chain(system)
            .find(|language| SPOKEN.contains(&language.as_str()))
            .unwrap_or_else(|| "en".to_owned())
    }

    /// Remembers a choice; one that is not spoken here is ignored.
    pub fn set(&self, language: String) {
        if SPOKEN.contains(&language.as_str()) {
            // The page has switched already; a folder that can't be written only forgets it.
            let _ = self.0.save(FILE, &Settings { language });
        }
    }
}
