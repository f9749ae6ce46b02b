//! What a delivery looks like, without any value of it: names of fields, types and sizes.

use std::fmt::Write as _;

use serde_json::Value;

/// Deeper than this nothing is described.
const DEEPEST: usize = 6;
/// A description is not longer than about this.
const LONGEST: usize = 2_000;
/// A longer name of a field may be a value in disguise.
const LONGEST_NAME: usize = 40;

/// Describes `body`.
pub(super) fn of(body: &[u8]) -> String {
    let mut shape = String::new();
    match serde_json::from_slice(body) {
        Ok(value) => describe(&value, 0, &mut shape),
        Err(error) => {
            let category = match error.classify() {
                serde_json::error::Category::Eof => "cut short",
                _ => "no JSON",
            };
            // Writing to a string cannot fail.
            let _ = write!(shape, "{category} at line {} column {}", error.line(), error.column());
        }
    }
    shape
}

fn describe(value: &Value, depth: usize, shape: &mut String) {
    if shape.len() > LONGEST || depth > DEEPEST {
        shape.push('…');
        return;
    }
    // Writing to a string cannot fail.
    let _ = match value {
        Value::Null => write!(shape, "null"),
        Value::Bool(_) => write!(shape, "bool"),
        Value::Number(number) => write!(shape, "{}", if number.is_f64() { "float" } else { "int" }),
        Value::String(text) => write!(shape, "text({})", text.len()),
        Value::Array(items) => {
            let _ = write!(shape, "list({})[", items.len());
            if let Some(first) = items.first() {
                describe(first, depth + 1, shape);
            }
            write!(shape, "]")
        }
        Value::Object(fields) => {
            shape.push('{');
            for (name, value) in fields {
                let _ = write!(shape, "{}:", name_of(name));
                describe(value, depth + 1, shape);
                shape.push(' ');
                if shape.len() > LONGEST {
                    break;
                }
            }
            write!(shape, "}}")
        }
    };
}

/// A field's name when it looks like one; else only its size.
fn name_of(name: &str) -> String {
    let plain = |letter: char| letter.is_ascii_lowercase() || matches!(letter, '_' | '-');
    if name.len() <= LONGEST_NAME && name.chars().all(plain) {
        name.to_owned()
    } else {
        format!("name({})", name.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_value_is_in_a_shape() {
        let body = br#"{"event":"user.surprised","payload":{"object":{"email":"ada@example.test","tel":["+4917012345"],"n":7,"+4917012345":1}}}"#;

        assert_eq!(
            of(body),
            "{event:text(14) payload:{object:{+4917012345:int email:text(16) n:int tel:list(1)[text(11)] } } }"
                .replace("+4917012345:", "name(11):")
        );
    }

    #[test]
    fn a_body_that_was_cut_short_says_where() {
        assert_eq!(of(br#"{"event":"#), "cut short at line 1 column 9");
        assert_eq!(of(b"hello"), "no JSON at line 1 column 1");
    }

    #[test]
    fn a_deep_or_long_body_has_a_short_shape() {
        let deep = format!("{}1{}", "[".repeat(100), "]".repeat(100));
        let names: Vec<String> = (0..9_000).map(|n| format!("\"k{n}\":1")).collect();
        let long = format!("{{{}}}", names.join(","));

        assert!(of(deep.as_bytes()).len() < 100);
        assert!(of(long.as_bytes()).len() < LONGEST + 100);
    }
}
