//! Zoom's errors, in the words of its specification.

use serde_json::{Value, json};

/// A refused request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Refused {
    pub(crate) status: u16,
    pub(crate) code: u32,
    pub(crate) message: String,
    /// The field that is wrong, where one is.
    pub(crate) field: Option<&'static str>,
}

impl Refused {
    pub(crate) fn new(status: u16, code: u32, message: impl Into<String>) -> Self {
        Self { status, code, message: message.into(), field: None }
    }

    /// A parameter that is missing or wrong.
    pub(crate) fn invalid(field: &'static str) -> Self {
        Self { field: Some(field), ..Self::new(400, 300, "Validation Failed.") }
    }

    /// A page token that is wrong or too old.
    pub(crate) fn page_token() -> Self {
        Self::new(400, 300, "The next page token is invalid or expired.")
    }

    /// Nobody has this id or e-mail.
    pub(crate) fn no_user(id: &str) -> Self {
        Self::new(404, 1001, format!("User does not exist: {id}."))
    }

    /// There is no such endpoint.
    pub(crate) fn unknown_endpoint() -> Self {
        Self::new(400, 2300, "This API endpoint is not recognized.")
    }

    /// The account has no Zoom Phone.
    pub(crate) fn no_phone() -> Self {
        Self::new(403, 403, "Zoom Phone has not been enabled for this account.")
    }

    /// The token is none of ours.
    pub(crate) fn invalid_token() -> Self {
        Self::new(401, 124, "Invalid access token.")
    }

    /// The token's time is over.
    pub(crate) fn expired_token() -> Self {
        Self::new(401, 124, "Access token is expired.")
    }

    /// The token lacks what the endpoint needs; any one of the scopes would do.
    pub(crate) fn missing_scope(scopes: &[&str]) -> Self {
        let scopes = scopes.join(", ");
        Self::new(400, 4711, format!("Invalid access token, does not contain scopes:[{scopes}]."))
    }

    /// The body of the reply.
    pub(crate) fn body(&self) -> Value {
        let mut body = json!({ "code": self.code, "message": self.message });
        if let Some(field) = self.field {
            body["errors"] = json!([{ "field": field, "message": "Invalid field." }]);
        }
        body
    }
}
