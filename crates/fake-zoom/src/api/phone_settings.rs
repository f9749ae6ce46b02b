//! stub
use super::{Answer, Ask, Refused};
pub(super) fn get(_: &Ask<'_>) -> Answer {
    Err(Refused::unknown_endpoint())
}
