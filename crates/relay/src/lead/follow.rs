//! A node that does not lead: what its desks want goes to the one that does, and how that one stands comes back.

use std::{pin::pin, sync::Arc, time::Duration};

use futures_util::FutureExt;
use rollcall_wire::relay::RelayState;
use tokio::{sync::mpsc, time::sleep};

use crate::{bus::MOST_WISHES, core::Core, wanted::Claim};

/// Passes wishes on for so long, or until the relay stops.
pub(super) async fn for_a_while(core: &Core, how_long: Duration) {
    let mut over = pin!(sleep(how_long));
    loop {
        tokio::select! {
            () = core.stop.cancelled() => return,
            () = &mut over => return,
            first = core.presence.next() => pass_on(core, first).await,
        }
    }
}

/// Passes a wish on together with those that wait behind it.
async fn pass_on(core: &Core, first: Claim) {
    let mut claims = vec![first];
    while claims.len() < MOST_WISHES
        && let Some(claim) = core.presence.next().now_or_never()
    {
        claims.push(claim);
    }
    let people: Vec<_> = claims.iter().map(|claim| claim.person.clone()).collect();
    core.bus.wish(&people).await;
}

/// Takes over how the leader stands with Zoom, until the relay stops.
pub(crate) async fn take_stand(core: Arc<Core>, mut stands: mpsc::Receiver<RelayState>) {
    while let Some(Some(state)) = core.stop.run_until_cancelled(stands.recv()).await {
        if !core.leads() {
            core.state.take_over(state);
        }
    }
}
