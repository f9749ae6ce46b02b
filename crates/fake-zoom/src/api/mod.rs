//! `/v2/*`: Zoom's REST endpoints, answered from the organisation's own truth.

mod ask;
mod call_history;
mod call_logs;
mod contacts;
mod endpoints;
mod errors;
mod filter;
mod gate;
mod metrics;
mod number_management;
mod page;
mod phone_numbers;
mod phone_settings;
mod phone_users;
mod presence;
mod queues;
mod user_history;
mod users;

pub(crate) use ask::{Answer, Ask, Reply};
pub(crate) use endpoints::ALL_SCOPES;
pub(crate) use errors::Refused;
pub(crate) use gate::{http_date, serve};
