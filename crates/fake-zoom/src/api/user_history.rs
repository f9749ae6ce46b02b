//! stub
use super::{Answer, Ask, Refused};
pub(super) fn list(_: &Ask<'_>) -> Answer {
    Err(Refused::unknown_endpoint())
}
pub(super) fn sync(_: &Ask<'_>) -> Answer {
    Err(Refused::unknown_endpoint())
}
