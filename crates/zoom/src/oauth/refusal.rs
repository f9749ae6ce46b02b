//! What `/oauth/token` says when it refuses.

use serde::Deserialize;

use crate::{ZoomError, transport::Reply};

/// Zoom's own shape: the OAuth word, and a sentence that alone tells three causes of
/// `invalid_request` apart.
#[derive(Debug, Deserialize)]
struct Body {
    error: String,
    #[serde(default)]
    reason: String,
}

/// Why a reply of `/oauth/token` holds no token.
pub(crate) fn read(reply: &Reply) -> ZoomError {
    let status = reply.status.as_u16();
    if reply.status.is_server_error() {
        return ZoomError::Server { status };
    }
    match serde_json::from_slice::<Body>(&reply.body) {
        Ok(body) => named(status, &body.error, &body.reason),
        Err(_) if reply.status.is_success() => ZoomError::Unreadable,
        Err(_) => ZoomError::Refused { status, code: 0 },
    }
}

/// The code for an OAuth error word and Zoom's reason.
pub(crate) fn named(status: u16, error: &str, reason: &str) -> ZoomError {
    match error {
        "invalid_client" => ZoomError::WrongClient,
        "invalid_grant" => ZoomError::SignInEnded,
        // Zoom gives no code here; a reworded reason falls back to the account id, the likelier slip.
        "invalid_request" if reason.contains("app type") => ZoomError::AppNotActivated,
        "invalid_request" => ZoomError::UnknownAccount,
        _ => ZoomError::Refused { status, code: 0 },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_cause_has_its_code() {
        let told = |error, reason| named(400, error, reason);

        assert_eq!(told("invalid_client", "Invalid client_id or client_secret"), ZoomError::WrongClient);
        assert_eq!(told("invalid_request", "Bad Request"), ZoomError::UnknownAccount);
        assert_eq!(told("invalid_request", "Account does not exist"), ZoomError::UnknownAccount);
        assert_eq!(
            told("invalid_request", "Account does not enabled the OAuth app type"),
            ZoomError::AppNotActivated
        );
        assert_eq!(told("invalid_grant", "Invalid Token!"), ZoomError::SignInEnded);
        assert_eq!(told("unsupported_grant_type", ""), ZoomError::Refused { status: 400, code: 0 });
    }
}
