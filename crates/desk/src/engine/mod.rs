//! The engine: what the shell calls, one verb for each of its commands.

mod ask;
mod call;
mod condition;
mod desk;
mod etiquette;
mod finder;
mod fold;
mod groups;
mod instead;
mod lists;
mod look;
mod me;
mod push;
mod recents;
mod tell;
mod tick;
mod timing;
mod waits;
mod watches;
mod world;
mod writer;
mod zoom_time;

use std::sync::Arc;

use chrono::{DateTime, Utc};
use rollcall_model::{Clock, PersonId};
use rollcall_wire::{
    Failure,
    session::Role,
    window::{
        Answer, CallAnswer, CallRequest, Consult, FoundBy, ListChange, ListDeed, Lists, Mode, OfferedGroups,
        OwnExpertise, PersonDetail, Policy, Push, Question, Row, Settings, Status, Watch, WatchChoice,
        WatchWish, Why,
    },
};
use tokio_util::sync::DropGuard;

pub use call::{Dial, dial_uri};
pub(crate) use desk::Desk;
pub use me::Who;
pub use timing::Timing;

use crate::{Home, link::Upstream, lists::share, settings::ZoomBases, team::Trust};

/// The agent's engine. Clones share one desk; its tasks end with [`Engine::stop`], or with the last clone.
#[derive(Clone, Debug)]
pub struct Engine {
    desk: Arc<Desk>,
    _owner: Arc<DropGuard>,
}

impl Engine {
    /// Opens the desk of this home: reads what was kept and starts its tasks. It must be called within a
    /// Tokio runtime. `seed` feeds everything random (ids of calls, pauses between tries).
    ///
    /// A database that cannot be used is kept aside and told of in [`Status::notices`]; a disk that
    /// cannot be written is told of, and the desk works in memory. What remains to fail is SQLite itself.
    pub async fn open(home: Home, clock: Clock, seed: u64) -> Result<Self, Failure> {
        Self::open_timed(home, clock, seed, Timing::default()).await
    }

    /// As [`Engine::open`], with other patience.
    pub async fn open_timed(home: Home, clock: Clock, seed: u64, timing: Timing) -> Result<Self, Failure> {
        // The first provider that a process installs stays; the shell may have been first.
        rustls::crypto::ring::default_provider().install_default().ok();
        let desk = Arc::new(Desk::open(home, clock, seed, timing).await?);
        desk.start();
        let owner = Arc::new(desk.cancel.clone().drop_guard());
        Ok(Self { desk, _owner: owner })
    }

    /// Says where the people come from.
    pub fn set_mode(&self, mode: Mode) {
        self.desk.change(|condition| condition.mode = mode);
    }

    /// Says what the person at this desk may see and do at the organisation's relay.
    pub fn set_role(&self, role: Role) {
        self.desk.change(|condition| condition.role = Some(role));
    }

    /// Says who is at this desk. Calls made from here are matched to that person's.
    pub fn set_me(&self, me: Option<Who>) {
        self.desk.set_me(me);
    }

    /// Links to this relay, and to no other any more; tries again by itself until [`Engine::disconnect`].
    pub fn connect(&self, upstream: Upstream) {
        self.desk.connect(upstream);
    }

    /// Ends the link, and waits until its token is shown to nobody any more. What is known stays.
    pub async fn disconnect(&self) {
        self.desk.disconnect().await;
    }

    /// Sends news to this window from now on, in batches, and to no earlier one. The window is gone when
    /// `sink` gives false. Gives how things stand now.
    pub fn subscribe(&self, sink: Box<dyn Fn(Vec<Push>) -> bool + Send + Sync>) -> Status {
        self.desk.outbox.subscribe(sink.into());
        self.desk.status()
    }

    /// Answers a question to the list, from memory, without waiting for anything.
    pub fn ask(&self, question: Question) -> Answer {
        self.desk.ask(question)
    }

    /// Everything about one person.
    pub fn person(&self, id: &PersonId) -> Result<PersonDetail, Failure> {
        self.desk.person(id)
    }

    /// Why a person is in the answer to a text: each word that was found, and where.
    pub fn why(&self, id: &PersonId, text: &str) -> Vec<FoundBy> {
        self.desk.why(id, text)
    }

    /// Tells what the organisation itself knows of somebody, in place of what it told before. Comes back once it is
    /// known here, too.
    pub async fn tell(&self, id: &PersonId, told: &OwnExpertise) -> Result<(), Failure> {
        self.desk.tell(id, told).await
    }

    /// Sets what the organisation asks of those who call its experts. Comes back once it is known here, too.
    pub async fn set_policy(&self, policy: &Policy) -> Result<(), Failure> {
        self.desk.set_policy(policy).await
    }

    /// Says whom the window shows, so that their presence is kept fresh. `Visible` replaces the people
    /// that were visible before.
    pub async fn look(&self, why: Why, people: Vec<PersonId>) {
        self.desk.look(why, people).await;
    }

    /// Places a call, or says what must be confirmed first. `dial` is given the number once everything
    /// was checked and the call was written down.
    pub async fn call(&self, request: CallRequest, dial: &dyn Dial) -> Result<CallAnswer, Failure> {
        self.desk.call(request, dial).await
    }

    /// Makes a person a favourite (the last in order), or not one any more.
    pub async fn favourite(&self, id: &PersonId, on: bool) -> Result<(), Failure> {
        self.desk.favourite(id, on).await
    }

    /// The person's own lists.
    pub fn lists(&self) -> Lists {
        self.desk.lists()
    }

    /// Changes the lists; gives what was done, when that can be undone. A change holds even when it cannot be
    /// written: that is told of in [`Status::notices`].
    pub async fn arrange(&self, change: &ListChange) -> Result<Option<ListDeed>, Failure> {
        self.desk.arrange(change).await
    }

    /// Takes back what was done to the lists last; gives what that was, or nothing when there is nothing.
    pub async fn undo(&self) -> Option<ListDeed> {
        self.desk.undo().await
    }

    /// Does again what was undone last; gives what that was, or nothing when there is nothing.
    pub async fn redo(&self) -> Option<ListDeed> {
        self.desk.redo().await
    }

    /// The link that offers a group to others.
    pub fn group_link(&self, id: &str) -> Result<String, Failure> {
        self.desk.group_link(id)
    }

    /// The file that offers these groups to others, as JSON; all groups when none is named.
    pub fn groups_file(&self, ids: &[String]) -> Result<String, Failure> {
        self.desk.groups_file(ids)
    }

    /// What of a file of groups can be added, and why the rest cannot. Nothing is added.
    pub fn read_groups(&self, text: &str) -> Result<OfferedGroups, Failure> {
        self.desk.read_groups(text)
    }

    /// What a link to a group offers. Nothing is added; what is not exactly such a link is
    /// [`Failure::NotAGroupLink`].
    pub fn read_group_link(link: &str) -> Result<OfferedGroups, Failure> {
        let group = share::read_link(link)?;
        Ok(OfferedGroups { groups: vec![group], misfits: Vec::new() })
    }

    /// Tells as soon as this person, or anyone of this search, is free. The same wish again takes the place of
    /// the one before.
    pub async fn watch(&self, wish: WatchWish) -> Result<Watch, Failure> {
        self.desk.watch(wish).await
    }

    /// The watches that run, oldest first.
    pub fn watches(&self) -> Vec<Watch> {
        self.desk.watches()
    }

    /// Goes on to the next one of a watch, or ends it. One that is over already is as good.
    pub async fn choose(&self, watch: &str, choice: WatchChoice) -> Result<(), Failure> {
        self.desk.choose(watch, choice).await
    }

    /// The last calls made from here, newest first.
    #[expect(clippy::unused_async, reason = "every verb that may one day wait is awaited from the start")]
    pub async fn consults(&self) -> Result<Vec<Consult>, Failure> {
        Ok(self.desk.consults())
    }

    /// What was chosen.
    pub fn settings(&self) -> Settings {
        self.desk.settings()
    }

    /// Chooses. Fails with [`Failure::DatabaseUnwritable`] when it cannot be written; it counts until the
    /// next start all the same.
    pub async fn save_settings(&self, settings: Settings) -> Result<(), Failure> {
        self.desk.save_settings(settings).await
    }

    /// Addresses to use in place of Zoom's own, from the environment and the settings file.
    pub fn zoom(&self) -> ZoomBases {
        self.desk.zoom()
    }

    /// Pushes once that something failed that the window did not ask for.
    pub fn failed(&self, failure: Failure) {
        self.desk.outbox.failed(failure);
    }

    /// How things stand.
    pub fn status(&self) -> Status {
        self.desk.status()
    }

    /// Adds something that stays to be told until it is dismissed.
    pub fn notice(&self, failure: Failure) {
        let now = self.desk.clock.now();
        self.desk.change(|condition| condition.notice(now, failure));
    }

    /// What was told of this failure is over.
    pub fn settled(&self, failure: &Failure) {
        self.dismiss(&condition::code(failure));
    }

    /// Dismisses what is told under this code, such as `database_set_aside`.
    pub fn dismiss(&self, code: &str) {
        self.desk.change(|condition| condition.dismiss(code));
    }

    /// The favourites who are free now and can be called, in their order.
    pub fn free_favourites(&self, most: usize) -> Vec<Row> {
        self.desk.free_favourites(most)
    }

    /// Says that no relay lets this desk in, and why; and when that is tried again, if it is.
    pub fn shut_out(&self, failure: Failure, retry_at: Option<DateTime<Utc>>) {
        self.desk.unlinked(failure, retry_at);
    }

    /// Which certificates a relay may show: this computer's, and those that the settings name.
    pub fn trust(&self) -> Trust {
        self.desk.trust.clone()
    }

    /// Pushes that a link was opened ([`Push::Open`], [`Push::Confirm`], [`Push::Join`], [`Push::Groups`]): the last
    /// one waits until a window listens. Any other push is for the engine alone to make and is dropped.
    pub fn opened(&self, link: Push) {
        if link.is_link() {
            self.desk.outbox.link(link);
        }
    }

    /// Ends every task, writes what is not written, backs up what is the person's own, and closes the
    /// databases.
    pub async fn stop(&self) {
        self.desk.stop().await;
    }
}
