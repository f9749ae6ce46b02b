//! Lines of fields, as spreadsheets write them.

use std::collections::BTreeMap;

use ::csv::{ByteRecord, ReaderBuilder};
use rollcall_model::Part;

use super::{
    Sheet,
    columns::Column,
    gather::Gathering,
    line::{Draft, Line, items, skill},
    misfit::{Misfit, Remark, Why},
};

/// What may stand between fields.
const DELIMITERS: [u8; 3] = [b',', b';', b'\t'];

/// The columns by their places; those that are not known are left out.
type Columns = BTreeMap<usize, Column>;

pub(super) fn read(bytes: &[u8]) -> Sheet {
    let delimiter = delimiter(bytes);
    let mut reader =
        ReaderBuilder::new().delimiter(delimiter).has_headers(false).flexible(true).from_reader(bytes);
    let mut records = reader.byte_records().peekable();
    let Some(Ok(head)) = records.next() else {
        return Sheet::refused(Misfit::of_file(Why::EmptyFile));
    };
    let (columns, remarks) = match columns(&head) {
        Ok(columns) => columns,
        Err(misfit) => return Sheet::refused(misfit),
    };
    let mut gathering = Gathering::new(columns.values().any(|column| *column == Column::Level));
    for remark in remarks {
        gathering.remark(remark);
    }
    let mut place = Place { bytes, at: 0, line: 1 };
    // Reading from memory cannot fail, and lines of any length are taken.
    while let Some(Ok(record)) = records.next() {
        if record.iter().all(|field| field.trim_ascii().is_empty()) {
            continue;
        }
        let number = place.of(&record);
        if records.peek().is_none() && place.is_open() {
            let misfit = Misfit::at(number, Why::OpenQuote).about(&email_of(&record, &columns));
            gathering.take(Err(vec![misfit]));
        } else {
            gathering.take(line(number, &record, &columns, head.len()));
        }
    }
    gathering.finish()
}

/// A place in the file, and the line that it is in.
struct Place<'f> {
    bytes: &'f [u8],
    at: usize,
    line: u64,
}

impl Place<'_> {
    /// Goes on to where a record begins; its line.
    fn of(&mut self, record: &ByteRecord) -> u64 {
        let start = record.position().and_then(|position| usize::try_from(position.byte()).ok());
        let mut to = start.unwrap_or_default().clamp(self.at, self.bytes.len());
        // Line ends before it are counted to it: that of the record before, and empty lines.
        to += self.bytes[to..].iter().take_while(|byte| matches!(byte, b'\r' | b'\n')).count();
        for place in self.at..to {
            let is_end = match self.bytes[place] {
                b'\n' => true,
                b'\r' => self.bytes.get(place + 1) != Some(&b'\n'),
                _ => false,
            };
            self.line += u64::from(is_end);
        }
        self.at = to;
        self.line
    }

    /// Whether a quotation mark is opened from here on and never closed.
    fn is_open(&self) -> bool {
        self.bytes[self.at..].iter().fold(false, |open, byte| open != (*byte == b'"'))
    }
}

/// What separates the fields of the first line: with which most of its names are known.
fn delimiter(bytes: &[u8]) -> u8 {
    let known = |delimiter: &u8| {
        let mut reader = ReaderBuilder::new().delimiter(*delimiter).has_headers(false).from_reader(bytes);
        let head = reader.byte_records().next().and_then(Result::ok).unwrap_or_default();
        let known = head.iter().filter(|field| name(field).and_then(Column::named).is_some()).count();
        (known, head.len())
    };
    // Of equals the last one counts: the comma is tried last.
    DELIMITERS.into_iter().rev().max_by_key(known).unwrap_or(b',')
}

fn name(field: &[u8]) -> Option<&str> {
    std::str::from_utf8(field).ok()
}

fn columns(head: &ByteRecord) -> Result<(Columns, Vec<Remark>), Misfit> {
    let (mut columns, mut remarks) = (Columns::new(), Vec::new());
    for (place, field) in head.iter().enumerate() {
        let Some(name) = name(field) else { return Err(Misfit::of_file(Why::NotUtf8)) };
        match Column::named(name) {
            Some(column) if columns.values().any(|known| *known == column) => {
                return Err(Misfit::of_file(Why::DoubleColumn).within(column).written(name));
            }
            Some(column) => drop(columns.insert(place, column)),
            None if name.trim().is_empty() => {}
            None => remarks.push(Remark::UnknownColumn(super::text::shortened(name))),
        }
    }
    if columns.values().any(|column| *column == Column::Email) {
        Ok((columns, remarks))
    } else {
        Err(Misfit::of_file(Why::NoEmailColumn))
    }
}

/// One line; `expected` is how many columns the file names.
fn line(number: u64, record: &ByteRecord, columns: &Columns, expected: usize) -> Result<Line, Vec<Misfit>> {
    let refused = |why| Err(vec![Misfit::at(number, why).about(&email_of(record, columns))]);
    let surplus = record.iter().skip(expected).any(|field| !field.trim_ascii().is_empty());
    if record.len() < expected || surplus {
        return refused(Why::WrongColumns { expected, found: record.len() });
    }
    let mut fields = BTreeMap::new();
    for (place, column) in columns {
        let Ok(text) = std::str::from_utf8(&record[*place]) else {
            let misfit = Misfit::at(number, Why::NotUtf8).about(&email_of(record, columns)).within(*column);
            return Err(vec![misfit.written(&String::from_utf8_lossy(&record[*place]))]);
        };
        fields.insert(*column, text);
    }
    told(number, &fields).finish()
}

fn told(number: u64, fields: &BTreeMap<Column, &str>) -> Draft {
    let mut draft = Draft::of(number, fields.get(&Column::Email).copied().unwrap_or_default());
    let level = fields.get(&Column::Level).copied();
    if !fields.contains_key(&Column::Of(Part::Skills))
        && let Some(level) = level.filter(|level| !level.trim().is_empty())
    {
        draft.refuse(Column::Level, level, Why::LevelAlone);
    }
    for (column, text) in fields {
        match column {
            Column::Email | Column::Level => {}
            Column::Of(Part::Skills) => {
                draft.skills(items(text).iter().map(|text| skill(text)).collect(), level);
            }
            Column::Of(Part::Hours) => draft.hours(text),
            Column::Of(Part::Note) => draft.note(text),
            Column::Of(part) => draft.names(*part, items(text)),
        }
    }
    draft
}

/// Whom a line tells of, as far as that can be read.
fn email_of(record: &ByteRecord, columns: &Columns) -> String {
    let place = columns.iter().find(|(_, column)| **column == Column::Email).map(|(place, _)| *place);
    let field = place.and_then(|place| record.get(place)).unwrap_or_default();
    let text = String::from_utf8_lossy(field).trim().to_lowercase();
    if text.contains('@') { text } else { String::new() }
}

#[cfg(test)]
mod tests {
    use std::fmt::Write as _;

    use rollcall_model::{Level, Skill};

    use super::*;

    fn codes(sheet: &Sheet) -> Vec<(u64, &'static str)> {
        sheet.misfits.iter().map(|misfit| (misfit.line, misfit.why.code())).collect()
    }

    fn skill(name: &str, level: u8) -> Skill {
        Skill { name: name.into(), level: Level::try_from(level).ok() }
    }

    #[test]
    fn a_file_is_read_whatever_separates_its_fields_and_however_its_columns_are_called() {
        let files = [
            "email,skills,languages,hours,note\n\
             mia@example.org,\"SEPA refunds:4;KYC\",\"Polish, Welsh\",Mon-Fri 08:00-16:00,\"Two\nlines\"\n",
            "Note;E-Mail;Fähigkeiten;Sprachen;Arbeitszeit;Cost centre\r\n\
             \"Two\nlines\";MIA@example.org ;SEPA refunds:4, KYC;Polish|Welsh;Mo-Fr 8-16 Uhr;77\r\n\r\n;;;;;\r\n",
            "HOURS\tSkills\tLANGUAGES\temail address\tnote\n\
             Mon-Fri 8-16\tSEPA refunds : 4 | KYC\tPolish;Welsh\tmia@example.org\t\"Two\r\nlines\"",
        ];
        let sheets: Vec<Sheet> = files.iter().map(|file| read(file.as_bytes())).collect();

        for sheet in &sheets {
            assert_eq!(codes(sheet), []);
            let patch = &sheet.patches[0];
            assert_eq!((sheet.lines, patch.email.as_str()), (1, "mia@example.org"));
            assert_eq!(patch.told.skills, [skill("SEPA refunds", 4), Skill::named("KYC")]);
            assert_eq!(patch.told.languages, ["Polish", "Welsh"]);
            assert_eq!(patch.told.hours.to_string(), "Mon-Fri 08:00-16:00");
            assert_eq!(patch.told.note, "Two\nlines");
        }
        assert_eq!(sheets[1].remarks, [Remark::UnknownColumn("Cost centre".into())]);
    }

    #[test]
    fn every_line_that_does_not_fit_is_told_with_its_number() {
        let file = b"email,skills,level,hours\n\
            mia@example.org,KYC,9,\n\
            ,KYC,3,\n\
            nobody,KYC,,\n\
            ola@example.org,\"two\nlines\",2,whenever\n\
            pia@example.org,KYC\n\
            qi@example.org,caf\xe9,1,\n\
            rui@example.org,KYC,1,,,more\n\
            ada@example.org,,4,\n\
            fine@example.org,KYC,5,Mon-Fri 9-17\n";

        let sheet = read(file);

        assert_eq!(
            codes(&sheet),
            [
                (2, "bad_level"),
                (3, "no_email"),
                (4, "bad_email"),
                (5, "bad_hours"),
                (7, "wrong_columns"),
                (8, "not_utf8"),
                (9, "wrong_columns"),
                (10, "level_alone"),
            ]
        );
        assert_eq!(sheet.misfits[5].email.as_deref(), Some("qi@example.org"));
        assert_eq!((sheet.lines, sheet.patches.len()), (9, 1));
    }

    #[test]
    fn somebody_is_told_of_once_or_in_a_line_for_each_skill() {
        let one = read(b"email,skills\nmia@example.org,KYC\nMIA@example.org,VAT\n");
        let each = read(
            b"email,skill,level,languages\nmia@example.org,KYC,3,Polish\nmia@example.org,VAT,5,\n\
              mia@example.org,kyc,3,\nmia@example.org,Tax,1,Welsh\n",
        );

        assert_eq!(codes(&one), [(3, "double_email")]);
        assert_eq!(codes(&each), [(4, "double_skill"), (5, "conflict")]);
        assert_eq!(each.patches[0].told.skills, [skill("KYC", 3), skill("VAT", 5)]);
        assert_eq!(each.patches[0].told.languages, ["Polish"]);
    }

    #[test]
    fn a_file_without_what_it_must_have_is_refused_whole() {
        for (file, code) in [
            ("name,skills\nMia,KYC\n", "no_email_column"),
            ("email,e-mail,skills\na@b.c,a@b.c,KYC\n", "double_column"),
            ("email,skills\n", "nobody_named"),
            ("email,skills\n,\n\n", "nobody_named"),
        ] {
            assert_eq!(codes(&read(file.as_bytes())), [(1, code)], "{file}");
        }
    }

    #[test]
    fn a_quotation_mark_that_is_never_closed_swallows_nobody_in_silence() {
        let file = "email,note\nmia@example.org,\"fine\"\nola@example.org,\"open\npia@example.org,x\n";

        let sheet = read(file.as_bytes());

        assert_eq!(codes(&sheet), [(3, "open_quote")]);
        assert_eq!(sheet.patches.len(), 1);
    }

    #[test]
    fn lines_are_counted_as_an_editor_counts_them() {
        for end in ["\n", "\r\n", "\r"] {
            let lines = ["email,note", "", "mia@example.org,\"one", "two\"", "", "nobody,x", "", "", "no,x"];

            let sheet = read(lines.join(end).as_bytes());

            assert_eq!(codes(&sheet), [(6, "bad_email"), (9, "bad_email")], "{end:?}");
        }
    }

    #[test]
    fn a_hundred_thousand_lines_are_read() {
        let mut file = String::from("email;skills;level\n");
        for n in 0..100_000 {
            writeln!(file, "p{n}@example.org;Skill {};{}", n % 50, n % 5 + 1).unwrap();
        }

        let sheet = read(file.as_bytes());

        assert_eq!((sheet.lines, sheet.patches.len(), sheet.misfits.len()), (100_000, 100_000, 0));
    }
}
