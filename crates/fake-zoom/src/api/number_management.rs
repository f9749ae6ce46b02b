//! `/number_management/numbers`: what takes the place of `/phone/numbers`.

use serde_json::{Value, json};

use super::{
    Answer, Ask, Refused,
    phone_numbers::{Assignee, Numbered, all, written},
};
use crate::{
    events::Manner,
    ids,
    org::{Organisation, sites::SITES},
};

const PRODUCTS: &[&str] = &["UNALLOCATED", "ZOOM_PHONE", "ZOOM_CONTACT_CENTER"];
const TYPES: &[&str] = &["Toll", "TollFree", "VirtualService", "Mobile", "SharedCost", "National", "ITFS"];
const SOURCES: &[&str] =
    &["Zoom", "ZoomPorted", "ZoomReserved", "ThirdPartyNumber", "BYOCCloud", "BYOCPremises"];

/// `GET /number_management/numbers`. All numbers are Zoom Phone's, toll, normal and from Zoom.
pub(super) fn list(ask: &Ask<'_>) -> Answer {
    let product = word(ask, "allocated_product", PRODUCTS, "ZOOM_PHONE")?;
    let kind = word(ask, "number_type", TYPES, "Toll")?;
    let status = word(ask, "number_status", &["Normal", "Pending"], "Normal")?;
    let source = word(ask, "number_source", SOURCES, "Zoom")?;
    let some = product && kind && status && source;
    let site = ask.get("site_id");
    if site.is_some_and(|id| SITES.iter().all(|site| site.id() != id)) {
        return Err(Refused::new(400, 1_002_010, "The site does not exist."));
    }
    let owner = ask.get("assigned_to_type");
    let keyword = ask.get("keyword").map(str::to_lowercase);
    ask.shared.with_world(|world, _| {
        let wanted = all(&world.org).filter(|one| {
            some && site.is_none_or(|site| one.site.id() == site)
                && owner.is_none_or(|owner| owner == owner_word(one.assignee))
                && keyword.as_ref().is_none_or(|keyword| mentions(&world.org, one, keyword))
        });
        let cut = ask.cut(wanted.collect(), 30, 200).map_err(bad_token)?;
        let numbers: Value = cut.rows.iter().map(|one| row(&world.org, &world.manner, one)).collect();
        Ok(json!({ "numbers": numbers, "page_size": cut.size, "next_page_token": cut.next }).into())
    })
}

/// Whether a filter lets the one value through that all numbers have.
fn word(ask: &Ask<'_>, key: &str, words: &[&str], all_have: &str) -> Result<bool, Refused> {
    match ask.get(key) {
        None => Ok(true),
        Some(word) if words.contains(&word) => Ok(word == all_have),
        Some(_) => Err(Refused::new(400, 999, format!("Invalid value: {key}."))),
    }
}

fn owner_word(assignee: Assignee) -> &'static str {
    match assignee {
        Assignee::Person(_) => "User",
        Assignee::Queue(_) => "CallQueue",
    }
}

fn mentions(org: &Organisation, one: &Numbered, keyword: &str) -> bool {
    let (_, name, extension) = one.assignee.described(org);
    one.number.to_string().contains(keyword.trim_start_matches('+'))
        || name.to_lowercase().contains(keyword)
        || extension.to_string().contains(keyword)
}

fn row(org: &Organisation, manner: &Manner, one: &Numbered) -> Value {
    let (id, name, extension) = one.assignee.described(org);
    json!({
        "id": ids::derived("number", &one.number.to_string()),
        "number": written(manner, one.number),
        "allocated_product": "ZOOM_PHONE",
        "number_type": "Toll",
        "status": "Normal",
        "source": "Zoom",
        "display_name": name,
        "capability": ["Incoming", "Outgoing"],
        "assigned_list": [{
            "assigned_to_id": id,
            "assigned_to_name": name,
            "assigned_to_type": owner_word(one.assignee),
            "source_channel": "Voice",
            "extension_number": manner.extension(extension).to_string(),
        }],
        "site": { "site_id": one.site.id(), "name": one.site.name() },
        "location": { "country": one.site.country_name, "city": one.site.city },
    })
}

/// Here a bad page token has a code of its own.
fn bad_token(refused: Refused) -> Refused {
    if refused == Refused::page_token() {
        Refused::new(400, 1_003_100, "The next page token is either invalid or has expired.")
    } else {
        refused
    }
}
