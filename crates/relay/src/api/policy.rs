//! `GET` and `PUT /v1/policy`: what the organisation asks of those who call its experts.

use std::num::NonZeroU16;

use axum::{
    Extension, Json,
    extract::rejection::JsonRejection,
    http::StatusCode,
    response::{IntoResponse, Response},
};
use rollcall_model as model;
use rollcall_wire::{Failure, session::Role};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{body, hidden_from};
use crate::door::{Visitor, refuse, refuse_field};

/// What the organisation asks of those who call its experts. Nothing is forbidden by it.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub(super) struct Policy {
    /// How many consults somebody is asked for in a day of theirs; nothing for as many as come.
    #[schema(required = false, minimum = 1, maximum = 1_000)]
    consults_a_day: Option<u16>,
    /// When nobody is to be called, by their own clock, such as `Mon-Sun 20:00-07:00`; empty for never.
    #[schema(required = false)]
    quiet_hours: String,
    /// Whether people are shown who waits until they are free.
    #[schema(required = false)]
    watchers_shown: bool,
}

/// Tells the organisation's policy.
#[utoipa::path(get, path = "/v1/policy", tag = "people", responses((status = 200, body = Policy)))]
pub(super) async fn read(Extension(visitor): Extension<Visitor>) -> Json<Policy> {
    Json(visitor.core.fold.read(|roster| Policy::from(roster.organisation().policy())))
}

/// Sets the organisation's policy, whole; for admins.
///
/// What is left out is asked for no more. The answer says what is kept now. Desks hear of it within a second.
#[utoipa::path(
    put, path = "/v1/policy", tag = "people", request_body = Policy,
    responses(
        (status = 200, description = "It is kept.", body = Policy),
        (status = 403, description = "This is for admins.", body = Failure),
        (status = 413, description = "The body is too large."),
        (status = 415, description = "The body is no JSON."),
        (status = 422, description = "A part does not hold what it must; it is named.", body = Failure),
    ),
)]
pub(super) async fn set(
    Extension(visitor): Extension<Visitor>,
    policy: Result<Json<Policy>, JsonRejection>,
) -> Response {
    if let Some(refusal) = hidden_from(&visitor, Role::Admin) {
        return refusal;
    }
    let policy = match body(policy) {
        Ok(policy) => policy,
        Err(refusal) => return *refusal,
    };
    match policy.fit() {
        Ok(policy) => keep(&visitor, &policy).await,
        Err(field) => refuse_field(field),
    }
}

/// Writes into the trail who changes it, then keeps it.
async fn keep(visitor: &Visitor, policy: &model::Policy) -> Response {
    let core = &visitor.core;
    let answer = Policy::from(policy);
    let written = serde_json::to_string(&answer).unwrap_or_default();
    if let Some(trail) = &visitor.trail
        && let Err(error) = trail.note_of_all(&format!("policy: {written}")).await
    {
        tracing::error!(%error, "the trail cannot be written");
        return refuse(StatusCode::SERVICE_UNAVAILABLE, Failure::from(&error));
    }
    match core.lore.keep_policy(policy, core.clock.now()).await {
        Ok(_) => {
            core.newcomers.news.notify_one();
            Json(answer).into_response()
        }
        Err(error) => {
            tracing::error!(%error, "the policy cannot be kept");
            refuse(StatusCode::SERVICE_UNAVAILABLE, Failure::from(&error))
        }
    }
}

impl Policy {
    /// The policy; the name of a part that does not fit.
    fn fit(self) -> Result<model::Policy, &'static str> {
        let number = |number| model::Policy::a_day(number).ok_or("consults_a_day");
        Ok(model::Policy {
            consults_a_day: self.consults_a_day.map(number).transpose()?,
            quiet: self.quiet_hours.parse().map_err(|_| "quiet_hours")?,
            watchers_shown: self.watchers_shown,
        })
    }
}

impl From<&model::Policy> for Policy {
    fn from(policy: &model::Policy) -> Self {
        Self {
            consults_a_day: policy.consults_a_day.map(NonZeroU16::get),
            quiet_hours: policy.quiet.to_string(),
            watchers_shown: policy.watchers_shown,
        }
    }
}
