//! The relay's real server as a process, and the sessions of desks at it.

use std::{
    ffi::OsString,
    fs,
    net::SocketAddr,
    path::{Path, PathBuf},
    process::Stdio,
};

use rollcall_wire::{packed::Unpacker, relay::Way, session::Admitted};
use secrecy::{ExposeSecret as _, SecretString};
use serde::Deserialize;
use serde_json::{Value, json};
use tokio::process::Command;
use url::Url;

use crate::{
    cores::Cores,
    failure::Failure,
    house,
    line::{once, post},
    server::{Program, Server},
};

/// The path at which Zoom's webhooks come.
pub(crate) const WEBHOOK: &str = "/zoom/webhook";
/// So many sessions share all desks of a measurement: opening sessions is not what is measured.
const SESSIONS: usize = 8;
/// What begins a zstd frame.
const ZSTD: [u8; 4] = [0x28, 0xb5, 0x2f, 0xfd];

/// A Zoom that nobody is at: the relay hears what it is handed and nothing else.
pub(crate) const NOWHERE: &str = "http://127.0.0.1:9";

/// How a relay is set up.
#[derive(Clone, Debug)]
pub(crate) struct Setup<'a> {
    /// Its executable; the one beside this program when nothing is said.
    pub(crate) path: Option<&'a Path>,
    /// Where its log is, and stays.
    pub(crate) data: &'a Path,
    /// The account's id.
    pub(crate) account: &'a str,
    /// The app's client id and secret.
    pub(crate) client: (&'a str, &'a str),
    /// What webhooks are signed with.
    pub(crate) webhook_secret: &'a SecretString,
    /// Where Zoom is.
    pub(crate) zoom: &'a str,
    /// A program that runs it, with what that is told; none as a rule.
    pub(crate) under: Vec<OsString>,
}

/// A running relay.
#[derive(Debug)]
pub(crate) struct Relay {
    pub(crate) server: Server,
    pub(crate) at: SocketAddr,
    path: PathBuf,
    data: PathBuf,
}

#[derive(Deserialize)]
struct Ready {
    base: Url,
}

impl<'a> Setup<'a> {
    /// One that hears nothing from Zoom but what is signed with this secret.
    pub(crate) fn alone(data: &'a Path, webhook_secret: &'a SecretString) -> Self {
        let client = ("made-up-client", "made-up-secret");
        let account = "made-up-account";
        Self { path: None, data, account, client, webhook_secret, zoom: NOWHERE, under: Vec::new() }
    }

    /// The same with another executable.
    pub(crate) fn at(mut self, path: Option<&'a Path>) -> Self {
        self.path = path;
        self
    }
}

impl Relay {
    /// Starts it on the servers' processor.
    pub(crate) async fn start(setup: &Setup<'_>, cores: &Cores) -> Result<Self, Failure> {
        let path = house::program("rollcall-relay", setup.path)?;
        let kept = |name: &str, secret: &str| -> Result<OsString, Failure> {
            let file = setup.data.join(name);
            fs::write(&file, secret).map_err(Failure::system("a file"))?;
            Ok(file.into())
        };
        let (client, client_secret) = setup.client;
        let mut args: Vec<OsString> = ["serve", "--listen", "127.0.0.1:0", "--metrics-listen", "127.0.0.1:0"]
            .map(OsString::from)
            .to_vec();
        args.extend(
            ["--source", "webhook", "--account-id", setup.account, "--client-id", client].map(OsString::from),
        );
        let (oauth, api) = (setup.zoom.to_owned(), format!("{}/v2", setup.zoom));
        args.extend(["--zoom-oauth", &oauth, "--zoom-api", &api, "--data"].map(OsString::from));
        args.push(setup.data.into());
        args.push("--client-secret-file".into());
        args.push(kept("client-secret", client_secret)?);
        args.push("--webhook-secret-file".into());
        args.push(kept("webhook-secret", setup.webhook_secret.expose_secret())?);
        let mut words = setup.under.clone();
        words.push(path.clone().into());
        words.extend(args);
        let program = Program { name: "the relay", path: words.remove(0).into(), args: words };
        let (server, Ready { base }): (_, Ready) = Server::announced(&program, cores).await?;
        let at = base.socket_addrs(|| None).map_err(Failure::system("the relay's address"))?;
        let at = *at.first().ok_or(Failure::Refused(base.to_string()))?;
        Ok(Self { server, at, path, data: setup.data.to_owned() })
    }

    /// The lines with which desks come in, of a few sessions of this role.
    pub(crate) async fn admissions(&self, role: &str, desks: usize) -> Result<Vec<String>, Failure> {
        let mut heads = Vec::new();
        for number in 0..desks.clamp(1, SESSIONS) {
            let token = self.session(&format!("person.{number}@example.com"), role).await?;
            heads.push(Self::head(&token));
        }
        Ok(heads)
    }

    /// The lines with which a desk with this session opens its stream.
    pub(crate) fn head(token: &str) -> String {
        format!("authorization: Bearer {token}\r\nsec-websocket-protocol: {}\r\n", Way::Packed.name())
    }

    /// Invites somebody and redeems the code; the token of the session.
    pub(crate) async fn session(&self, email: &str, role: &str) -> Result<String, Failure> {
        let data = self.data.as_os_str();
        let words = ["invite", "--email", email, "--role", role, "--data"].map(OsString::from);
        let invited = Command::new(&self.path).args(words).arg(data).stdin(Stdio::null()).output().await;
        let invited = invited.map_err(Failure::system("an invitation"))?;
        let printed = String::from_utf8_lossy(&invited.stdout).into_owned();
        let code = code_in(&printed).ok_or_else(|| {
            Failure::Refused(format!("{printed}{}", String::from_utf8_lossy(&invited.stderr)))
        })?;
        let body = json!({ "code": code }).to_string();
        let request =
            post("/v1/session", "content-type: application/json\r\nconnection: close\r\n", body.as_bytes());
        let (status, body) = once(self.at, &request).await.map_err(Failure::system("a session"))?;
        let refused = || Failure::Refused(format!("{status} {}", String::from_utf8_lossy(&body)));
        let admitted: Admitted = serde_json::from_slice(&body).map_err(|_| refused())?;
        Ok(admitted.token)
    }
}

/// The code in an invitation's link.
fn code_in(printed: &str) -> Option<String> {
    let from = printed.find("rollcall://join")?;
    let link = printed[from..].split(|c: char| c == '"' || c.is_whitespace()).next()?;
    let url = Url::parse(link).ok()?;
    url.query_pairs().find(|(name, _)| name == "code").map(|(_, code)| code.into_owned())
}

/// A frame of the relay's stream as JSON, packed or not.
pub(crate) fn decoded(frame: &[u8]) -> Result<Value, Failure> {
    let unreadable = |error: &dyn std::fmt::Display| Failure::Refused(format!("a frame: {error}"));
    if !frame.starts_with(&ZSTD) {
        return serde_json::from_slice(frame).map_err(|error| unreadable(&error));
    }
    let mut unpacker = Unpacker::new().map_err(|error| unreadable(&error))?;
    let text = unpacker.unpack(frame).map_err(|error| unreadable(&error))?;
    serde_json::from_str(&text).map_err(|error| unreadable(&error))
}

/// The events of a frame; none of one that has no events.
pub(crate) fn events(frame: &Value) -> &[Value] {
    frame["events"].as_array().map_or(&[], Vec::as_slice)
}

#[cfg(test)]
mod tests {
    use rollcall_wire::packed::Packer;

    use super::*;

    #[test]
    fn the_code_of_an_invitation_is_found_in_what_is_printed() {
        let printed =
            "Ada may come in:\n  rollcall://join?relay=http%3A%2F%2F127.0.0.1%3A4711%2F&code=main.ABC\n";

        assert_eq!(code_in(printed).as_deref(), Some("main.ABC"));
        assert_eq!(code_in("no link"), None);
    }

    #[test]
    fn a_frame_is_read_packed_or_not() {
        let text = format!(r#"{{"frame":"events","events":[{}1]}}"#, "1,".repeat(200));
        let packed = Packer::default().pack(&text).unwrap();

        for frame in [text.as_bytes(), &packed] {
            assert_eq!(events(&decoded(frame).unwrap()).len(), 201);
        }
    }
}
