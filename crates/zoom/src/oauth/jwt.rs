//! The tokens of JWT apps (HS256). Zoom ended them on 2023-09-08; old set-up guides still ask for one.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use chrono::{DateTime, TimeDelta, Utc};
use secrecy::SecretString;
use serde_json::json;

use crate::{Token, mac::hmac_sha256};

const LIFETIME: TimeDelta = TimeDelta::hours(1);

/// Signs a token for `api_key` that lives for an hour from `now`.
pub(super) fn sign(api_key: &str, api_secret: &SecretString, now: DateTime<Utc>) -> Token {
    let expires_at = now + LIFETIME;
    let header = URL_SAFE_NO_PAD.encode(r#"{"alg":"HS256","typ":"JWT"}"#);
    let claims = json!({ "iss": api_key, "exp": expires_at.timestamp() }).to_string();
    let signed = format!("{header}.{}", URL_SAFE_NO_PAD.encode(claims));
    let signature = hmac_sha256(api_secret, &[signed.as_bytes()]);
    let access = format!("{signed}.{}", URL_SAFE_NO_PAD.encode(signature));
    Token { access: access.into(), expires_at, scopes: Vec::new(), serial: 0 }
}

#[cfg(test)]
mod tests {
    use super::*;
    use secrecy::ExposeSecret;

    #[test]
    fn a_token_is_signed_over_its_header_and_claims() {
        let now = DateTime::from_timestamp(1_600_000_000, 0).unwrap();
        let secret = SecretString::from("a made-up secret");

        let token = sign("made-up-key", &secret, now);

        let parts: Vec<&str> = token.access.expose_secret().split('.').collect();
        let [header, claims, signature] = parts[..] else { panic!("three parts") };
        let claims_read = URL_SAFE_NO_PAD.decode(claims).unwrap();
        assert_eq!(claims_read, br#"{"exp":1600003600,"iss":"made-up-key"}"#);
        let expected = hmac_sha256(&secret, &[header.as_bytes(), b".", claims.as_bytes()]);
        assert_eq!(URL_SAFE_NO_PAD.decode(signature).unwrap(), expected);
        assert_eq!(token.expires_at.timestamp(), 1_600_003_600);
    }
}
