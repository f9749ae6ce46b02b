//! The directory: who there is, and what is known of each, with as few questions as that takes.

mod course;
mod detail;
mod gone;
mod queues;
mod sweep;

pub(crate) use detail::{serve as serve_touched, sweep as sweep_details, want as want_details};
pub(crate) use queues::{QueueList, known as known_queues, sweep as sweep_queues};
pub(crate) use sweep::run as sweep;
