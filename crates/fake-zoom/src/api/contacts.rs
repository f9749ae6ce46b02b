//! stub
use super::{Answer, Ask, Refused};
pub(super) fn search(_: &Ask<'_>) -> Answer {
    Err(Refused::unknown_endpoint())
}
