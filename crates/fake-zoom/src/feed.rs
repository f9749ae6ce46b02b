//! Carries events to whoever listens: the one WebSocket and the webhook receivers.

use std::{
    collections::HashMap,
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
};

use bytes::Bytes;
use serde_json::Value;
use tokio::sync::mpsc;

use crate::events::Event;

/// How many events wait for a listener; one that is slower loses what comes after.
pub(crate) const BACKLOG: usize = 16_384;

/// An event on its way.
#[derive(Clone, Debug)]
pub(crate) enum Parcel {
    /// A body to be written as Zoom writes it.
    Event(std::sync::Arc<Value>),
    /// Bytes to be sent as they are.
    Raw(Bytes),
}

/// The listeners, and how many events went out and were lost.
#[derive(Debug, Default)]
pub(crate) struct Feed {
    listeners: Mutex<HashMap<u64, mpsc::Sender<Parcel>>>,
    joined: AtomicU64,
    sent: AtomicU64,
    overflowed: AtomicU64,
}

/// A listener's end of the feed.
#[derive(Debug)]
pub(crate) struct Listener {
    pub(crate) id: u64,
    pub(crate) parcels: mpsc::Receiver<Parcel>,
}

impl Feed {
    /// Adds a listener. Nothing that was sent before reaches it.
    pub(crate) fn join(&self) -> Listener {
        let (sender, parcels) = mpsc::channel(BACKLOG);
        let id = self.joined.fetch_add(1, Ordering::Relaxed);
        self.listeners.lock().unwrap_or_else(PoisonError::into_inner).insert(id, sender);
        Listener { id, parcels }
    }

    /// Takes a listener away.
    pub(crate) fn leave(&self, id: u64) {
        self.listeners.lock().unwrap_or_else(PoisonError::into_inner).remove(&id);
    }

    /// Sends an event to all who listen now.
    pub(crate) fn event(&self, event: Event) {
        self.send(&Parcel::Event(std::sync::Arc::new(event.body)));
    }

    /// Sends bytes as they are to all who listen now.
    pub(crate) fn raw(&self, bytes: Bytes) {
        self.send(&Parcel::Raw(bytes));
    }

    /// How many events were sent, and how many of their copies found a full queue.
    pub(crate) fn counts(&self) -> (u64, u64) {
        (self.sent.load(Ordering::Relaxed), self.overflowed.load(Ordering::Relaxed))
    }

    fn send(&self, parcel: &Parcel) {
        self.sent.fetch_add(1, Ordering::Relaxed);
        for sender in self.listeners.lock().unwrap_or_else(PoisonError::into_inner).values() {
            if sender.try_send(parcel.clone()).is_err() {
                self.overflowed.fetch_add(1, Ordering::Relaxed);
            }
        }
    }
}
