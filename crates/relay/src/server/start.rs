//! How a server starts: logs first, then ports, then tasks.

use std::{
    net::SocketAddr,
    sync::{Arc, OnceLock, atomic::AtomicU64},
};

use rollcall_model::Clock;
use tokio::{
    net::{TcpListener, TcpSocket},
    sync::Semaphore,
};
use tokio_util::{sync::CancellationToken, task::TaskTracker};
use url::Url;

use super::{
    OrganisationSettings, Server, Settings, StartError, Storage,
    desks::Porter,
    exporter, health,
    house::{House, Keys},
    listen::{self, Entrance, Tls},
    people::{self, Stores},
    rooms::Rooms,
    storage::Opened,
    webhook::Webhooks,
};
use crate::{
    access::{self, Access},
    current::Current,
};

/// How many connections wait to be taken, as far as the system lets them: all desks may come in the same second.
const WAITING: u32 = 16_384;

impl Server {
    /// Opens all logs and ports and starts all tasks.
    pub async fn start(settings: Settings) -> Result<Self, StartError> {
        let tls = match settings.tls.clone() {
            Some(files) => Some(Arc::new(Tls::open(files).await?)),
            None => None,
        };
        let (listener, at) = bind(settings.listen)?;
        let figures = match settings.metrics_listen {
            Some(at) => Some((exporter::Exporter::install()?, bind(at)?)),
            None => None,
        };
        let opening =
            Opening { storage: settings.storage, clock: settings.clock.clone(), seed: settings.seed };
        let mut houses = Vec::new();
        // The logs come first: opening one makes its folder.
        let mut opened = Vec::new();
        for organisation in &settings.organisations {
            opened.push(opening.storage.open(&organisation.slug, &opening.clock).await?);
        }
        let stores = Stores::open(&opening.storage).await?;
        for (organisation, log) in settings.organisations.into_iter().zip(opened) {
            houses.push(opening.house(organisation, log, &stores).await?);
        }
        let houses: Arc<[House]> = houses.into();
        let closing = CancellationToken::new();
        let connections = TaskTracker::new();
        let is_https = |url: &Url| url.scheme() == "https";
        let encrypted = tls.is_some() || settings.public_url.as_ref().is_some_and(is_https);
        let porter = Porter::new(houses.clone(), settings.limits, &settings.clock);
        let router = porter.routes(encrypted).merge(health::routes(houses.clone(), closing.clone()));
        let router = access::strict(router, encrypted);
        let most = settings.limits.connections.min(Semaphore::MAX_PERMITS);
        let entrance = Entrance {
            webhooks: Webhooks::new(houses.clone(), settings.clock),
            router,
            trusted_proxies: settings.trusted_proxies,
            tls: tls.clone(),
            most,
            room: Arc::new(Semaphore::new(most)),
            turned_away: AtomicU64::new(0),
            closing: closing.clone(),
            connections: connections.clone(),
        };
        let entrance = Arc::new(entrance);
        connections.spawn(listen::serve(listener, entrance.clone()));
        let metrics = figures.map(|(exporter, (listener, at))| {
            connections.spawn(exporter.serve(listener, houses.clone(), entrance, closing.clone()));
            address("http", at)
        });
        connections.close();
        let base = address(if tls.is_some() { "https" } else { "http" }, at);
        opening.storage.keep_address(settings.public_url.as_ref().unwrap_or(&base));
        tracing::info!(port = at.port(), organisations = houses.len(), "the relay serves");
        Ok(Self { houses, stores, base, metrics, tls, closing, connections })
    }
}

fn bind(at: SocketAddr) -> Result<(TcpListener, SocketAddr), StartError> {
    let failed = |source| StartError::Listen { at, source };
    let socket = if at.is_ipv4() { TcpSocket::new_v4() } else { TcpSocket::new_v6() }.map_err(failed)?;
    // A relay that comes back finds its port although connections of the one before are still being buried.
    socket.set_reuseaddr(true).and_then(|()| socket.bind(at)).map_err(failed)?;
    let listener = socket.listen(WAITING).map_err(failed)?;
    let at = listener.local_addr().map_err(failed)?;
    Ok((listener, at))
}

#[expect(clippy::expect_used, reason = "an address of a socket is always one of an URL")]
fn address(scheme: &str, at: SocketAddr) -> Url {
    Url::parse(&format!("{scheme}://{at}/")).expect("an address")
}

/// What is needed to open organisations.
struct Opening {
    storage: Storage,
    clock: Clock,
    seed: u64,
}

impl Opening {
    /// Starts an organisation over its log.
    async fn house(
        &self,
        settings: OrganisationSettings,
        log: Opened,
        stores: &Stores,
    ) -> Result<House, StartError> {
        let OrganisationSettings { slug, account_id, client_id, webhook, .. } = settings;
        if webhook.as_ref().is_some_and(|webhook| webhook.legacy_token.is_some()) {
            tracing::warn!(
                organisation = %slug,
                "deliveries with the old verification token are taken: it is weaker than a signature, because it \
                 is the same in every delivery and proves nothing about the content"
            );
        }
        let store = stores.of(&slug).await.map_err(StartError::People)?;
        let rooms = Arc::new(Rooms {
            slug: slug.clone(),
            storage: self.storage.clone(),
            zoom: settings.zoom,
            source: settings.source,
            clock: self.clock.clone(),
            seed: self.seed,
            reconcile: settings.reconcile,
            retention: settings.retention,
            tally: Arc::default(),
            directory: Arc::default(),
            access: OnceLock::new(),
        });
        let organisation = rooms.open(log);
        let (people, clock) = (rooms.directory.clone(), self.clock.clone());
        let decided = people::settings(settings.name, account_id.clone(), settings.roles, settings.sign_in);
        let parts = access::Parts { slug: slug.clone(), store, people, clock, settings: decided };
        let access = rooms.access.get_or_init(|| Access::new(parts)).clone();
        rooms.watch_over(&organisation);
        let current = Current::new(organisation);
        let (tasks, stop) = (TaskTracker::new(), CancellationToken::new());
        tasks.spawn(current.clone().keep(rooms.clone(), stop.clone()));
        tasks.close();
        let keys = webhook.map(Keys::from);
        Ok(House { slug, current, rooms, tasks, stop, access, client_id, account_id, keys })
    }
}
