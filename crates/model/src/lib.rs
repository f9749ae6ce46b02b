//! People, numbers, presence, calls and search.
//!
//! Everything here is a value or a pure function of values: no I/O, no async, no clock of its own
//! (time comes in as an argument; [`Clock`] is where the callers get it from). This crate knows no
//! other crate of the workspace.

mod call;
mod clock;
mod event;
mod expertise;
mod hours;
mod id;
mod latest;
mod number;
mod organisation;
mod person;
mod policy;
mod presence;
mod roster;
pub mod search;
mod shown;
mod zone;

pub use call::{Call, CallReport, Ending, Hold, Leg, LegState, Outcome, Party, QueueRef, Side, Step};
pub use clock::{Clock, Hand};
pub use event::{Event, Logged};
pub use expertise::{
    Expertise, Flaw, LONGEST_ITEM, LONGEST_NOTE, Level, MOST_ITEMS, MOST_SKILLS, NoLevel, Part, SEPARATORS,
    Skill, Unfit,
};
pub use hours::{Hours, NotHours, WorkingHours};
pub use id::{CallId, PersonId, Seq};
pub use latest::Latest;
pub use number::{Extension, Line, NotANumber, NumberKind, PhoneNumber};
pub use organisation::{Organisation, OrganisationFact, OrganisationReport};
pub use person::{Detail, Person, PersonFact, PersonReport, Phone, Profile, Standing};
pub use policy::{Consulted, Limit, Policy};
pub use presence::{FirstAction, Freshness, Presence, PresenceReport, PresenceState, Source};
pub use roster::{Change, Entry, Roster};
pub use shown::{JUST_OFF_A_CALL, Shown};
pub use zone::{NoSuchZone, TimeZone};
