//! What the window is told without asking: one bounded batch at a time, each person once in it.
//!
//! Only names are kept until a batch leaves, so what leaves is as it is by then. The first news after a
//! quiet moment leaves at once, later ones wait for the tick. When no window listens nothing is kept but
//! the last link that was opened: the window that comes up for it shall show it.

use std::{
    collections::{HashMap, HashSet},
    sync::{Arc, Mutex},
};

use rollcall_model::PersonId;
use rollcall_wire::{
    Failure,
    window::{Consult, Push},
};
use tokio::{sync::Notify, time};

use super::Desk;
use crate::{count::narrow, rows, sync::hold};

/// Takes a batch; false when the window is gone.
pub(crate) type Sink = dyn Fn(Vec<Push>) -> bool + Send + Sync;

/// How many people's presence one batch may carry; beyond that the window is told to ask again.
const MOST_PEOPLE: usize = 2_000;
/// How many failures one batch may carry; the oldest make room.
const MOST_FAILURES: usize = 16;

/// News that waits for the window.
#[derive(Default)]
pub(crate) struct Outbox {
    sink: Mutex<Option<Arc<Sink>>>,
    news: Mutex<News>,
    wake: Notify,
}

#[derive(Default)]
struct News {
    presence: HashSet<PersonId>,
    people: u32,
    consults: HashMap<String, Consult>,
    watches: bool,
    lists: bool,
    status: bool,
    failures: Vec<Failure>,
    link: Option<Push>,
}

impl Outbox {
    /// Sends batches to this window from now on; what waited for another one is dropped.
    pub(crate) fn subscribe(&self, sink: Arc<Sink>) {
        *hold(&self.sink) = Some(sink);
        let mut news = hold(&self.news);
        *news = News { link: news.link.take(), ..News::default() };
        drop(news);
        self.wake.notify_one();
    }

    pub(crate) fn presence<'a>(&self, people: impl IntoIterator<Item = &'a PersonId>) {
        self.add(|news| {
            news.presence.extend(people.into_iter().cloned());
            if news.presence.len() > MOST_PEOPLE {
                news.people = news.people.saturating_add(narrow(news.presence.len()));
                news.presence.clear();
            }
        });
    }

    pub(crate) fn people(&self, changed: usize) {
        let changed = narrow(changed);
        self.add(|news| news.people = news.people.saturating_add(changed));
    }

    pub(crate) fn consult(&self, consult: Consult) {
        self.add(|news| drop(news.consults.insert(consult.id.clone(), consult)));
    }

    pub(crate) fn watches(&self) {
        self.add(|news| news.watches = true);
    }

    pub(crate) fn lists(&self) {
        self.add(|news| news.lists = true);
    }

    pub(crate) fn status(&self) {
        self.add(|news| news.status = true);
    }

    pub(crate) fn failed(&self, failure: Failure) {
        self.add(|news| {
            news.failures.push(failure);
            let surplus = news.failures.len().saturating_sub(MOST_FAILURES);
            news.failures.drain(..surplus);
        });
    }

    /// A link was opened: kept until a window takes it, the last one only.
    pub(crate) fn link(&self, push: Push) {
        hold(&self.news).link = Some(push);
        self.wake.notify_one();
    }

    fn add(&self, add: impl FnOnce(&mut News)) {
        if hold(&self.sink).is_some() {
            add(&mut hold(&self.news));
            self.wake.notify_one();
        }
    }

    /// Everything that waits, if a window listens.
    fn take(&self) -> Option<(Arc<Sink>, News)> {
        let sink = hold(&self.sink).clone()?;
        Some((sink, std::mem::take(&mut *hold(&self.news))))
    }

    fn gone(&self, sink: &Arc<Sink>) {
        let mut known = hold(&self.sink);
        if known.as_ref().is_some_and(|known| Arc::ptr_eq(known, sink)) {
            *known = None;
            *hold(&self.news) = News::default();
        }
    }
}

/// Sends batches until the task is dropped.
pub(crate) async fn run(desk: Arc<Desk>) {
    loop {
        desk.outbox.wake.notified().await;
        if let Some((sink, news)) = desk.outbox.take() {
            let batch = batch(&desk, news);
            if !batch.is_empty() && !sink(batch) {
                desk.outbox.gone(&sink);
            }
        }
        time::sleep(desk.timing.batch).await;
    }
}

fn batch(desk: &Desk, news: News) -> Vec<Push> {
    let mut batch = Vec::new();
    if news.status {
        batch.push(Push::Status { status: desk.status() });
    }
    let now = desk.now();
    let consults = news.consults.values().map(|consult| rows::consult(consult, now));
    batch.extend(consults.map(|consult| Push::Consult { consult }));
    batch.extend(desk.presence_of(news.presence));
    if news.watches {
        batch.push(Push::Watches { watches: desk.watches() });
    }
    if news.lists {
        batch.push(Push::Lists { lists: desk.lists() });
    }
    if news.people > 0 {
        batch.push(Push::People { changed: news.people });
    }
    batch.extend(news.failures.into_iter().map(|failure| Push::Failed { failure }));
    batch.extend(news.link);
    batch
}
