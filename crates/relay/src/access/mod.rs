//! Who may come in at a relay that is a server: invitations, sign-ins, sessions, and the trail of all of it.
//!
//! One [`Access`] is one organisation's; [`Organisations`] holds all of a relay's. A desk comes in by a one-time
//! code, from an invitation or from a sign-in with Zoom, and holds a session from then on. What ends a session is
//! felt on every node within a second. This room decides who somebody is and which role they have; what a role
//! may see is decided where frames are made. Zoom's tokens never come here.

#[expect(clippy::module_inception, reason = "the room is named after what it holds")]
mod access;
mod address;
mod cache;
mod caller;
mod come_in;
mod ends;
mod entry;
mod follow;
mod limits;
mod lockout;
mod organisations;
mod people;
mod refusals;
mod roles;
mod routes;
mod secret;
mod sign_in;
mod store;

pub use access::{Access, AnyStore, Parts, Settings};
pub use address::ClientAddress;
pub use caller::{Caller, NoSession, SessionId};
pub use come_in::{Invitation, NotInvited};
pub use ends::EndWatch;
pub use entry::{Entry, Kind, Noted, Why};
pub use limits::{ByAddress, BySession, Limits, Quota};
pub use organisations::{Organisations, Refusal};
pub use people::{Known, People};
pub use roles::Roles;
pub use routes::{bearer, routes, strict};
pub use store::{PostgresAccess, PostgresStore, Session, SqliteStore, StoreError};
