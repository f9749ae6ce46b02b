//! What the relay sends to each role, byte for byte, and how soon it stops.

use futures_util::StreamExt as _;
use reqwest::Method;
use rollcall_model::{Event, PersonId, Seq};
use rollcall_wire::relay::{Bye, Frame, Resume, Way};
use serde_json::{Value, json};
use tempfile::{TempDir, tempdir};
use tokio::{
    net::TcpStream,
    time::{Instant, timeout},
};
use tokio_tungstenite::{
    MaybeTlsStream, WebSocketStream, connect_async,
    tungstenite::{Message, client::IntoClientRequest as _},
};

use crate::{
    delivery::Delivery,
    people::{ENDS, about, come_in, status, verb},
    process::{ACCOUNT, PATIENCE, Relay, until},
};

/// What only those may read whose call it is, and supervisors and admins.
pub(crate) const OF_BO: [&str; 4] = ["7100000000000000001", "+14155550101", "Party of Bo", "Payments"];
/// The same of another call.
const OF_ADA: [&str; 3] = ["7100000000000000002", "+14155550102", "Party of Ada"];

/// Somebody who follows the log, and everything that they were sent.
pub(crate) struct Guest {
    pub(crate) token: String,
    socket: WebSocketStream<MaybeTlsStream<TcpStream>>,
    pub(crate) heard: String,
    pub(crate) log: String,
    pub(crate) resume: Resume,
    pub(crate) seq: Seq,
}

impl Guest {
    pub(crate) async fn of(relay: &Relay, data: &TempDir, name: &str, role: &str) -> Self {
        let token = come_in(relay, data, &format!("{name}@example.org"), role).await;
        Self::listen(relay, token, "since=0").await
    }

    pub(crate) async fn listen(relay: &Relay, token: String, position: &str) -> Self {
        let url = format!("{}v1/stream?{position}", relay.base.replacen("http", "ws", 1));
        let mut request = url.into_client_request().unwrap();
        request.headers_mut().insert("authorization", format!("Bearer {token}").parse().unwrap());
        request.headers_mut().insert("sec-websocket-protocol", Way::Plain.name().parse().unwrap());
        let (socket, _) = connect_async(request).await.unwrap();
        let (heard, log, seq) = (String::new(), String::new(), Seq::START);
        let mut guest = Self { token, socket, heard, log, resume: Resume::Tail, seq };
        let Some(Frame::Hello { log, resume, .. }) = guest.next().await else { panic!("a hello") };
        (guest.log, guest.resume) = (log, resume);
        guest
    }

    /// The next frame; nothing when the stream has ended.
    async fn next(&mut self) -> Option<Frame> {
        match timeout(PATIENCE, self.socket.next()).await.expect("a frame in time")?.ok()? {
            Message::Text(text) => {
                self.heard.push_str(&text);
                let frame = serde_json::from_str(&text).unwrap();
                if let Frame::Events { events } = &frame {
                    self.seq = events.last().unwrap().seq;
                }
                Some(frame)
            }
            _ => None,
        }
    }

    /// Hears frames until so many reports of calls were among them.
    pub(crate) async fn hear_calls(&mut self, count: usize) {
        let mut calls = 0;
        while calls < count {
            let Frame::Events { events } = self.next().await.expect("the stream goes on") else { continue };
            calls += events.iter().filter(|logged| matches!(logged.event, Event::Call(_))).count();
        }
    }

    /// Hears frames until one tells of this.
    pub(crate) async fn hear_of(&mut self, word: &str) {
        let hears = async {
            while !self.heard.contains(word) {
                self.next().await.expect("the stream goes on");
            }
        };
        timeout(PATIENCE, hears).await.expect("it is told in time");
    }

    /// Who is told to wait for the person at this desk, next time anything of it is told.
    pub(crate) async fn waited(&mut self) -> Vec<PersonId> {
        loop {
            if let Frame::Waited { by } = self.next().await.expect("the stream goes on") {
                return by;
            }
        }
    }

    /// Waits for the end of the stream; why, if that was told.
    pub(crate) async fn until_closed(&mut self) -> Option<Bye> {
        let mut why = None;
        while let Some(frame) = self.next().await {
            if let Frame::Bye { why: told } = frame {
                why = Some(told);
            }
        }
        why
    }

    pub(crate) async fn read(&self, relay: &Relay, path: &str) -> (u16, String) {
        let answer = relay.get_as(&self.token, path).await;
        (answer.status().as_u16(), answer.text().await.unwrap())
    }
}

/// A person whom the directory knows from now on.
pub(crate) async fn know(relay: &Relay, name: &str) {
    let known = json!({ "id": name, "email": format!("{name}@example.org"), "display_name": name });
    assert_eq!(relay.deliver(&about("user.created", &known)).await, 204);
}

/// A step of a call to this person; `words` are its id, the other number, the other name and a queue.
pub(crate) async fn call(relay: &Relay, step: &str, person: &str, words: &[&str]) {
    let at = rollcall_model::Clock::system().now().format("%Y-%m-%dT%H:%M:%SZ").to_string();
    let mut object = json!({
        "call_id": words[0],
        "caller": { "phone_number": words[1], "name": words[2] },
        "callee": { "user_id": person, "extension_number": 2041, "phone_number": "+442079460000" },
        "ringing_start_time": at, "answer_start_time": at, "call_end_time": at,
    });
    if let Some(queue) = words.get(3) {
        object["forwarded_by"] =
            json!({ "name": queue, "extension_type": "callQueue", "extension_number": "880" });
    }
    assert_eq!(relay.deliver(&about(&format!("phone.callee_{step}"), &object)).await, 204);
}

/// Which of the words stand in a text.
fn told<'a>(text: &str, words: &[&'a str]) -> Vec<&'a str> {
    words.iter().copied().filter(|word| text.contains(word)).collect()
}

#[tokio::test]
async fn each_role_is_sent_what_it_may_see_and_nothing_else() {
    let data = tempdir().unwrap();
    let relay = Relay::of(&data, &[]).await;
    know(&relay, "ada").await;
    know(&relay, "bo").await;
    until("both are known", async || {
        relay.figure("rollcall_people{organisation=\"main\"}").await == Some(2.0)
    })
    .await;
    let mut agent = Guest::of(&relay, &data, "ada", "agent").await;
    let mut supervisor = Guest::of(&relay, &data, "sue", "supervisor").await;
    let mut admin = Guest::of(&relay, &data, "root", "admin").await;

    for step in ["ringing", "answered", "ended"] {
        call(&relay, step, "bo", &OF_BO).await;
        call(&relay, step, "ada", &OF_ADA).await;
    }
    for guest in [&mut agent, &mut supervisor, &mut admin] {
        guest.hear_calls(6).await;
    }

    for guest in [&agent, &supervisor, &admin] {
        let (_, snapshot) = guest.read(&relay, "v1/snapshot").await;
        let is_agent = guest.token == agent.token;
        for text in [&guest.heard, &snapshot] {
            assert_eq!(told(text, &OF_ADA), OF_ADA);
            assert_eq!(told(text, &OF_BO), if is_agent { vec![] } else { OF_BO.to_vec() });
            assert!(text.contains(r#""person":"bo""#), "everybody sees that the line is taken");
        }
        let may_examine = guest.token == admin.token;
        let (code, doctor) = guest.read(&relay, "v1/doctor").await;
        assert_eq!(code, if may_examine { 200 } else { 403 });
        assert_eq!(doctor.contains("not_for_this_role"), !may_examine);
    }
    assert_ne!(agent.log, admin.log);
}

#[tokio::test]
async fn signing_out_ends_the_stream_within_a_second() {
    let data = tempdir().unwrap();
    let relay = Relay::of(&data, &[]).await;
    let mut guest = Guest::of(&relay, &data, "ada", "agent").await;
    let mut other = Guest::of(&relay, &data, "ada", "agent").await;

    let request = relay.client.request(Method::DELETE, format!("{}v1/session", relay.base));
    assert_eq!(request.bearer_auth(&guest.token).send().await.unwrap().status(), 204);
    let left = Instant::now();
    guest.until_closed().await;

    assert!(left.elapsed() < ENDS, "{:?}", left.elapsed());
    assert_eq!(status(&relay, &guest.token).await, 401);
    know(&relay, "bo").await;
    other.hear_of(r#""bo""#).await;
}

#[tokio::test]
async fn what_zoom_says_of_a_person_or_of_the_app_ends_streams_within_a_second() {
    let data = tempdir().unwrap();
    let relay = Relay::of(&data, &[]).await;
    know(&relay, "ada").await;
    until("she is known", async || relay.figure("rollcall_people{organisation=\"main\"}").await == Some(1.0))
        .await;
    let mut ada = Guest::of(&relay, &data, "ada", "agent").await;
    let mut admin = Guest::of(&relay, &data, "root", "admin").await;

    let object = json!({ "id": "ada", "email": "ada@example.org" });
    assert_eq!(relay.deliver(&about("user.deactivated", &object)).await, 204);
    let left = Instant::now();
    ada.until_closed().await;
    assert!(left.elapsed() < ENDS, "{:?}", left.elapsed());
    assert_eq!((status(&relay, &ada.token).await, status(&relay, &admin.token).await), (401, 200));

    let payload = json!({ "account_id": ACCOUNT, "user_id": "ada", "client_id": "client" });
    let gone: Value = json!({ "event": "app_deauthorized", "event_ts": 1, "payload": payload });
    assert_eq!(relay.deliver(&Delivery::of(gone.to_string())).await, 204);
    let left = Instant::now();
    admin.until_closed().await;

    assert!(left.elapsed() < ENDS, "{:?}", left.elapsed());
    assert_eq!(status(&relay, &admin.token).await, 401);
    assert_eq!(verb(&data, &["sessions", "list"]).await, "");
    assert!(!verb(&data, &["audit"]).await.contains("@example.org"));
    for file in std::fs::read_dir(data.path()).unwrap() {
        let file = file.unwrap();
        if file.file_name().to_string_lossy().contains("access") {
            let text = String::from_utf8_lossy(&std::fs::read(file.path()).unwrap()).into_owned();
            assert!(!text.contains("@example.org"), "an address is left in {:?}", file.file_name());
        }
    }
}

#[tokio::test]
async fn an_agent_who_becomes_known_sees_their_own_calls_from_then_on() {
    let data = tempdir().unwrap();
    let relay = Relay::of(&data, &[]).await;
    let mut ada = Guest::of(&relay, &data, "ada", "agent").await;
    call(&relay, "ringing", "ada", &OF_ADA).await;
    ada.hear_calls(1).await;
    assert_eq!(told(&ada.heard, &OF_ADA), [""; 0], "nobody knows yet whose it is");

    know(&relay, "ada").await;
    let known = Instant::now();
    assert_eq!(ada.until_closed().await, Some(Bye::Resume));

    assert!(known.elapsed() < ENDS, "{:?}", known.elapsed());
    let position = format!("since={}&log={}", ada.seq, ada.log);
    let again = Guest::listen(&relay, ada.token.clone(), &position).await;
    assert_ne!(again.log, ada.log);
    assert_eq!(again.resume, Resume::Snapshot);
    assert_eq!(told(&again.read(&relay, "v1/snapshot").await.1, &OF_ADA), OF_ADA);
    let mut again = Guest::listen(&relay, ada.token, &format!("since={}&log={}", ada.seq, again.log)).await;
    call(&relay, "answered", "ada", &OF_ADA).await;
    again.hear_calls(1).await;
    assert_eq!(told(&again.heard, &OF_ADA), OF_ADA);
}
