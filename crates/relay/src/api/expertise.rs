//! `PUT /v1/people/{id}/expertise`: what an organisation itself tells of somebody, read and written by other programs.

use axum::{
    Extension, Json,
    extract::{
        Path,
        rejection::{JsonRejection, PathRejection},
    },
    http::StatusCode,
    response::{IntoResponse, Response},
};
use rollcall_model::{self as model, PersonId};
use rollcall_wire::{Failure, session::Role};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{body, hidden_from};
use crate::{
    core::Core,
    door::{Visitor, refuse, refuse_field},
    lore::{Patch, TAKEN_BACK_KEPT},
};

/// What the organisation itself tells of somebody.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub(super) struct Expertise {
    /// Skills with levels, the most telling first.
    #[schema(required = false)]
    skills: Vec<Skill>,
    /// Languages spoken.
    #[schema(required = false)]
    languages: Vec<String>,
    /// Working hours in the person's own time zone, such as `Mon-Fri 08:00-18:00; Sat 09:00-13:00`; empty when they
    /// are not told.
    #[schema(required = false)]
    hours: String,
    /// A note; may have several lines.
    #[schema(required = false)]
    note: String,
    /// Names by which colleagues know them.
    #[schema(required = false)]
    aliases: Vec<String>,
    /// Names that they had before.
    #[schema(required = false)]
    former_names: Vec<String>,
}

/// Something that somebody knows.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Skill {
    /// What it is called.
    name: String,
    /// How well, from 1 (a beginner) to 5 (an expert).
    #[serde(default)]
    #[schema(minimum = 1, maximum = 5)]
    level: Option<u8>,
}

/// Tells something else of somebody than before; for admins.
///
/// What is left out is told no more. What Zoom tells stays as it is. The answer says what is told now, in order: without
/// repeats and empty texts. Desks hear of it within a second.
#[utoipa::path(
    put, path = "/v1/people/{id}/expertise", tag = "people", request_body = Expertise,
    params(("id" = String, Path, description = "Zoom's id of the user.")),
    responses(
        (status = 200, description = "It is kept.", body = Expertise),
        (status = 403, description = "This is for admins.", body = Failure),
        (status = 404, description = "Nobody of that id is known, or not any more.", body = Failure),
        (status = 413, description = "The body is too large."),
        (status = 415, description = "The body is no JSON."),
        (status = 422, description = "A part does not hold what it must; it is named.", body = Failure),
    ),
)]
pub(super) async fn tell(
    Extension(visitor): Extension<Visitor>,
    id: Result<Path<String>, PathRejection>,
    told: Result<Json<Expertise>, JsonRejection>,
) -> Response {
    if let Some(refusal) = hidden_from(&visitor, Role::Admin) {
        return refusal;
    }
    let told = match body(told) {
        Ok(told) => told,
        Err(refusal) => return *refusal,
    };
    let told = match told.fit() {
        Ok(told) => told,
        Err(field) => return refuse_field(field),
    };
    let email = id.ok().and_then(|Path(id)| email_of(&visitor.core, &PersonId::new(&id)));
    let Some(email) = email else { return refuse(StatusCode::NOT_FOUND, Failure::UnknownPerson) };
    keep(&visitor, &email, told).await
}

/// Writes into the trail who tells what of whom, then keeps it.
async fn keep(visitor: &Visitor, email: &str, told: model::Expertise) -> Response {
    let core = &visitor.core;
    if let Some(trail) = &visitor.trail
        && let Err(error) = trail.note(email, "skills").await
    {
        tracing::error!(%error, "the trail cannot be written");
        return refuse(StatusCode::SERVICE_UNAVAILABLE, Failure::from(&error));
    }
    let answer = Json(Expertise::from(&told));
    let now = core.clock.now();
    match core.lore.import(&[Patch::whole(email, told)], false, now, now - TAKEN_BACK_KEPT).await {
        Ok(_) => {
            core.newcomers.news.notify_one();
            answer.into_response()
        }
        Err(error) => {
            tracing::error!(%error, "what is told of somebody cannot be kept");
            refuse(StatusCode::SERVICE_UNAVAILABLE, Failure::from(&error))
        }
    }
}

/// The address by which it is kept what is told of somebody who is known.
fn email_of(core: &Core, id: &PersonId) -> Option<String> {
    core.fold.read(|roster| {
        let person = &roster.get(id)?.person;
        person.email().filter(|_| !person.is_gone()).map(str::to_owned)
    })
}

impl Expertise {
    /// The same in order; the name of a part that does not fit.
    fn fit(self) -> Result<model::Expertise, &'static str> {
        let skill = |skill: Skill| {
            let level = skill.level.map(model::Level::try_from).transpose().map_err(|_| "skills")?;
            Ok(model::Skill { name: skill.name, level })
        };
        let told = model::Expertise {
            skills: self.skills.into_iter().map(skill).collect::<Result<_, &'static str>>()?,
            languages: self.languages,
            hours: self.hours.parse().map_err(|_| model::Part::Hours.name())?,
            note: self.note,
            aliases: self.aliases,
            former_names: self.former_names,
        };
        told.fit().map_err(|unfit| unfit.first().map_or("body", |unfit| unfit.part.name()))
    }
}

impl From<&model::Expertise> for Expertise {
    fn from(told: &model::Expertise) -> Self {
        let skill =
            |skill: &model::Skill| Skill { name: skill.name.clone(), level: skill.level.map(u8::from) };
        Self {
            skills: told.skills.iter().map(skill).collect(),
            languages: told.languages.clone(),
            hours: told.hours.to_string(),
            note: told.note.clone(),
            aliases: told.aliases.clone(),
            former_names: told.former_names.clone(),
        }
    }
}
