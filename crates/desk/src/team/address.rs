//! Where a relay is.

use std::fmt;

use rollcall_wire::Failure;
use serde::{Deserialize, Serialize};
use url::Url;

use crate::link::is_loopback;

/// The address of a relay: `https`, or `http` when the relay is inside this computer. No user, no query.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub struct RelayAddress(Url);

impl RelayAddress {
    /// Reads an address as people write it; without a scheme it is `https`.
    ///
    /// Fails with [`Failure::NotARelayAddress`], and with [`Failure::RelayNotEncrypted`] for `http` to
    /// another computer.
    pub fn parse(text: &str) -> Result<Self, Failure> {
        let text: String = text.split_whitespace().collect();
        let whole = if text.contains("://") { text } else { format!("https://{text}") };
        let mut url = Url::parse(&whole).map_err(|_| Failure::NotARelayAddress)?;
        let plain = url.username().is_empty() && url.password().is_none();
        if !plain || !url.has_host() {
            return Err(Failure::NotARelayAddress);
        }
        match url.scheme() {
            "https" => {}
            "http" if is_loopback(&url) => {}
            "http" => return Err(Failure::RelayNotEncrypted),
            _ => return Err(Failure::NotARelayAddress),
        }
        url.set_query(None);
        url.set_fragment(None);
        Ok(Self(url))
    }

    /// Where one of the relay's endpoints is.
    pub(super) fn at(&self, path: &str) -> Url {
        let mut address = self.0.clone();
        let under = address.path().trim_end_matches('/').to_owned();
        address.set_path(&format!("{under}/{path}"));
        address
    }

    /// The same as a plain address.
    pub fn url(&self) -> &Url {
        &self.0
    }

    /// Whether the way there is encrypted.
    pub fn is_encrypted(&self) -> bool {
        self.0.scheme() == "https"
    }

    /// Whether the relay is inside this computer.
    pub(super) fn is_local(&self) -> bool {
        is_loopback(&self.0)
    }
}

/// As people write it: without a slash at the end.
impl fmt::Display for RelayAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0.as_str().trim_end_matches('/'))
    }
}

impl From<RelayAddress> for String {
    fn from(address: RelayAddress) -> Self {
        address.to_string()
    }
}

impl TryFrom<String> for RelayAddress {
    type Error = Failure;

    fn try_from(text: String) -> Result<Self, Failure> {
        Self::parse(&text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<String, Failure> {
        RelayAddress::parse(text).map(|address| address.to_string())
    }

    #[test]
    fn an_address_is_read_as_people_write_it() {
        for text in ["https://relay.example.org/", " relay.example.org\n", "HTTPS://Relay.Example.org/?a=b#c"]
        {
            assert_eq!(read(text).unwrap(), "https://relay.example.org", "{text}");
        }
        assert_eq!(
            read("relay.example.org:8443/rollcall/").unwrap(),
            "https://relay.example.org:8443/rollcall"
        );
    }

    #[test]
    fn without_encryption_a_relay_is_inside_this_computer() {
        for text in ["http://127.0.0.1:8080", "http://localhost:8080", "http://[::1]:8080"] {
            assert_eq!(read(text).unwrap(), text);
        }
        for text in ["http://relay.example.org", "http://10.0.0.7:8080", "http://localhost.example.org"] {
            assert_eq!(read(text), Err(Failure::RelayNotEncrypted), "{text}");
        }
    }

    #[test]
    fn anything_else_is_no_address() {
        for text in
            ["", "https://", "ftp://relay.example.org", "file:///etc/passwd", "https://a@b.example.org"]
        {
            assert_eq!(read(text), Err(Failure::NotARelayAddress), "{text}");
        }
    }

    #[test]
    fn an_endpoint_stands_under_the_address() {
        let address = RelayAddress::parse("https://example.org/rollcall/").unwrap();

        assert_eq!(address.at("v1/session").as_str(), "https://example.org/rollcall/v1/session");
    }
}
