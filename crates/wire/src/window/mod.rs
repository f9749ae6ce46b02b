//! The window's contract: what it asks, what it is answered, what it is pushed.

mod call;
mod lists;
mod people;
mod push;
mod setup;
mod team;
mod watch;

pub use call::{CallAnswer, CallRequest, Confirmation, Consult, ConsultState};
pub use lists::{
    Folder, Group, GroupCount, GroupOffer, ListChange, ListDeed, Lists, Met, Misfit, OfferedGroups, Recent,
};
pub use people::{
    Answer, ConsultsToday, DetailLine, FieldName, FilterName, FoundBy, HoursSpan, Mark, Only, OwnExpertise,
    OwnSkill, PersonDetail, PresenceView, Question, Row, TypedFilter, Why,
};
pub use push::{Link, Me, Mode, Notice, Push, Status, StatusProgress, StatusRepair, Waiter};
pub use setup::{Language, SetUp, Settings, Theme};
pub use team::{Certificate, Invitation, Policy, SignIn, SigningIn, YourRelay};
pub use watch::{Raised, Watch, WatchChoice, WatchWish};
