//! A relay beside a fake Zoom, with three desks: what happens is printed line by line.
//!
//! `make relay` runs it. It ends by itself after half a minute, or so many seconds as its argument says, or with
//! Ctrl-C; it fails when a desk heard nothing, or the relay does not end as it should.

#![expect(clippy::print_stdout, reason = "printing is what this program is for")]

use std::{
    error::Error,
    path::PathBuf,
    process::Stdio,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering::Relaxed},
    },
    time::Duration,
};

use futures_util::StreamExt as _;
use reqwest::Client;
use rollcall_fake_zoom::{FakeZoom, Options};
use rollcall_model::{Event, Logged, Roster};
use rollcall_wire::{
    relay::{Frame, SnapshotLine, Way},
    session::Admitted,
};
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::{
    io::{AsyncBufReadExt as _, BufReader},
    process::{Child, Command},
    task::JoinSet,
};
use tokio_tungstenite::{
    connect_async,
    tungstenite::{Message, client::IntoClientRequest as _},
};

type Outcome<T> = Result<T, Box<dyn Error + Send + Sync>>;

/// How long it goes on, in seconds, when nothing else is said.
const SHOWN_FOR: u64 = 30;
/// Who sits at the three desks.
const DESKS: [(&str, &str); 3] =
    [("ada@example.com", "agent"), ("bo@example.com", "supervisor"), ("cy@example.com", "admin")];

/// A relay's process.
struct Relay {
    child: Child,
    base: String,
    data: TempDir,
}

#[tokio::main]
async fn main() -> Outcome<()> {
    // Nobody else in this process can have chosen one in between.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let seconds = std::env::args().nth(1).map_or(Ok(SHOWN_FOR), |seconds| seconds.parse())?;
    let zoom = FakeZoom::start(Options { people: 200, events_per_second: 3.0, ..Options::default() }).await?;
    println!("zoom: an organisation of 200 people at {}", zoom.ready().base);
    let mut relay = Relay::start(&zoom).await?;
    println!("relay: serves at {}", relay.base);
    zoom.add_webhook(&format!("{}zoom/webhook", relay.base)).await?;
    println!("zoom: the relay's address for webhooks is validated, events go there from now on");

    let (mut desks, mut heard) = (JoinSet::new(), Vec::new());
    for (email, role) in DESKS {
        let token = relay.session(email, role).await?;
        println!("{role}: came in by an invitation");
        let events = Arc::new(AtomicU64::new(0));
        heard.push((role, events.clone()));
        desks.spawn(desk(relay.base.clone(), token, role, events));
    }
    tokio::select! {
        _ = tokio::signal::ctrl_c() => println!("it is enough"),
        () = tokio::time::sleep(Duration::from_secs(seconds)) => println!("that was it"),
        Some(ended) = desks.join_next() => return Err(ended?.err().unwrap_or_else(|| "a desk was left alone".into())),
    }
    relay.end().await?;
    zoom.stop().await;
    for (role, events) in heard {
        match events.load(Relaxed) {
            0 => return Err(format!("the {role}'s desk heard nothing").into()),
            events => println!("{role}: heard {events} events"),
        }
    }
    Ok(())
}

impl Relay {
    async fn start(zoom: &FakeZoom) -> Outcome<Self> {
        let data = tempfile::tempdir()?;
        let ready = zoom.ready();
        let secret = |name: &str, secret: &str| -> Outcome<PathBuf> {
            let file = data.path().join(name);
            std::fs::write(&file, secret)?;
            Ok(file)
        };
        let mut command = Command::new(program()?);
        command.args([
            "serve",
            "--listen",
            "127.0.0.1:0",
            "--log",
            "warn",
            "--account-id",
            &ready.account_id,
        ]);
        command.args(["--client-id", &ready.client_id, "--zoom-oauth", &ready.base]);
        command.args(["--zoom-api", &format!("{}/v2", ready.base)]);
        command.arg("--data").arg(data.path());
        command.arg("--client-secret-file").arg(secret("client-secret", &ready.client_secret)?);
        command.arg("--webhook-secret-file").arg(secret("webhook-secret", &ready.secret_token)?);
        let mut child = command.stdout(Stdio::piped()).kill_on_drop(true).spawn()?;
        let stdout = child.stdout.take().ok_or("the relay has no output")?;
        let line = BufReader::new(stdout).lines().next_line().await?.ok_or("the relay did not start")?;
        let said: Value = serde_json::from_str(&line)?;
        let base = said["base"].as_str().ok_or("the relay did not say where it is")?.to_owned();
        Ok(Self { child, base, data })
    }

    /// Invites somebody, and comes in for them.
    async fn session(&self, email: &str, role: &str) -> Outcome<String> {
        let mut command = Command::new(program()?);
        command.args(["invite", "--email", email, "--role", role, "--log", "warn", "--data"]);
        let printed = command.arg(self.data.path()).output().await?.stdout;
        let printed = String::from_utf8(printed)?;
        let link = printed.split('"').find(|word| word.starts_with("rollcall://join")).ok_or("no link")?;
        let link = url::Url::parse(link)?;
        let code = link.query_pairs().find(|(name, _)| name == "code").ok_or("no code")?.1.into_owned();
        let admitted =
            client()?.post(format!("{}v1/session", self.base)).json(&json!({ "code": code })).send();
        Ok(admitted.await?.error_for_status()?.json::<Admitted>().await?.token)
    }

    async fn end(&mut self) -> Outcome<()> {
        if let Some(pid) = self.child.id() {
            Command::new("kill").arg(pid.to_string()).status().await?;
        }
        let status = self.child.wait().await?;
        println!("relay: {status}");
        if status.success() { Ok(()) } else { Err("the relay did not end as it should".into()) }
    }
}

/// The relay's executable, built beside this one.
fn program() -> Outcome<PathBuf> {
    let own = std::env::current_exe()?;
    let folder = own.parent().and_then(|examples| examples.parent()).ok_or("no folder")?;
    Ok(folder.join(format!("rollcall-relay{}", std::env::consts::EXE_SUFFIX)))
}

fn client() -> Outcome<Client> {
    Ok(Client::builder().timeout(Duration::from_secs(10)).no_proxy().build()?)
}

/// One desk: reads everything, then follows and prints.
async fn desk(base: String, token: String, role: &'static str, heard: Arc<AtomicU64>) -> Outcome<()> {
    let (mut roster, seq, log) = snapshot(&base, &token).await?;
    println!("{role}: read {} people", roster.len());
    let url = format!("{}v1/stream?since={seq}&log={log}", base.replacen("http", "ws", 1));
    let mut request = url.into_client_request()?;
    request.headers_mut().insert("authorization", format!("Bearer {token}").parse()?);
    request.headers_mut().insert("sec-websocket-protocol", Way::Plain.name().parse()?);
    let (mut socket, _) = connect_async(request).await?;
    while let Some(message) = socket.next().await {
        let Message::Text(text) = message? else { continue };
        match serde_json::from_str(&text)? {
            Frame::Events { events } => {
                heard.fetch_add(events.len() as u64, Relaxed);
                for logged in events {
                    tell(role, &logged, &roster);
                    roster.apply(logged.event);
                }
            }
            Frame::Bye { why } => println!("{role}: the relay says good-bye: {why:?}"),
            _ => {}
        }
    }
    Ok(())
}

async fn snapshot(base: &str, token: &str) -> Outcome<(Roster, u64, String)> {
    let answer = client()?.get(format!("{base}v1/snapshot")).bearer_auth(token).send().await?;
    let text = answer.error_for_status()?.text().await?;
    let (mut roster, mut position) = (Roster::default(), (0, String::new()));
    for line in text.lines() {
        match serde_json::from_str(line)? {
            SnapshotLine::Head { seq, log, .. } => position = (seq.0, log),
            SnapshotLine::Person { person, presence } => roster.join_person(*person, presence),
            SnapshotLine::Call { call } => roster.join_call(call),
            SnapshotLine::Organisation { organisation } => _ = roster.join_organisation(organisation),
            SnapshotLine::End => {}
        }
    }
    Ok((roster, position.0, position.1))
}

/// Prints what happened to people.
fn tell(role: &str, logged: &Logged, roster: &Roster) {
    let name = |person| {
        let profile = roster.get(person).and_then(|entry| entry.person.profile.as_ref());
        profile.map_or_else(|| "somebody".to_owned(), |profile| profile.value.display_name.clone())
    };
    match &logged.event {
        Event::Presence(report) => {
            println!("{role}: #{} {} is {}", logged.seq, name(&report.person), report.presence.raw);
        }
        Event::Call(report) => {
            println!("{role}: #{} a call of {}: {:?}", logged.seq, name(&report.person), report.step);
        }
        Event::Person(_) | Event::Organisation(_) => {}
    }
}
