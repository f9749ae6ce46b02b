//! What crosses a border of the program, and nothing else.
//!
//! - [`relay`]: frames between a relay and its desks, as JSON.
//! - [`packed`]: frames that are sent compressed, with what every frame has in common told beforehand.
//! - [`session`]: how a desk is let in by a relay of its organisation.
//! - [`window`]: questions, answers and pushes between the engine and the window; a test keeps
//!   their TypeScript twins in `ui/src/lib/contract.ts` (see `tests/contract.rs`).
//! - [`Failure`]: every way in which something can fail, as a code with numbers in it. Words belong to
//!   the window's message catalogue; nobody matches on text.

mod failure;
pub mod packed;
pub mod relay;
pub mod session;
pub mod window;

pub use failure::Failure;
