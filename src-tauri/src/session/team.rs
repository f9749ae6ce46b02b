//! Team mode: the link goes to the relay of an organisation, where this desk has a seat.

use std::{
    sync::{Arc, PoisonError},
    time::Duration,
};

use rollcall_desk::{
    Engine,
    team::{
        Ear, JoinLink, Joined, Keeper, Membership, Page, RelayAddress, Seat, SignIn, Turn, Turned, Turning,
    },
};
use rollcall_wire::{
    Failure,
    session::Redeem,
    window::{Invitation, Link, Mode, SigningIn, YourRelay},
};

use super::{Feed, Options, Session, Way};
use crate::{connection::Connection, words::Words};

/// How long somebody may take to sign in.
const PATIENCE: Duration = Duration::from_mins(5);

/// A sign-in between its start and its end.
#[derive(Default)]
pub(super) struct Waiting {
    sign_in: Option<SignIn>,
    ear: Option<Ear>,
}

impl Session {
    /// Joins a relay with an invitation. One that is shown again is shown as by the same desk: the answer to the
    /// first time may have been lost.
    pub(crate) async fn join(&self, typed: Invitation) -> Result<(), Failure> {
        let (relay, redeem) = self.knock(JoinLink::of(&typed)?)?;
        self.take_seat(relay, redeem).await?;
        *self.knocking.lock().unwrap_or_else(PoisonError::into_inner) = None;
        Ok(())
    }

    fn knock(&self, link: JoinLink) -> Result<(RelayAddress, Redeem), Failure> {
        let mut knocking = self.knocking.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((before, redeem)) = &*knocking
            && *before == link
        {
            return Ok((link.relay, redeem.clone()));
        }
        let (relay, redeem) = link.clone().redeem()?;
        *knocking = Some((link, redeem.clone()));
        Ok((relay, redeem))
    }

    /// Begins a sign-in with Zoom; an earlier one is over. Gives what is to be opened in the browser.
    pub(crate) async fn sign_in(&self, form: rollcall_wire::window::SignIn) -> Result<SigningIn, Failure> {
        let relay = RelayAddress::parse(&form.relay)?;
        let words = Words::of(self.engine().settings().language);
        let page =
            |title, body| Page { title: words.say(title).to_owned(), body: words.say(body).to_owned() };
        let done = page("browser_done_title", "browser_done_body");
        let refused = page("browser_refused_title", "browser_refused_body");
        let sign_in = SignIn::start(relay, &form.organisation, done, refused).await?;
        let address = sign_in.address().to_string();
        self.stop_sign_in();
        let waiting = Waiting { ear: Some(sign_in.ear()), sign_in: Some(sign_in) };
        *self.signing_in.lock().unwrap_or_else(PoisonError::into_inner) = waiting;
        Ok(SigningIn { address })
    }

    /// Waits for the end of the sign-in, and joins the relay with it.
    pub(crate) async fn signed_in(&self) -> Result<(), Failure> {
        let waiting = self.signing_in.lock().unwrap_or_else(PoisonError::into_inner).sign_in.take();
        let (relay, redeem) = waiting.ok_or(Failure::SignInUnknown)?.finish(PATIENCE).await?;
        self.take_seat(relay, redeem).await
    }

    /// Ends a sign-in that waits for the browser, if one does.
    pub(crate) fn stop_sign_in(&self) {
        let waiting = std::mem::take(&mut *self.signing_in.lock().unwrap_or_else(PoisonError::into_inner));
        if let Some(ear) = waiting.ear {
            ear.cancel();
        }
    }

    /// The relay of this desk, asked now; nothing in another mode.
    pub(crate) async fn your_relay(&self) -> Option<YourRelay> {
        let seat = self.feed.lock().await.as_ref().and_then(Feed::seat);
        match (seat, Connection::load(&self.options.config)) {
            (Some(seat), _) => Some(seat.about().await),
            (None, Some(Connection::Team(kept))) if self.engine().status().mode == Mode::Team => {
                let link = self.engine().status().link;
                let why = if let Link::Offline { failure, .. } = link { Some(failure) } else { None };
                Some(kept.told(why))
            }
            _ => None,
        }
    }

    /// Takes what a link brought from the browser.
    pub(super) fn heard_of_sign_in(&self, joined: Joined) -> Result<(), Failure> {
        let ear = self.signing_in.lock().unwrap_or_else(PoisonError::into_inner).ear.clone();
        ear.ok_or(Failure::SignInUnknown)?.hear(joined)
    }

    /// Sits down again where this desk sat before.
    pub(super) async fn resume_team(&self, membership: Membership) -> Result<(), Failure> {
        let engine = self.engine();
        engine.set_mode(Mode::Team);
        engine.set_me(Some(membership.who()));
        engine.set_role(membership.role);
        match Seat::again(membership, &engine.trust(), self.options.secrets.clone()).await {
            Ok(Some(seat)) => self.enter_team(seat, false).await,
            Ok(None) => {
                engine.shut_out(Failure::SessionEnded, None);
                Ok(())
            }
            Err(failure) => {
                if !self.decided.initialized() {
                    engine.shut_out(failure.clone(), None);
                }
                Err(failure)
            }
        }
    }

    /// Leaves the seat: the session ends, the copy of the directory goes, the person's own things stay.
    pub(super) async fn sign_out(&self, feed: &mut Option<Feed>) -> Result<(), Failure> {
        let seat = feed.as_ref().and_then(Feed::seat);
        self.close(feed).await;
        let told = match seat {
            Some(seat) => seat.sign_out().await,
            None => Ok(()),
        };
        let forgotten = self.forget_connection().await;
        self.begin(Way { anew: true, ..Way::nowhere() }).await?;
        for failure in [told, forgotten].into_iter().filter_map(Result::err) {
            self.engine().notice(failure);
        }
        Ok(())
    }

    async fn take_seat(&self, relay: RelayAddress, redeem: Redeem) -> Result<(), Failure> {
        let Options { config, secrets, .. } = &self.options;
        let trust = self.engine().trust();
        let earlier = Connection::load(config);
        let (seat, not_kept) = Seat::take(relay, &redeem, &trust, secrets.clone()).await?;
        let membership = seat.membership();
        let forgotten = match earlier {
            Some(Connection::Zoom(app)) => secrets.forget(&app.client_id).await,
            Some(Connection::Team(before)) if before.relay != membership.relay => {
                before.forget(&**secrets).await
            }
            _ => Ok(()),
        };
        let saved = Connection::Team(membership).save(config);
        self.enter_team(seat, true).await?;
        for failure in not_kept.into_iter().chain(forgotten.err()).chain(saved.err()) {
            // It works until the app ends; the person is told that it will be asked for again.
            self.engine().notice(failure);
        }
        Ok(())
    }

    async fn enter_team(&self, seat: Seat, taken_now: bool) -> Result<(), Failure> {
        let mut feed = self.feed.lock().await;
        let resumed = !taken_now;
        if resumed && self.decided.initialized() {
            return Ok(());
        }
        self.close(&mut feed).await;
        let me = Some(seat.membership().who());
        self.begin(Way { mode: Mode::Team, me, resumed, ..Way::nowhere() }).await?;
        self.engine().set_role(seat.membership().role);
        let seat = Arc::new(seat);
        let turned = turned(self.engine(), self.options.clone());
        let keeper = Keeper::start(Arc::clone(&seat), self.options.clock.clone(), taken_now, turned);
        *feed = Some(Feed::Team(seat, keeper));
        Ok(())
    }
}

/// Links the engine with the newest token, and writes down what the relay says of the seat.
fn turned(engine: Engine, options: Options) -> Turned {
    Box::new(move |turn| -> Turning {
        let (engine, options) = (engine.clone(), options.clone());
        Box::pin(async move {
            match turn {
                Turn::Link(upstream) => {
                    engine.disconnect().await;
                    engine.connect(upstream);
                }
                Turn::Known(membership) => {
                    engine.set_me(Some(membership.who()));
                    engine.set_role(membership.role);
                    if let Err(failure) = Connection::Team(membership).save(&options.config) {
                        engine.notice(failure);
                    }
                }
                Turn::Ended => {
                    engine.disconnect().await;
                    engine.shut_out(Failure::SessionEnded, None);
                }
            }
        })
    })
}
