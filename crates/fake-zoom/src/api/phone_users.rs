//! `/phone/users` and `/phone/users/{userId}`.

use serde_json::{Map, Value, json};

use super::{Answer, Ask, Refused};
use crate::{
    events::Manner,
    ids,
    mischief::Mischief,
    org::{Line, Person},
};

/// `GET /phone/users`. Numbers come without `+`.
pub(super) fn list(ask: &Ask<'_>) -> Answer {
    if ask.shared.switches.is_on(Mischief::SiteDenied) {
        let message = "You do not have permission, because the current site `Main` does not belong to the target sites.";
        return Err(Refused::new(400, 124, message));
    }
    let status = ask.word("status", &["activate", "deactivate", "pending"])?;
    ask.shared.with_world(|world, _| {
        let matching = world.org.people().filter_map(|(ix, person)| person.line.map(|_| (ix, person)));
        let matching = matching
            .filter(|(_, person)| status.is_none_or(|status| status == status_word(person)))
            .filter(|(_, person)| fits(ask, person));
        let cut = ask.cut(matching.map(|(ix, _)| ix).collect(), 30, 100).map_err(bad_token)?;
        let users: Vec<_> = cut.rows.iter().map(|ix| row(&world.manner, &world.org[*ix])).collect();
        Ok(json!({
            "next_page_token": cut.next,
            "page_size": cut.size,
            "total_records": cut.total,
            "users": users,
        })
        .into())
    })
}

/// `GET /phone/users/{userId}`.
pub(super) fn get(ask: &Ask<'_>) -> Answer {
    ask.shared.with_world(|world, _| {
        let ix = ask.person(world).filter(|ix| world.org[*ix].line.is_some());
        let person = &world.org[ix.ok_or_else(|| Refused::no_user(ask.id()))?];
        let mut user = common(&world.manner, person);
        user.insert("site_id".into(), person.site().id().into());
        user.insert("site_admin".into(), false.into());
        user.insert("emergency_address".into(), address(person));
        user.insert("policy".into(), json!({ "delegation": false, "international_calling": true }));
        Ok(Value::Object(user).into())
    })
}

fn row(manner: &Manner, person: &Person) -> Value {
    let mut user = common(manner, person);
    user.insert("name".into(), person.display_name().into());
    user.insert("activation_status".into(), "activated".into());
    user.insert("site".into(), json!({ "id": person.site().id(), "name": person.site().name() }));
    Value::Object(user)
}

fn common(manner: &Manner, person: &Person) -> Map<String, Value> {
    let mut user = Map::new();
    let line = person.line.unwrap_or(Line { extension: 0, did: None });
    user.insert("id".into(), json!(person.id));
    user.insert("phone_user_id".into(), ids::derived("phone user", &person.id).into());
    user.insert("email".into(), json!(person.email));
    user.insert("extension_id".into(), person.extension_id().into());
    user.insert("extension_number".into(), manner.extension(line.extension).into());
    user.insert("status".into(), status_word(person).into());
    user.insert("department".into(), person.department.as_ref().into());
    user.insert("cost_center".into(), person.cost_center.into());
    user.insert("calling_plans".into(), json!([{ "name": "Pro Global Select", "type": 600 }]));
    let number =
        |did: u64| json!({ "id": ids::derived("number", &did.to_string()), "number": did.to_string() });
    user.insert("phone_numbers".into(), line.did.iter().map(|did| number(*did)).collect());
    user
}

fn status_word(person: &Person) -> &'static str {
    if person.is_active() { "activate" } else { "deactivate" }
}

fn fits(ask: &Ask<'_>, person: &Person) -> bool {
    ask.get("site_id").is_none_or(|site| person.site().id() == site)
        && ask.get("department").is_none_or(|department| person.department == department)
        && ask.get("cost_center").is_none_or(|center| person.cost_center == center)
        && ask.get("keyword").is_none_or(|keyword| mentions(person, keyword))
}

fn mentions(person: &Person, keyword: &str) -> bool {
    let keyword = keyword.to_lowercase();
    person.email.to_lowercase().contains(&keyword)
        || person.display_name().to_lowercase().contains(&keyword)
        || person.line.is_some_and(|line| {
            line.extension.to_string().contains(&keyword)
                || line.did.is_some_and(|did| did.to_string().contains(keyword.trim_start_matches('+')))
        })
}

/// Here a bad page token has a code of its own.
fn bad_token(refused: Refused) -> Refused {
    if refused == Refused::page_token() { Refused { code: 400, ..refused } } else { refused }
}

fn address(person: &Person) -> Value {
    let site = person.site();
    json!({
        "id": ids::derived("address", site.city),
        "address_line1": "1 Example Street",
        "city": site.city.to_uppercase(),
        "country": site.country,
        "zip": "00000",
    })
}
