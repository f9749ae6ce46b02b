//! Working hours as people write them: `Mon-Fri 08:00-18:00; Sat 9-13`.

use std::{fmt, str::FromStr};

use chrono::Weekday;

use super::{DAYS, Hours, MINUTES_OF_DAY, WorkingHours, bit};

/// The text tells no working hours.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("working hours are written like Mon-Fri 08:00-18:00; Sat 09:00-13:00")]
pub struct NotHours;

/// How days are written, Monday first: the beginnings of their English and German names.
const NAMES: [[&str; 2]; 7] = [
    ["monday", "montag"],
    ["tuesday", "dienstag"],
    ["wednesday", "mittwoch"],
    ["thursday", "donnerstag"],
    ["friday", "freitag"],
    ["saturday", "samstag"],
    ["sunday", "sonntag"],
];
const SHORT: [&str; 7] = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];
const WORKDAYS: u8 = 0b001_1111;

/// A piece of the text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Piece {
    /// A day, by its place in the week.
    Day(usize),
    /// Several days.
    Days(u8),
    /// Minutes after midnight.
    Time(u16),
    /// From one to another.
    To,
    /// Nothing that tells anything: commas, semicolons.
    And,
}

impl FromStr for Hours {
    type Err = NotHours;

    /// Reads days in English or German, alone, in lists and from one to another, each followed by one or more times
    /// from when until when. An empty text tells no hours.
    fn from_str(text: &str) -> Result<Self, NotHours> {
        let pieces = pieces(text)?;
        let mut spans = Vec::new();
        let (mut days, mut used) = (0_u8, false);
        let mut rest = pieces.as_slice();
        while let Some((&first, after)) = rest.split_first() {
            rest = match (first, after) {
                (Piece::And, after) => after,
                (Piece::Days(more), after) => {
                    days = if std::mem::take(&mut used) { more } else { days | more };
                    after
                }
                (Piece::Day(from), [Piece::To, Piece::Day(to), after @ ..]) => {
                    days = if std::mem::take(&mut used) { 0 } else { days } | week(from, *to);
                    after
                }
                (Piece::Day(day), after) => {
                    days = if std::mem::take(&mut used) { 0 } else { days } | week(day, day);
                    after
                }
                (Piece::Time(from), [Piece::To, Piece::Time(to), after @ ..]) => {
                    spans.push(WorkingHours::between(days, from, *to).ok_or(NotHours)?);
                    used = true;
                    after
                }
                _ => return Err(NotHours),
            };
        }
        // Days without times tell nothing.
        if (days != 0 && !used) || spans.len() > Self::MOST { Err(NotHours) } else { Ok(Self(spans)) }
    }
}

impl fmt::Display for Hours {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (place, span) in self.0.iter().enumerate() {
            if place > 0 {
                f.write_str("; ")?;
            }
            span.fmt(f)?;
        }
        Ok(())
    }
}

impl fmt::Display for WorkingHours {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let works = |day: usize| self.days >> day & 1 == 1;
        let mut day = 0;
        let mut first = true;
        while day < SHORT.len() {
            if !works(day) {
                day += 1;
                continue;
            }
            let last = (day..SHORT.len()).take_while(|&day| works(day)).last().unwrap_or(day);
            let comma = if std::mem::take(&mut first) { "" } else { "," };
            write!(f, "{comma}{}", SHORT[day])?;
            if last > day {
                write!(f, "-{}", SHORT[last])?;
            }
            day = last + 1;
        }
        let (from, to) = (self.from, self.to);
        write!(f, " {:02}:{:02}-{:02}:{:02}", from / 60, from % 60, to / 60, to % 60)
    }
}

/// The days from one to another, over the end of the week where need be.
fn week(from: usize, to: usize) -> u8 {
    let count = (to + DAYS.len() - from) % DAYS.len() + 1;
    (from..from + count).fold(0, |days, day| days | bit(DAYS[day % DAYS.len()]))
}

fn pieces(text: &str) -> Result<Vec<Piece>, NotHours> {
    let text = text.to_lowercase();
    let mut rest = text.trim();
    let mut pieces = Vec::new();
    while let Some(first) = rest.chars().next() {
        let end = match first {
            '-' | '–' | '—' => {
                pieces.push(Piece::To);
                first.len_utf8()
            }
            ',' | ';' | '|' | '&' | '+' | '/' | '\n' | '\r' => {
                pieces.push(Piece::And);
                first.len_utf8()
            }
            _ if first.is_whitespace() => first.len_utf8(),
            _ if first.is_ascii_digit() => {
                let (time, end) = time(rest)?;
                pieces.push(Piece::Time(time));
                end
            }
            _ if first.is_alphabetic() => {
                let end = rest.find(|c: char| !c.is_alphabetic() && c != '.').unwrap_or(rest.len());
                pieces.push(word(rest[..end].trim_end_matches('.')).ok_or(NotHours)?);
                end
            }
            _ => return Err(NotHours),
        };
        rest = &rest[end..];
    }
    Ok(pieces)
}

fn word(word: &str) -> Option<Piece> {
    match word {
        "to" | "bis" | "till" | "until" => return Some(Piece::To),
        "and" | "und" | "from" | "von" | "uhr" => return Some(Piece::And),
        "daily" | "täglich" => return Some(Piece::Days(0b111_1111)),
        "weekdays" | "werktags" => return Some(Piece::Days(WORKDAYS)),
        _ => {}
    }
    let word =
        word.strip_suffix('s').filter(|day| day.ends_with("day") || day.ends_with("tag")).unwrap_or(word);
    let is_day = |names: &[&str; 2]| word.len() >= 2 && names.iter().any(|name| name.starts_with(word));
    NAMES.iter().position(is_day).map(Piece::Day)
}

/// A time at the beginning of the text, in minutes, and where it ends.
fn time(text: &str) -> Result<(u16, usize), NotHours> {
    let digits = |text: &str| text.bytes().take_while(u8::is_ascii_digit).count();
    let hours = digits(text);
    let mut end = hours;
    let mut hour: u16 = text[..hours].parse().map_err(|_| NotHours)?;
    let mut minute = 0;
    if let Some(after) = text[end..].strip_prefix([':', '.'])
        && digits(after) > 0
    {
        if digits(after) != 2 {
            return Err(NotHours);
        }
        minute = after[..2].parse().map_err(|_| NotHours)?;
        end += 3;
    }
    let after = text[end..].trim_start();
    let space = text[end..].len() - after.len();
    if let Some(half) = ["am", "pm"].into_iter().find(|half| is_word(after, half)) {
        if !(1..=12).contains(&hour) {
            return Err(NotHours);
        }
        hour = hour % 12 + if half == "pm" { 12 } else { 0 };
        end += space + half.len();
    } else if is_word(after, "h") {
        end += space + 1;
    }
    let time = hour.checked_mul(60).and_then(|minutes| minutes.checked_add(minute)).ok_or(NotHours)?;
    if minute < 60 && time <= MINUTES_OF_DAY { Ok((time, end)) } else { Err(NotHours) }
}

/// Whether the text begins with this word, whole.
fn is_word(text: &str, word: &str) -> bool {
    text.strip_prefix(word).is_some_and(|after| !after.starts_with(char::is_alphabetic))
}

impl Hours {
    /// The days of a span, Monday first, and from when until when in minutes after midnight.
    pub fn told(&self) -> impl Iterator<Item = (Vec<Weekday>, u16, u16)> + '_ {
        self.0.iter().map(|span| {
            let days = DAYS.into_iter().filter(|&day| span.days & bit(day) != 0).collect();
            (days, span.from, span.to)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<String, NotHours> {
        text.parse::<Hours>().map(|hours| hours.to_string())
    }

    #[test]
    fn hours_are_read_as_people_write_them() {
        for (text, told) in [
            ("Mon-Fri 08:00-18:00", "Mon-Fri 08:00-18:00"),
            ("mon - fri 8-18", "Mon-Fri 08:00-18:00"),
            ("Mo–Fr 8.30–17 Uhr; Sa 9-13 Uhr", "Mon-Fri 08:30-17:00; Sat 09:00-13:00"),
            ("Mo bis Do 8 bis 16, Fr 8 bis 12", "Mon-Thu 08:00-16:00; Fri 08:00-12:00"),
            ("Mon,Wed,Fri 9am-5pm", "Mon,Wed,Fri 09:00-17:00"),
            ("Mondays and Tuesdays 9-12, 13-17", "Mon-Tue 09:00-12:00; Mon-Tue 13:00-17:00"),
            ("daily 22:00-06:00", "Mon-Sun 22:00-06:00"),
            ("Sat-Mon 12 am - 12 pm", "Mon,Sat-Sun 00:00-12:00"),
            ("weekdays 0:00-24:00", "Mon-Fri 00:00-24:00"),
            ("Werktags 8h-17h\nSo 10:00-11:00", "Mon-Fri 08:00-17:00; Sun 10:00-11:00"),
            ("", ""),
        ] {
            assert_eq!(read(text).as_deref(), Ok(told), "{text}");
            assert_eq!(read(told).as_deref(), Ok(told), "what is told is read the same");
        }
    }

    #[test]
    fn what_tells_no_hours_is_refused() {
        for text in [
            "always",
            "Mon",
            "Mon-Fri",
            "8-18",
            "Mon 8",
            "Mon 8-",
            "Mon 25:00-26:00",
            "Mon 8:61-9:00",
            "Mon 8-8",
            "Mon 8:5-9",
            "M 8-9",
            "Mon-Fri 8-18 Sat",
            "Mon 13pm-14pm",
            "Mon 8-18 ☎",
            "Mon 99999999-2",
        ] {
            assert_eq!(read(text), Err(NotHours), "{text}");
        }
    }
}
