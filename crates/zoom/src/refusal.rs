//! What a REST reply that is no answer means.

use reqwest::StatusCode;
use serde::Deserialize;

use crate::{
    ZoomError,
    pace::{Bucket, Family},
    transport::Reply,
};

/// Error bodies are short; a longer body is an answer.
const LONGEST_REFUSAL: usize = 8 << 10;

/// Why a call was refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Refusal {
    /// The token was refused: a new one may do.
    Token,
    /// Anything else.
    Other(ZoomError),
}

/// What the reader must know of the call.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Call {
    pub(crate) bucket: Bucket,
    /// The call carried a page token.
    pub(crate) paged: bool,
}

/// Zoom's error shape.
#[derive(Debug, Default, Deserialize)]
struct Body {
    code: i64,
    message: String,
}

/// Tells whether a reply is a refusal: by its status, or by an error body in a 200.
pub(crate) fn read(call: Call, reply: &Reply) -> Option<Refusal> {
    let body = short_body(reply);
    if reply.status.is_success() && body.as_ref().is_none_or(|body| body.code == 0) {
        return None;
    }
    let Body { code, message } = body.unwrap_or_default();
    Some(judge(call, reply.status, code, &message))
}

fn short_body(reply: &Reply) -> Option<Body> {
    if reply.body.len() > LONGEST_REFUSAL {
        return None;
    }
    serde_json::from_slice(&reply.body).ok()
}

fn judge(call: Call, status: StatusCode, code: i64, message: &str) -> Refusal {
    let phone = call.bucket.family == Family::Phone;
    let known = match (status.as_u16(), code) {
        // 124 with 400 is a site permission of the phone system: a new token would change nothing.
        (401, 0 | 124 | 4700) | (400, 4700) => return Refusal::Token,
        (_, 4711) => ZoomError::MissingScope { scopes: scopes(message) },
        (_, 2013 | 2031) | (404, 2001) | (403, _) if phone => ZoomError::PhoneNotEnabled,
        // Some refusals come with the status 200 and tell only by their code.
        (200 | 400, 200 | 5411) | (400, 124) | (403, _) => ZoomError::NoPermission,
        (400, 300 | 400) if call.paged => ZoomError::PageExpired,
        (404, _) | (_, 1001 | 1120 | 13_000) => ZoomError::NotFound,
        (status @ 500..=599, _) => ZoomError::Server { status },
        (status @ 300..=399, _) => ZoomError::Redirected { status },
        (status, code) => ZoomError::Refused { status, code },
    };
    Refusal::Other(known)
}

/// The scopes between the brackets of a 4711 message: the only place where Zoom names them.
fn scopes(message: &str) -> Vec<String> {
    let inside = message.split_once('[').and_then(|(_, rest)| rest.split_once(']'));
    let (list, _) = inside.unwrap_or_default();
    list.split(',').map(str::trim).filter(|scope| !scope.is_empty()).map(str::to_owned).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pace::Label;
    use bytes::Bytes;

    const LIST: Call = Call { bucket: Bucket::core(Label::Medium), paged: false };
    const PHONE: Call = Call { bucket: Bucket::phone(Label::Medium), paged: false };

    fn told(call: Call, status: u16, body: &'static str) -> Option<Refusal> {
        let status = StatusCode::from_u16(status).unwrap();
        let reply = Reply {
            status,
            headers: reqwest::header::HeaderMap::new(),
            body: Bytes::from_static(body.as_bytes()),
        };
        read(call, &reply)
    }

    #[test]
    fn each_code_has_its_meaning() {
        let paged = Call { paged: true, ..LIST };
        let cases = [
            (LIST, 400, r#"{"code":200,"message":"x"}"#, ZoomError::NoPermission),
            (PHONE, 400, r#"{"code":124,"message":"x"}"#, ZoomError::NoPermission),
            (LIST, 404, r#"{"code":1001,"message":"x"}"#, ZoomError::NotFound),
            (LIST, 400, r#"{"code":1120,"message":"x"}"#, ZoomError::NotFound),
            (PHONE, 404, r#"{"code":13000,"message":"x"}"#, ZoomError::NotFound),
            (PHONE, 404, r#"{"code":300,"message":"x"}"#, ZoomError::NotFound),
            (PHONE, 404, r#"{"code":2001,"message":"x"}"#, ZoomError::PhoneNotEnabled),
            (PHONE, 403, "", ZoomError::PhoneNotEnabled),
            (LIST, 403, "", ZoomError::NoPermission),
            (paged, 400, r#"{"code":300,"message":"x"}"#, ZoomError::PageExpired),
            (LIST, 400, r#"{"code":300,"message":"x"}"#, ZoomError::Refused { status: 400, code: 300 }),
            (LIST, 400, r#"{"code":2300,"message":"x"}"#, ZoomError::Refused { status: 400, code: 2300 }),
            (LIST, 502, "<html>", ZoomError::Server { status: 502 }),
        ];
        for (call, status, body, expected) in cases {
            assert_eq!(told(call, status, body), Some(Refusal::Other(expected)), "{status} {body}");
        }
    }

    #[test]
    fn a_401_asks_for_a_new_token_and_a_400_with_124_does_not() {
        assert_eq!(told(LIST, 401, r#"{"code":124,"message":"x"}"#), Some(Refusal::Token));
        assert_eq!(told(LIST, 401, ""), Some(Refusal::Token));
        assert_ne!(told(PHONE, 400, r#"{"code":124,"message":"x"}"#), Some(Refusal::Token));
    }

    #[test]
    fn missing_scopes_are_named() {
        let body = r#"{"code":4711,"message":"Invalid access token, does not contain scopes:[user:read:admin, user:read]."}"#;
        let scopes = vec!["user:read:admin".to_owned(), "user:read".to_owned()];

        assert_eq!(told(LIST, 400, body), Some(Refusal::Other(ZoomError::MissingScope { scopes })));
    }

    #[test]
    fn an_error_body_in_a_200_is_no_answer() {
        let refusal = told(LIST, 200, r#"{"code":1001,"message":"x"}"#);

        assert_eq!(refusal, Some(Refusal::Other(ZoomError::NotFound)));
        let forbidden = told(LIST, 200, r#"{"code":200,"message":"No permission."}"#);
        assert_eq!(forbidden, Some(Refusal::Other(ZoomError::NoPermission)));
        assert_eq!(told(LIST, 200, r#"{"users":[]}"#), None);
        assert_eq!(told(LIST, 204, ""), None);
    }
}
