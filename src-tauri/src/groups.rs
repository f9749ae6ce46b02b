//! Saving groups to a file that the person chooses.

use rollcall_desk::{Engine, write_atomically};
use rollcall_wire::Failure;
use tauri::{AppHandle, Runtime};
use tauri_plugin_dialog::DialogExt as _;
use tokio::sync::oneshot;

use crate::words::Words;

/// How such a file's name ends.
const ENDING: &str = "rollcall-group.json";

/// Asks where to save these groups (all when none is named) and saves them; gives the file's name, or nothing when the
/// person wants none.
pub(crate) async fn save<R: Runtime>(
    app: &AppHandle<R>,
    engine: &Engine,
    ids: &[String],
) -> Result<Option<String>, Failure> {
    let content = engine.groups_file(ids)?;
    let lists = engine.lists();
    let only = ids.first().filter(|_| ids.len() == 1);
    let group = lists.groups.iter().find(|group| Some(&group.id) == only);
    let words = Words::of(engine.settings().language);
    let name = group.map_or_else(|| words.say("lists_groups").to_owned(), |group| group.name.clone());
    let (chosen, choice) = oneshot::channel();
    let dialog = app.dialog().file().set_file_name(file_name(&name)).add_filter("JSON", &["json"]);
    // Whoever asked is gone when nobody hears the answer.
    dialog.save_file(move |path| drop(chosen.send(path)));
    let Some(path) = choice.await.ok().flatten().and_then(|path| path.into_path().ok()) else {
        return Ok(None);
    };
    let shown = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    write_atomically(&path, content.as_bytes()).map_err(|error| {
        tracing::warn!(kind = %error.kind(), "the groups could not be saved");
        Failure::FileUnwritable
    })?;
    Ok(Some(shown))
}

/// A name that every file system takes.
fn file_name(name: &str) -> String {
    let plain: String = name
        .chars()
        .map(|c| if c.is_alphanumeric() || matches!(c, ' ' | '-' | '_') { c } else { '-' })
        .collect();
    format!("{}.{ENDING}", plain.trim())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_groups_name_becomes_the_name_of_a_file() {
        assert_eq!(file_name("Zażółć 24/7 free"), "Zażółć 24-7 free.rollcall-group.json");
        assert_eq!(file_name("../etc"), "---etc.rollcall-group.json");
    }
}
