//! The frames of a subscription: JSON texts of three modules.

use bytes::Bytes;
use serde::Deserialize;
use serde_json::Value;

/// What the client sends every 30 seconds: a text, not a ping of the protocol.
pub(super) const HEARTBEAT: &str = r#"{"module":"heartbeat"}"#;

/// What a frame says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Said {
    /// The connection stands.
    Accepted,
    /// The connection is refused; the words have changed over the years and mean nothing.
    Refused,
    /// A delivery, as a webhook's body.
    Delivery(Bytes),
    /// A heartbeat, or a module that this version does not know.
    Nothing,
}

#[derive(Deserialize)]
struct Frame {
    module: String,
    success: Option<bool>,
    #[serde(default)]
    content: Value,
}

/// Reads a frame; nothing when it is none.
pub(super) fn read(text: &[u8]) -> Option<Said> {
    let Frame { module, success, content } = serde_json::from_slice(text).ok()?;
    Some(match (module.as_str(), success) {
        ("build_connection", Some(true)) => Said::Accepted,
        ("message", _) => match content {
            Value::String(body) => Said::Delivery(Bytes::from(body)),
            Value::Null => Said::Nothing,
            body => Said::Delivery(Bytes::from(body.to_string())),
        },
        ("build_connection", _) | (_, Some(false)) => Said::Refused,
        _ => Said::Nothing,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(text: &str) -> Option<Said> {
        read(text.as_bytes())
    }

    #[test]
    fn a_refusal_is_told_by_success_and_not_by_its_words() {
        for words in ["token is empty", "Invalid Token", "Token is invalid", "something new"] {
            let frame = format!(
                r#"{{"module":"build_connection","success":false,"content":"{words}","header":{{}}}}"#
            );
            assert_eq!(said(&frame), Some(Said::Refused), "{words}");
        }
        assert_eq!(
            said(r#"{"module":"build_connection","success":true,"content":""}"#),
            Some(Said::Accepted)
        );
    }

    #[test]
    fn content_is_a_text_with_json_in_it() {
        let delivery = Said::Delivery(Bytes::from_static(br#"{"event":"a.b"}"#));

        assert_eq!(said(r#"{"module":"message","content":"{\"event\":\"a.b\"}"}"#), Some(delivery.clone()));
        assert_eq!(said(r#"{"module":"message","content":{"event":"a.b"}}"#), Some(delivery));
    }

    #[test]
    fn what_is_not_for_us_says_nothing() {
        assert_eq!(said(r#"{"module":"heartbeat","success":true,"content":"live"}"#), Some(Said::Nothing));
        assert_eq!(said(r#"{"module":"weather"}"#), Some(Said::Nothing));
        assert_eq!(said(r#"{"module":"message"}"#), Some(Said::Nothing));
        assert_eq!(said("live"), None);
    }
}
