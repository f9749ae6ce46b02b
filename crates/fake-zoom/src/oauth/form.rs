//! The parameters of an OAuth request, wherever they stand, and the client's credentials.

use std::collections::HashMap;

use axum::http::{HeaderMap, header};
use base64::{Engine, engine::general_purpose::STANDARD};
use subtle::ConstantTimeEq;

use crate::ready::Credentials;

/// Parameters of query and form body together; the body wins.
pub(super) struct Form(HashMap<String, String>);

/// Who asks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Client {
    /// The app, with its secret.
    Confidential,
    /// The app's public id, without a secret: good for codes with PKCE only.
    Public,
    /// Nobody we know.
    Stranger,
}

impl Form {
    pub(super) fn read(query: Option<&str>, body: &[u8]) -> Self {
        let pairs = |text| url::form_urlencoded::parse(text).into_owned();
        Self(pairs(query.unwrap_or_default().as_bytes()).chain(pairs(body)).collect())
    }

    pub(super) fn get(&self, key: &str) -> Option<&str> {
        self.0.get(key).map(String::as_str)
    }
}

impl Client {
    /// Reads Basic credentials, or those in the form.
    pub(super) fn of(headers: &HeaderMap, form: &Form, known: &Credentials) -> Self {
        let basic = basic(headers);
        let (id, secret) = match &basic {
            Some((id, secret)) => (Some(id.as_str()), Some(secret.as_str())),
            None => (form.get("client_id"), form.get("client_secret")),
        };
        match (id, secret) {
            (Some(id), Some(secret)) if same(id, &known.client_id) && same(secret, &known.client_secret) => {
                Self::Confidential
            }
            (Some(id), None) if same(id, &known.client_id) => Self::Public,
            _ => Self::Stranger,
        }
    }
}

fn basic(headers: &HeaderMap) -> Option<(String, String)> {
    let value = headers.get(header::AUTHORIZATION)?.to_str().ok()?;
    let decoded = STANDARD.decode(value.strip_prefix("Basic ")?.trim()).ok()?;
    let text = String::from_utf8(decoded).ok()?;
    text.split_once(':').map(|(id, secret)| (id.to_owned(), secret.to_owned()))
}

fn same(one: &str, other: &str) -> bool {
    one.as_bytes().ct_eq(other.as_bytes()).into()
}
