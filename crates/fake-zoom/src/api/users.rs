//! `/users`, `/users/{userId}`, `/users/summary`.

use serde_json::{Map, Value, json};

use super::{Answer, Ask, Refused};
use crate::{
    mischief::Mischief,
    oauth::Holder,
    org::{Licence, Person, Standing, numbers},
    time,
};

/// How long an invitation is valid, in seconds.
const INVITATION_LIFE: i64 = 30 * 86_400;

/// `GET /users`.
pub(super) fn list(ask: &Ask<'_>) -> Answer {
    let status = ask.word("status", &["active", "inactive", "pending"])?.unwrap_or("active");
    let with_attributes =
        ask.word("include_fields", &["custom_attributes", "host_key"])? == Some("custom_attributes");
    let role = ask.get("role_id");
    ask.shared.with_world(|world, _| {
        let matching = world.org.people().filter(|(_, person)| person.standing.word() == status);
        let matching = matching.filter(|(ix, _)| role.is_none_or(|role| role == role_id(ix.0)));
        let cut = ask.cut(matching.map(|(ix, _)| ix).collect(), 30, 2000)?;
        let users: Vec<_> =
            cut.rows.iter().map(|ix| row(ask, &world.org[*ix], ix.0, with_attributes)).collect();
        Ok(json!({
            "next_page_token": cut.next,
            "page_count": cut.pages(),
            "page_number": cut.number,
            "page_size": cut.size,
            "total_records": cut.total,
            "users": users,
        })
        .into())
    })
}

/// `GET /users/{userId}`.
pub(super) fn get(ask: &Ask<'_>) -> Answer {
    ask.shared.with_world(|world, _| {
        let ix = ask.person(world).ok_or_else(|| Refused::no_user(ask.id()))?;
        let person = &world.org[ix];
        if person.standing == Standing::Pending && ask.now.timestamp() - person.created_at > INVITATION_LIFE {
            let message = "A valid invitation to join the Zoom account was not found for this user.";
            return Err(Refused::new(400, 1120, message));
        }
        let mut user = common(person, ix.0);
        user.insert("id".into(), json!(person.id));
        user.insert("custom_attributes".into(), attributes(person));
        profile(ask, person, ix.0, &mut user);
        decorate(ask, &mut user);
        Ok(Value::Object(user).into())
    })
}

/// `GET /users/summary`.
pub(super) fn summary(ask: &Ask<'_>) -> Answer {
    ask.shared.with_world(|world, _| {
        let count =
            |fits: &dyn Fn(&Person) -> bool| world.org.people().filter(|(_, person)| fits(person)).count();
        let present = |person: &Person| person.standing != Standing::Pending;
        let licensed = count(&|person| present(person) && person.licence == Licence::Licensed);
        let basic = count(&|person| present(person) && person.licence == Licence::Basic);
        let pending = count(&|person| !present(person));
        Ok(json!({
            "licensed_users_count": licensed,
            "basic_users_count": basic,
            "on_prem_users_count": 0,
            "room_users_count": 0,
            "pending_users_count": pending,
            "join_only_users_count": 0,
            "total_users_count": licensed + basic + pending,
        })
        .into())
    })
}

fn row(ask: &Ask<'_>, person: &Person, place: u32, with_attributes: bool) -> Value {
    let mut user = common(person, place);
    let pending = person.standing == Standing::Pending;
    let withheld = person.id_withheld || (pending && ask.shared.switches.is_on(Mischief::PendingWithoutId));
    if !withheld {
        user.insert("id".into(), json!(person.id));
    }
    if with_attributes {
        user.insert("custom_attributes".into(), attributes(person));
    }
    decorate(ask, &mut user);
    Value::Object(user)
}

fn common(person: &Person, place: u32) -> Map<String, Value> {
    let mut user = Map::new();
    let created = time::stamp_seconds(person.created_at);
    user.insert("email".into(), json!(person.email));
    user.insert("type".into(), person.licence.number().into());
    user.insert("status".into(), person.standing.word().into());
    user.insert("dept".into(), person.department.as_ref().into());
    user.insert("role_id".into(), role_id(place).into());
    user.insert("timezone".into(), person.site().zone.name().into());
    user.insert("user_created_at".into(), created.as_str().into());
    user.insert("created_at".into(), created.into());
    if person.standing == Standing::Pending {
        return user;
    }
    user.insert("first_name".into(), person.first.as_ref().into());
    user.insert("last_name".into(), person.last.as_ref().into());
    user.insert("display_name".into(), person.display_name().into());
    user.insert("verified".into(), 1.into());
    user.insert("pmi".into(), (3_000_000_000 + u64::from(person.habit)).into());
    user.insert("last_client_version".into(), "6.3.0.44805(mac)".into());
    user.insert("employee_unique_id".into(), format!("E{:06}", place + 1).into());
    user
}

fn profile(ask: &Ask<'_>, person: &Person, place: u32, user: &mut Map<String, Value>) {
    user.insert("account_id".into(), ask.shared.credentials.account_id.as_str().into());
    user.insert("job_title".into(), person.title.as_ref().into());
    user.insert("location".into(), person.site().city.into());
    user.insert("company".into(), "Example Ltd".into());
    user.insert("cost_center".into(), person.cost_center.into());
    user.insert("language".into(), person.site().locale.into());
    user.insert("role_name".into(), if place == 0 { "Owner" } else { "Member" }.into());
    user.insert("jid".into(), format!("{}@xmpp.example.com", person.id.to_lowercase()).into());
    user.insert("cluster".into(), "us04".into());
    user.insert("login_types".into(), json!([101]));
    user.insert("use_pmi".into(), false.into());
    let numbers: Vec<_> = person.profile.iter().map(profile_number).collect();
    if let Some(first) = person.profile.first() {
        user.insert("phone_country".into(), first.country.into());
        user.insert("phone_number".into(), format!("+{} {}", first.code, first.number).into());
    }
    user.insert("phone_numbers".into(), numbers.into());
    if ask.grant.holder == Holder::User {
        user.insert("personal_meeting_url".into(), "https://example.com/j/me".into());
    }
}

/// A profile number: code and national number apart.
pub(super) fn profile_number(number: &numbers::ProfileNumber) -> Value {
    json!({
        "code": format!("+{}", number.code),
        "country": number.country,
        "label": number.label,
        "number": number.number,
        "verified": true,
    })
}

fn attributes(person: &Person) -> Value {
    let pairs = [("cbf_skills", "Skills", &person.skills), ("cbf_languages", "Languages", &person.languages)];
    pairs
        .iter()
        .filter(|(_, _, value)| !value.is_empty())
        .map(|(key, name, value)| json!({ "key": key, "name": name, "value": value }))
        .collect()
}

fn role_id(place: u32) -> &'static str {
    if place == 0 { "0" } else { "2" }
}

fn decorate(ask: &Ask<'_>, user: &mut Map<String, Value>) {
    if ask.shared.switches.is_on(Mischief::ExtraFields) {
        user.insert("favourite_tea".into(), json!({ "kind": "oolong", "cups": 3, "since": null }));
    }
}
