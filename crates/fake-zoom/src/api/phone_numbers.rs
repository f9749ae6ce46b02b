//! `/phone/numbers`: the numbers of Zoom Phone, with `+` here.

use serde_json::{Value, json};

use super::{Answer, Ask};
use crate::{
    events::Manner,
    ids,
    mischief::Mischief,
    org::{E164, Organisation, PersonIx, numbers, sites::Site},
};

/// Whose number it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Assignee {
    Person(PersonIx),
    /// Index of a queue of the organisation.
    Queue(usize),
}

/// A number of the account.
#[derive(Clone, Copy, Debug)]
pub(super) struct Numbered {
    pub(super) number: E164,
    pub(super) assignee: Assignee,
    pub(super) site: &'static Site,
}

/// `GET /phone/numbers`. All numbers are assigned, toll and available.
pub(super) fn list(ask: &Ask<'_>) -> Answer {
    let kind = ask.word("type", &["assigned", "unassigned", "byoc", "all"])?;
    let owner = ask.word("extension_type", EXTENSION_TYPES)?;
    let toll = ask.word("number_type", &["toll", "tollfree"])?.is_none_or(|word| word == "toll");
    let pending = ask.flag("pending_numbers")?.unwrap_or(false);
    let nothing = matches!(kind, Some("unassigned" | "byoc")) || !toll || pending;
    let site = ask.get("site_id");
    let number = ask.get("phone_number").map(|number| number.trim_start_matches('+').to_owned());
    ask.shared.with_world(|world, _| {
        let wanted = all(&world.org).filter(|one| {
            !nothing
                && owner.is_none_or(|owner| owner == one.assignee.word())
                && site.is_none_or(|site| one.site.id() == site)
                && number.as_ref().is_none_or(|number| one.number.to_string() == *number)
        });
        let cut = ask.cut(wanted.collect(), 30, 100)?;
        let rows: Value = cut.rows.iter().map(|one| row(&world.org, &world.manner, one)).collect();
        Ok(json!({
            "phone_numbers": rows,
            "page_size": cut.size,
            "total_records": cut.total,
            "next_page_token": cut.next,
        })
        .into())
    })
}

const EXTENSION_TYPES: &[&str] = &[
    "user",
    "callQueue",
    "autoReceptionist",
    "commonArea",
    "emergencyNumberPool",
    "companyLocation",
    "meetingService",
];

impl Assignee {
    fn word(self) -> &'static str {
        match self {
            Self::Person(_) => "user",
            Self::Queue(_) => "callQueue",
        }
    }

    /// Id, name and extension.
    pub(super) fn described(self, org: &Organisation) -> (String, String, u64) {
        match self {
            Self::Person(ix) => {
                let person = &org[ix];
                let extension = person.line.map_or(0, |line| line.extension);
                (person.id.to_string(), person.display_name().into_owned(), extension)
            }
            Self::Queue(ix) => {
                let queue = &org.queues[ix];
                (queue.id.clone(), queue.name.to_owned(), queue.extension)
            }
        }
    }
}

/// Every number of the account, queues first.
pub(super) fn all(org: &Organisation) -> impl Iterator<Item = Numbered> {
    let queues = org.queues.iter().enumerate().map(|(ix, queue)| Numbered {
        number: queue.number,
        assignee: Assignee::Queue(ix),
        site: &crate::org::sites::SITES[usize::from(queue.site)],
    });
    let people = org.people().filter_map(|(ix, person)| {
        let assignee = Assignee::Person(ix);
        person.did().map(|number| Numbered { number, assignee, site: person.site() })
    });
    queues.chain(people)
}

/// A number as this account writes it at present.
pub(super) fn written(manner: &Manner, number: E164) -> String {
    if manner.is(Mischief::NumbersWithoutPlus) { number.to_string() } else { numbers::plus(number) }
}

fn row(org: &Organisation, manner: &Manner, one: &Numbered) -> Value {
    let (id, name, extension) = one.assignee.described(org);
    json!({
        "id": ids::derived("number", &one.number.to_string()),
        "number": written(manner, one.number),
        "number_type": "toll",
        "status": "available",
        "source": "internal",
        "display_name": name,
        "location": one.site.country_name,
        "capability": ["incoming", "outgoing"],
        "assignee": {
            "id": id,
            "name": name,
            "extension_number": manner.extension(extension),
            "type": one.assignee.word(),
        },
        "site": { "id": one.site.id(), "name": one.site.name() },
    })
}
