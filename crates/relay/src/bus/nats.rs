//! A bus over a NATS server: a subject for what was committed, one for wishes, one for how the leader stands and one for
//! who waits for whom, all named by the organisation.

use std::{fmt, time::Duration};

use async_nats::{Client, ConnectOptions, Event, ServerAddr, Subscriber, connection::State};
use async_trait::async_trait;
use futures_util::StreamExt;
use rollcall_model::{Logged, PersonId};
use rollcall_wire::relay::RelayState;
use secrecy::{ExposeSecret, SecretString};
use tokio::{sync::mpsc, time::timeout};
use tokio_util::{sync::CancellationToken, task::TaskTracker};
use url::Url;

use super::{Bus, Ears, Reach, Told, letter};
use crate::waits::Waiting;

/// How many letters wait to be taken; beyond that the server's are dropped, and the ledger is read instead, or it is
/// told again.
const WAITING: usize = 1_024;
/// How many wishes wait to be taken; beyond that they are dropped, and desks come again.
const WISHES: usize = 64;
/// How many words of the leader wait to be taken; beyond that they are dropped, and told again soon.
const STANDS: usize = 4;
/// How often a silent server is asked whether it is there; the third question without an answer ends the connection.
const PING: Duration = Duration::from_secs(2);
/// How long a letter may take to be handed over.
const POST: Duration = Duration::from_millis(250);
/// The longest pause before connecting again.
const LONGEST_PAUSE: Duration = Duration::from_secs(2);

/// A bus over a NATS server.
pub(crate) struct NatsBus {
    client: Client,
    log: String,
    subjects: Subjects,
    tasks: TaskTracker,
    stop: CancellationToken,
}

/// Why there is no bus.
#[derive(Debug, thiserror::Error)]
pub enum BusError {
    /// The address is none of a NATS server, such as `nats://user:password@host:4222`.
    #[error("the address of the bus cannot be read")]
    Address,
    /// The client could not begin. A server that is away is no reason: it is tried again and again.
    #[error("the bus could not be begun")]
    Refused,
}

#[derive(Debug)]
struct Subjects {
    log: String,
    wish: String,
    stand: String,
    wait: String,
}

impl NatsBus {
    /// Begins to listen for an organisation's other nodes, as soon as the server is there. `log` is the name of the
    /// log whose positions are meant.
    pub(crate) async fn connect(
        address: &SecretString,
        organisation: &str,
        log: &str,
    ) -> Result<(Self, Ears), BusError> {
        let (told, log_ears) = mpsc::channel(WAITING);
        let (wanted, wishes) = mpsc::channel(WISHES);
        let (stood, stands) = mpsc::channel(STANDS);
        let (told_again, waits) = mpsc::channel(WAITING);
        let (servers, options) = options(address)?;
        let client =
            again(options, told.downgrade()).connect(servers).await.map_err(|_| BusError::Refused)?;
        let subjects = Subjects {
            log: format!("rollcall.{organisation}.log"),
            wish: format!("rollcall.{organisation}.wish"),
            stand: format!("rollcall.{organisation}.stand"),
            wait: format!("rollcall.{organisation}.wait"),
        };
        let letters = client.subscribe(subjects.log.clone()).await.map_err(|_| BusError::Refused)?;
        let wish_letters = client.subscribe(subjects.wish.clone()).await.map_err(|_| BusError::Refused)?;
        let stand_letters = client.subscribe(subjects.stand.clone()).await.map_err(|_| BusError::Refused)?;
        let wait_letters = client.subscribe(subjects.wait.clone()).await.map_err(|_| BusError::Refused)?;
        let (tasks, stop) = (TaskTracker::new(), CancellationToken::new());
        tasks.spawn(listen(letters, log.to_owned(), told, stop.clone()));
        tasks.spawn(pass_on(wish_letters, letter::read_wishes, wanted, stop.clone()));
        tasks.spawn(pass_on(stand_letters, letter::read_stand, stood, stop.clone()));
        tasks.spawn(pass_on(wait_letters, letter::read_wait, told_again, stop.clone()));
        tasks.close();
        Ok((
            Self { client, log: log.to_owned(), subjects, tasks, stop },
            Ears { log: log_ears, wishes, stands, waits },
        ))
    }

    /// Hands a letter over, unless there is nobody to take it: a letter that waits is old when it leaves.
    async fn post(&self, subject: &str, letter: Option<Vec<u8>>) {
        let Some(letter) = letter else { return };
        if self.reach() != Reach::Others {
            return;
        }
        let posted = timeout(POST, self.client.publish(subject.to_owned(), letter.into())).await;
        if !matches!(posted, Ok(Ok(()))) {
            tracing::debug!("a letter to other nodes was lost");
        }
    }
}

#[async_trait]
impl Bus for NatsBus {
    fn reach(&self) -> Reach {
        if self.client.connection_state() == State::Connected { Reach::Others } else { Reach::CutOff }
    }

    async fn tell(&self, committed: &[Logged]) {
        self.post(&self.subjects.log, letter::committed(&self.log, committed)).await;
    }

    async fn wish(&self, people: &[PersonId]) {
        self.post(&self.subjects.wish, letter::wishes(people)).await;
    }

    async fn stand(&self, state: &RelayState) {
        self.post(&self.subjects.stand, letter::stand(state)).await;
    }

    async fn wait(&self, waiting: &Waiting) {
        self.post(&self.subjects.wait, letter::wait(waiting)).await;
    }

    async fn close(&self) {
        self.stop.cancel();
        self.tasks.wait().await;
        // Letters that were handed over a moment ago leave; a server that is away gets none anyway.
        let _ = timeout(POST, self.client.flush()).await;
    }
}

impl fmt::Debug for NatsBus {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("NatsBus").field("subjects", &self.subjects).finish_non_exhaustive()
    }
}

async fn listen(mut letters: Subscriber, log: String, told: mpsc::Sender<Told>, stop: CancellationToken) {
    while let Some(letter) = next(&mut letters, &stop).await {
        let Some(news) = letter::read_committed(&log, &letter) else {
            tracing::debug!(bytes = letter.len(), "a letter of another log, or none that can be read");
            continue;
        };
        tokio::select! {
            () = stop.cancelled() => return,
            sent = told.send(news) => if sent.is_err() { return },
        }
    }
}

/// Passes on what can be read, for as long as it is taken: all of it is told again when nothing comes of it.
async fn pass_on<T>(
    mut letters: Subscriber,
    read: fn(&[u8]) -> Option<T>,
    taken: mpsc::Sender<T>,
    stop: CancellationToken,
) {
    while let Some(letter) = next(&mut letters, &stop).await {
        if let Some(told) = read(&letter) {
            // Full, or nobody listens any more.
            let _ = taken.try_send(told);
        }
    }
}

async fn next(letters: &mut Subscriber, stop: &CancellationToken) -> Option<bytes::Bytes> {
    tokio::select! {
        () = stop.cancelled() => None,
        letter = letters.next() => letter.map(|letter| letter.payload),
    }
}

/// Connects whenever it can, and tells when something may have been missed meanwhile.
fn again(options: ConnectOptions, told: mpsc::WeakSender<Told>) -> ConnectOptions {
    options
        .name("rollcall-relay")
        .no_echo()
        .ping_interval(PING)
        .subscription_capacity(WAITING)
        .retry_on_initial_connect()
        .max_reconnects(None)
        .reconnect_delay_callback(|attempts| {
            let doubled = Duration::from_millis(50)
                * 2_u32.saturating_pow(u32::try_from(attempts.min(10)).unwrap_or(10));
            doubled.min(LONGEST_PAUSE)
        })
        .event_callback(move |event| {
            if matches!(event, Event::Connected | Event::SlowConsumer(_))
                && let Some(told) = told.upgrade()
            {
                // When no more fits in, the follower has enough to find out from.
                let _ = told.try_send(Told::Gap);
            }
            async {}
        })
}

/// The servers, without what lets the relay in, and the options that do. Several servers stand after commas.
fn options(address: &SecretString) -> Result<(Vec<ServerAddr>, ConnectOptions), BusError> {
    let mut options = ConnectOptions::new();
    let mut servers = Vec::new();
    for server in address.expose_secret().split(',') {
        let mut server = Url::parse(server.trim()).map_err(|_| BusError::Address)?;
        options = match (plain(server.username())?, server.password().map(plain).transpose()?) {
            (user, Some(password)) => options.user_and_password(user, password),
            (token, None) if !token.is_empty() => options.token(token),
            _ => options,
        };
        server.set_username("").and_then(|()| server.set_password(None)).map_err(|()| BusError::Address)?;
        servers.push(ServerAddr::from_url(server).map_err(|_| BusError::Address)?);
    }
    Ok((servers, options))
}

/// A part of an address without its `%` escapes.
fn plain(part: &str) -> Result<String, BusError> {
    let mut bytes = Vec::with_capacity(part.len());
    let mut rest = part.as_bytes();
    while let Some((&first, after)) = rest.split_first() {
        let escape =
            (first == b'%').then(|| after.get(..2).and_then(|code| hex::decode(code).ok())).flatten();
        bytes.push(escape.as_ref().map_or(first, |byte| byte[0]));
        rest = if escape.is_some() { &after[2..] } else { after };
    }
    String::from_utf8(bytes).map_err(|_| BusError::Address)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_says_who_comes_and_servers_are_named_without_it() {
        let address = "nats://ada:p%40ss%2Bword@one:4222,nats://two".to_owned().into();

        let (servers, _) = options(&address).unwrap();

        assert_eq!(servers.iter().map(ServerAddr::host).collect::<Vec<_>>(), ["one", "two"]);
        assert!(servers.iter().all(|server| !server.has_user_pass()));
        assert_eq!(plain("p%40ss%2Bword%").unwrap(), "p@ss+word%");
    }

    #[test]
    fn an_address_of_something_else_is_refused() {
        for address in ["", "one two", "https://example.test/", "nats://a,,nats://b"] {
            assert!(matches!(options(&address.to_owned().into()), Err(BusError::Address)), "{address}");
        }
    }
}
