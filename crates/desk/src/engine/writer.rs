//! Writing the world behind its folds: one transaction for all that changed since the last one.
//!
//! There is no queue to overflow: what waits are the names of changed records, each once. While the disk
//! cannot be written they wait on, the person is told, and it is tried again.

use std::sync::{Arc, atomic::Ordering};

use tokio::time;
use tokio_util::sync::CancellationToken;

use super::{Desk, world::World};

/// Writes until it is cancelled, and once more then.
pub(crate) async fn run(desk: Arc<Desk>, cancel: CancellationToken) {
    loop {
        let woken = cancel.run_until_cancelled(desk.to_write.notified()).await;
        let written = write(&desk).await;
        if woken.is_none() {
            return;
        }
        if !written {
            cancel.run_until_cancelled(time::sleep(desk.timing.disk)).await;
            desk.to_write.notify_one();
        }
    }
}

/// Writes what is not written; tells whether that went well.
async fn write(desk: &Desk) -> bool {
    let Some(facts) = desk.with_world(World::take_unwritten) else { return true };
    let written = desk.replica.write(&facts).await;
    let before = desk.replica_unwritten.swap(written.is_err(), Ordering::Relaxed);
    if let Err(trouble) = written {
        desk.with_world(|world| world.put_back(facts));
        desk.unwritable(&trouble);
        return false;
    }
    if before {
        desk.writable();
    }
    true
}
