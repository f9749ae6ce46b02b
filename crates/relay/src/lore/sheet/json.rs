//! A list of objects, or an object a line.

use rollcall_model::Part;
use serde_json::{Map, Value};

use super::{
    Sheet,
    columns::Column,
    gather::Gathering,
    line::{Draft, items, skill},
    misfit::{Misfit, Remark, Why},
};

pub(super) fn read(bytes: &[u8]) -> Sheet {
    let is_list = bytes.iter().find(|byte| !byte.is_ascii_whitespace()) == Some(&b'[');
    let mut gathering = Gathering::new(false);
    if is_list {
        list(bytes, &mut gathering);
    } else {
        lines(bytes, &mut gathering);
    }
    gathering.finish()
}

fn list(bytes: &[u8], gathering: &mut Gathering) {
    let Ok(text) = std::str::from_utf8(bytes) else {
        let line = bytes.utf8_chunks().next().map_or(1, |chunk| 1 + line_ends(chunk.valid()));
        return gathering.misfit(Misfit::at(line, Why::NotUtf8));
    };
    let mut list = List { rest: text.trim_start().trim_start_matches('['), line: 1 };
    list.line += line_ends(&text[..text.len() - list.rest.len()]);
    loop {
        match list.next() {
            Ok(Some((line, value))) => take(line, &value, gathering),
            Ok(None) => return,
            Err(misfit) => return gathering.misfit(misfit),
        }
    }
}

/// What is left of a list, and the line at which it begins.
struct List<'f> {
    rest: &'f str,
    line: u64,
}

impl List<'_> {
    /// The next value with the line at which it begins; nothing after the last.
    fn next(&mut self) -> Result<Option<(u64, Value)>, Misfit> {
        self.skip(self.rest.len() - self.rest.trim_start().len());
        if self.rest.starts_with(']') {
            return Ok(None);
        }
        let line = self.line;
        let mut values = serde_json::Deserializer::from_str(self.rest).into_iter::<Value>();
        let value = match values.next() {
            Some(Ok(value)) => value,
            Some(Err(error)) => return Err(bad_json(line + error.line() as u64 - 1, &error)),
            None => return Err(Misfit::at(line, Why::BadJson("the list does not end".to_owned()))),
        };
        let read = values.byte_offset();
        self.skip(read);
        self.skip(self.rest.len() - self.rest.trim_start().len());
        match self.rest.as_bytes().first() {
            Some(b',') => self.skip(1),
            Some(b']') => {}
            _ => return Err(Misfit::at(self.line, Why::BadJson("a comma or ] is missing".to_owned()))),
        }
        Ok(Some((line, value)))
    }

    fn skip(&mut self, bytes: usize) {
        let (read, rest) = self.rest.split_at(bytes);
        self.line += line_ends(read);
        self.rest = rest;
    }
}

/// The reason without the place, which is that within a part of the file.
fn bad_json(line: u64, error: &serde_json::Error) -> Misfit {
    let reason = error.to_string();
    let reason = reason.split(" at line ").next().unwrap_or_default().to_owned();
    Misfit::at(line, Why::BadJson(reason))
}

fn lines(bytes: &[u8], gathering: &mut Gathering) {
    for (number, line) in (1..).zip(bytes.split(|&byte| byte == b'\n')) {
        match std::str::from_utf8(line) {
            Ok(line) if line.trim().is_empty() => {}
            Ok(line) => match serde_json::from_str(line) {
                Ok(value) => take(number, &value, gathering),
                Err(error) => {
                    let misfit = bad_json(number, &error);
                    gathering.take(Err(vec![misfit]));
                }
            },
            Err(_) => gathering.take(Err(vec![Misfit::at(number, Why::NotUtf8)])),
        }
    }
}

fn line_ends(text: &str) -> u64 {
    text.bytes().filter(|&byte| byte == b'\n').count() as u64
}

fn take(line: u64, value: &Value, gathering: &mut Gathering) {
    if let Value::Object(fields) = value {
        let draft = told(line, fields, gathering);
        gathering.take(draft.finish());
    } else {
        gathering.take(Err(vec![Misfit::at(line, Why::BadType { wanted: "an object with fields" })]));
    }
}

fn told(line: u64, fields: &Map<String, Value>, gathering: &mut Gathering) -> Draft {
    let email = fields.iter().find(|(name, _)| Column::named(name) == Some(Column::Email));
    let mut draft = Draft::of(line, email.and_then(|(_, email)| email.as_str()).unwrap_or_default());
    let mut known = Vec::new();
    for (name, value) in fields {
        let Some(column) = Column::named(name) else {
            gathering.remark(Remark::UnknownColumn(super::text::shortened(name)));
            continue;
        };
        if known.contains(&column) {
            draft.refuse(column, name, Why::DoubleColumn);
            continue;
        }
        known.push(column);
        if let Err(wanted) = field(&mut draft, column, value) {
            draft.refuse(column, &value.to_string(), Why::BadType { wanted });
        }
    }
    draft
}

/// Takes one field; what it must be, when it is something else.
fn field(draft: &mut Draft, column: Column, value: &Value) -> Result<(), &'static str> {
    match column {
        Column::Email => value.as_str().map(drop).ok_or("a text")?,
        Column::Level => return Err("told with each skill: {\"name\": \"KYC\", \"level\": 3}"),
        Column::Of(Part::Skills) => draft.skills(skills(value)?, None),
        Column::Of(Part::Hours) => draft.hours(&texts(value)?.join("; ")),
        Column::Of(Part::Note) => match value {
            Value::Null => draft.note(""),
            value => draft.note(value.as_str().ok_or("a text")?),
        },
        Column::Of(part) => draft.names(part, texts(value)?),
    }
    Ok(())
}

/// A list of texts, or one text with separators in it.
fn texts(value: &Value) -> Result<Vec<String>, &'static str> {
    const WANTED: &str = "a text, or a list of texts";
    match value {
        Value::Null => Ok(Vec::new()),
        Value::String(text) => Ok(items(text)),
        Value::Array(values) => {
            values.iter().map(|value| value.as_str().map(str::to_owned).ok_or(WANTED)).collect()
        }
        _ => Err(WANTED),
    }
}

/// Skills as texts, or as objects with a name and a level; each with what was written for a level.
fn skills(value: &Value) -> Result<Vec<(String, Option<String>)>, &'static str> {
    const WANTED: &str = "a list of names, or of objects with name and level";
    let one = |value: &Value| match value {
        Value::String(text) => Ok(skill(text)),
        Value::Object(fields) => {
            let name = fields.get("name").and_then(Value::as_str).ok_or(WANTED)?;
            let level = match fields.get("level") {
                None | Some(Value::Null) => None,
                Some(Value::String(level)) => Some(level.clone()).filter(|level| !level.trim().is_empty()),
                Some(level) => Some(level.to_string()),
            };
            Ok((name.to_owned(), level))
        }
        _ => Err(WANTED),
    };
    match value {
        Value::Null => Ok(Vec::new()),
        Value::String(text) => Ok(items(text).iter().map(|text| skill(text)).collect()),
        Value::Array(values) => values.iter().map(one).collect(),
        _ => Err(WANTED),
    }
}

#[cfg(test)]
mod tests {
    use rollcall_model::{Level, Skill};

    use super::*;

    fn codes(sheet: &Sheet) -> Vec<(u64, &'static str)> {
        sheet.misfits.iter().map(|misfit| (misfit.line, misfit.why.code())).collect()
    }

    #[test]
    fn a_list_and_lines_tell_the_same() {
        let person = r#"{"Email":"Mia@example.org","skills":["VAT",{"name":"KYC","level":3}],"languages":"Polish; Welsh",
            "hours":["Mon-Fri 8-16","Sat 9-12"],"note":null,"former_names":["Mia Berg"],"cost":7}"#;
        let list = read(format!("[\n{person}\n]").as_bytes());
        let lines = read(person.replace('\n', " ").as_bytes());

        assert_eq!((codes(&list), codes(&lines)), (vec![], vec![]));
        assert_eq!(list.patches, lines.patches);
        assert_eq!((list.begins, lines.begins), (vec![2], vec![1]));
        let told = &lines.patches[0].told;
        let kyc = Skill { name: "KYC".into(), level: Level::try_from(3).ok() };
        assert_eq!(told.skills, [Skill::named("VAT"), kyc]);
        assert_eq!(told.hours.to_string(), "Mon-Fri 08:00-16:00; Sat 09:00-12:00");
        assert_eq!((told.languages.len(), told.former_names.len(), lines.remarks.len()), (2, 1, 1));
    }

    #[test]
    fn what_does_not_fit_is_told_with_its_line() {
        let list = "[\n {\"email\":\"a@example.org\",\"skills\":[{\"name\":\"KYC\",\"level\":7}]},\n\n {\"email\":5},\n 3]";
        let lines =
            b"{\"email\":\"a@example.org\"}\n{\"email\":\"a@example.org\"}\n{oops\n\n{\"skills\":{}}\n\xff\n";

        assert_eq!(
            codes(&read(list.as_bytes())),
            [(2, "bad_level"), (4, "no_email"), (4, "bad_type"), (5, "bad_type")]
        );
        assert_eq!(
            codes(&read(lines)),
            [(2, "double_email"), (3, "bad_json"), (5, "no_email"), (5, "bad_type"), (6, "not_utf8")]
        );
        assert_eq!(codes(&read(b"[\n{\"email\":\n")), [(3, "bad_json")]);
        assert_eq!(codes(&read(b"[]")), [(1, "nobody_named")]);
    }
}
