//! What feeds the engine: a relay inside the app, or a seat at an organisation's.

use std::sync::Arc;

use rollcall_desk::{
    Engine,
    team::{Keeper, Seat},
};

use crate::house::House;

/// Runs as long as a mode does.
pub(super) enum Feed {
    /// A relay inside the app.
    House(House),
    /// A seat at the relay of an organisation, and what keeps its token young.
    Team(Arc<Seat>, Keeper),
}

impl Feed {
    /// The seat, if it is one.
    pub(super) fn seat(&self) -> Option<Arc<Seat>> {
        match self {
            Self::House(_) => None,
            Self::Team(seat, _) => Some(Arc::clone(seat)),
        }
    }

    /// Ends it: first whoever may link the engine again, then the link, then what it led to.
    pub(super) async fn stop(self, engine: &Engine) {
        match self {
            Self::House(house) => {
                engine.disconnect().await;
                house.stop().await;
            }
            Self::Team(_, keeper) => {
                keeper.stop().await;
                engine.disconnect().await;
            }
        }
    }
}
