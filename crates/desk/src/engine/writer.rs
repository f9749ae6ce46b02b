//! Writing the world behind its folds: one transaction for all that changed since the last one.
//!
//! There is no queue to overflow: what waits are the names of changed records, each once. While the disk
//! cannot be written they wait on, the person is told, and it is tried again.

use std::{sync::Arc, time::Duration};

use tokio::time;
use tokio_util::sync::CancellationToken;

use super::{Desk, world::World};

/// The pause before a disk that could not be written is tried again.
const RETRY: Duration = Duration::from_secs(30);

/// Writes until it is cancelled, and once more then.
pub(crate) async fn run(desk: Arc<Desk>, cancel: CancellationToken) {
    let mut trouble = false;
    loop {
        let woken = cancel.run_until_cancelled(desk.to_write.notified()).await;
        let written = write(&desk, trouble).await;
        if woken.is_none() {
            return;
        }
        trouble = !written;
        if trouble {
            cancel.run_until_cancelled(time::sleep(RETRY)).await;
            desk.to_write.notify_one();
        }
    }
}

/// Writes what is not written; tells whether that went well.
async fn write(desk: &Desk, after_trouble: bool) -> bool {
    let Some(facts) = desk.with_world(World::take_unwritten) else { return true };
    if let Err(trouble) = desk.replica.write(&facts).await {
        desk.with_world(|world| world.put_back(facts));
        desk.unwritable(&trouble);
        return false;
    }
    if after_trouble {
        desk.writable();
    }
    true
}
