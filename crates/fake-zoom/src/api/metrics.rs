//! stub
use super::{Answer, Ask, Refused};
pub(super) fn call_logs(_: &Ask<'_>) -> Answer {
    Err(Refused::unknown_endpoint())
}
pub(super) fn past_calls(_: &Ask<'_>) -> Answer {
    Err(Refused::unknown_endpoint())
}
