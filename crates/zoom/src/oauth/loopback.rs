//! The one request that a browser makes to us at the end of a sign-in.

use std::{io, time::Duration};

use subtle::ConstantTimeEq;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
};
use url::Url;

const PATH: &str = "/signed-in";
/// Browsers open connections on suspicion and send nothing: such a one is left after this.
const SPEAK_WITHIN: Duration = Duration::from_secs(2);
const LONGEST_REQUEST: usize = 8 << 10;

/// A listener on 127.0.0.1.
#[derive(Debug)]
pub(super) struct Loopback {
    listener: TcpListener,
    port: u16,
}

/// What the browser brought.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    /// An authorization code, with our own state.
    Code(String),
    /// An error, no code, or a state that is not ours.
    Refused,
}

impl Loopback {
    /// Opens a port that the system chooses.
    pub(super) async fn open() -> io::Result<Self> {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
        let port = listener.local_addr()?.port();
        Ok(Self { listener, port })
    }

    /// The address to which the browser is to be sent back.
    pub(super) fn redirect(&self) -> String {
        format!("http://127.0.0.1:{}{PATH}", self.port)
    }

    /// Waits for the one request to [`Loopback::redirect`], answers it with a plain page and closes the
    /// port. Everything else that connects is told 404. Never ends by itself: bound it in time.
    pub(super) async fn answer(self, state: &str) -> Verdict {
        loop {
            let Ok((mut stream, _)) = self.listener.accept().await else {
                // Out of file handles, as a rule: let others end first.
                tokio::time::sleep(Duration::from_millis(100)).await;
                continue;
            };
            let target = tokio::time::timeout(SPEAK_WITHIN, read_target(&mut stream)).await;
            let Ok(Some(target)) = target else { continue };
            let Some(verdict) = judge(&target, state) else {
                reply(&mut stream, "404 Not Found", "Nothing here.").await;
                continue;
            };
            match verdict {
                Verdict::Code(_) => reply(&mut stream, "200 OK", "Signed in. You can close this page.").await,
                Verdict::Refused => reply(&mut stream, "400 Bad Request", "The sign-in was refused.").await,
            }
            return verdict;
        }
    }
}

/// What a request target means; nothing when it is not for us.
fn judge(target: &str, state: &str) -> Option<Verdict> {
    let url = Url::parse("http://127.0.0.1").ok()?.join(target).ok()?;
    if url.path() != PATH {
        return None;
    }
    let value =
        |name: &str| url.query_pairs().find(|(key, _)| key == name).map(|(_, value)| value.into_owned());
    let ours = value("state").is_some_and(|told| told.as_bytes().ct_eq(state.as_bytes()).into());
    match value("code").filter(|code| ours && !code.is_empty()) {
        Some(code) => Some(Verdict::Code(code)),
        None => Some(Verdict::Refused),
    }
}

/// The target of a GET request, once its head has arrived whole.
async fn read_target(stream: &mut TcpStream) -> Option<String> {
    let mut head = Vec::new();
    let mut chunk = [0; 1024];
    while !head.windows(4).any(|end| end == b"\r\n\r\n") {
        let read = stream.read(&mut chunk).await.ok()?;
        if read == 0 || head.len() + read > LONGEST_REQUEST {
            return None;
        }
        head.extend_from_slice(&chunk[..read]);
    }
    let line = std::str::from_utf8(&head).ok()?.lines().next()?;
    let target = line.strip_prefix("GET ")?.split(' ').next()?;
    target.starts_with('/').then(|| target.to_owned())
}

/// Answers, as far as the other end still listens: the sign-in does not depend on it.
async fn reply(stream: &mut TcpStream, status: &str, sentence: &str) {
    let length = sentence.len();
    let page = format!(
        "HTTP/1.1 {status}\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Length: {length}\r\n\
         Cache-Control: no-store\r\nConnection: close\r\n\r\n{sentence}"
    );
    let written = async {
        stream.write_all(page.as_bytes()).await?;
        stream.shutdown().await
    };
    let _ = tokio::time::timeout(SPEAK_WITHIN, written).await;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_code_with_our_own_state_is_taken() {
        let cases = [
            ("/signed-in?code=abc&state=s1", Some(Verdict::Code("abc".into()))),
            ("/signed-in?code=abc&state=s2", Some(Verdict::Refused)),
            ("/signed-in?code=abc", Some(Verdict::Refused)),
            ("/signed-in?error=access_denied&state=s1", Some(Verdict::Refused)),
            ("/signed-in?code=&state=s1", Some(Verdict::Refused)),
            ("/favicon.ico", None),
        ];
        for (target, expected) in cases {
            assert_eq!(judge(target, "s1"), expected, "{target}");
        }
    }
}
