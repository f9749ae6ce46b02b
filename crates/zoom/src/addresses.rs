//! Where Zoom is.

use url::{Host, Url};

/// The three addresses of Zoom; all of them can point at a fake.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Addresses {
    /// The host that serves `/oauth/*`.
    pub oauth: Url,
    /// The base of the REST calls, version included.
    pub api: Url,
    /// The address of event subscriptions, without its query.
    pub websocket: Url,
}

impl Addresses {
    /// The addresses of a fake that serves `/oauth/*` and `/v2/*` under `base`, and subscriptions at
    /// `websocket`.
    pub fn at(base: Url, websocket: Url) -> Self {
        Self { api: below(&base, &["v2"]), oauth: base, websocket }
    }

    /// Whether token and REST calls stay on this machine.
    pub(crate) fn are_loopback(&self) -> bool {
        [&self.oauth, &self.api].into_iter().all(is_loopback)
    }

    /// `/oauth/token`, `/oauth/authorize`, `/oauth/revoke`.
    pub(crate) fn oauth_url(&self, verb: &str) -> Url {
        below(&self.oauth, &["oauth", verb])
    }

    /// A REST address; each segment is escaped by itself.
    pub(crate) fn api_url(&self, segments: &[&str]) -> Url {
        below(&self.api, segments)
    }

    /// The address of a subscription. Holds the token: not for log lines.
    pub(crate) fn subscription_url(&self, subscription_id: &str, token: &str) -> Url {
        let mut url = self.websocket.clone();
        url.query_pairs_mut()
            .append_pair("subscriptionId", subscription_id)
            .append_pair("access_token", token);
        url
    }
}

impl Default for Addresses {
    fn default() -> Self {
        Self {
            oauth: fixed("https://zoom.us"),
            api: fixed("https://api.zoom.us/v2"),
            websocket: fixed("wss://ws.zoom.us/ws"),
        }
    }
}

#[expect(clippy::expect_used, reason = "the three literals above are read in a test")]
fn fixed(literal: &str) -> Url {
    Url::parse(literal).expect("a literal address")
}

fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}

fn below(base: &Url, segments: &[&str]) -> Url {
    let mut url = base.clone();
    if let Ok(mut path) = url.path_segments_mut() {
        path.pop_if_empty().extend(segments);
    }
    url
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_defaults_are_zooms_own_hosts() {
        let addresses = Addresses::default();

        assert_eq!(addresses.oauth_url("token").as_str(), "https://zoom.us/oauth/token");
        assert_eq!(addresses.api_url(&["users"]).as_str(), "https://api.zoom.us/v2/users");
        assert_eq!(
            addresses.subscription_url("s 1", "t&k").as_str(),
            "wss://ws.zoom.us/ws?subscriptionId=s+1&access_token=t%26k"
        );
    }

    #[test]
    fn a_fake_may_live_below_a_path() {
        let base = "http://127.0.0.1:4000/zoom/".parse().unwrap();
        let addresses = Addresses::at(base, "ws://127.0.0.1:4000/ws".parse().unwrap());

        assert_eq!(addresses.oauth_url("token").as_str(), "http://127.0.0.1:4000/zoom/oauth/token");
        assert_eq!(addresses.api_url(&["users"]).as_str(), "http://127.0.0.1:4000/zoom/v2/users");
    }

    #[test]
    fn only_this_machine_is_loopback() {
        let at = |base: &str| Addresses::at(base.parse().unwrap(), base.parse().unwrap()).are_loopback();

        assert!(at("http://127.0.0.1:1") && at("http://localhost:1") && at("http://[::1]:1"));
        assert!(!at("https://127.0.0.1.example.test") && !Addresses::default().are_loopback());
    }

    #[test]
    fn an_id_cannot_leave_its_segment() {
        let url = Addresses::default().api_url(&["users", "a/../b?c", "presence_status"]);

        assert_eq!(url.as_str(), "https://api.zoom.us/v2/users/a%2F..%2Fb%3Fc/presence_status");
    }
}
