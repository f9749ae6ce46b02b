//! What an import changes, found before anything is written.

use std::collections::HashMap;

use rollcall_model::Expertise;

use crate::{
    ledger::LedgerError,
    lore::{Imported, Patch},
};

/// An address with what is told of it from now on, as JSON; nothing when it is taken back.
pub(super) type Row = (String, Option<String>);

/// The rows that are to be written, and how many there are of each kind. `kept` are the rows that have a body.
pub(super) fn merged(
    kept: Vec<(String, String)>,
    patches: &[Patch],
    anew: bool,
) -> Result<(Vec<Row>, Imported), LedgerError> {
    let mut kept: HashMap<String, String> = kept.into_iter().collect();
    let (mut rows, mut imported) = (Vec::new(), Imported::default());
    for patch in patches {
        let known = kept.remove(&patch.email);
        let before = match &known {
            Some(body) if !anew => serde_json::from_str(body).map_err(LedgerError::Encoding)?,
            _ => Expertise::NOTHING,
        };
        let next = patch.onto(&before);
        let next = (!next.is_empty()).then(|| serde_json::to_string(&next)).transpose();
        let next = next.map_err(LedgerError::Encoding)?;
        match (&known, &next) {
            (known, next) if known == next => imported.unchanged += 1,
            (_, Some(_)) => imported.changed += 1,
            (_, None) => imported.removed += 1,
        }
        if known != next {
            rows.push((patch.email.clone(), next));
        }
    }
    if anew {
        imported.removed += kept.len() as u64;
        rows.extend(kept.into_keys().map(|email| (email, None)));
    }
    Ok((rows, imported))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn noted(note: &str) -> Expertise {
        Expertise { note: note.into(), ..Expertise::default() }
    }

    fn row(email: &str, note: &str) -> (String, String) {
        (email.to_owned(), serde_json::to_string(&noted(note)).unwrap())
    }

    #[test]
    fn only_what_is_told_otherwise_is_written() {
        let kept = || vec![row("a", "same"), row("b", "old"), row("c", "gone"), row("d", "not named")];
        let patches = [("a", "same"), ("b", "new"), ("c", ""), ("e", "first"), ("f", "")]
            .map(|(email, note)| Patch::whole(email, noted(note)));

        let (rows, imported) = merged(kept(), &patches, false).unwrap();
        let (anew, all) = merged(kept(), &patches, true).unwrap();

        let mut emails: Vec<&str> = rows.iter().map(|(email, _)| email.as_str()).collect();
        emails.sort_unstable();
        assert_eq!(emails, ["b", "c", "e"]);
        assert_eq!(imported, Imported { changed: 2, unchanged: 2, removed: 1 });
        assert_eq!((anew.len(), all), (4, Imported { changed: 2, unchanged: 2, removed: 2 }));
    }
}
