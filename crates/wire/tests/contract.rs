//! The window's half of the contract, in TypeScript, is written from the Rust half.
//!
//! `ROLLCALL_WRITE=1 cargo test -p rollcall-wire` writes the file; without it the test fails when the
//! file is stale.

#![expect(clippy::unwrap_used, reason = "a test ends where its premise fails")]

use std::{env, fs, path::Path};

use rollcall_model::{FirstAction, Limit, Outcome, PresenceState};
use rollcall_wire::{Failure, session::Role, window as w};
use serde::Serialize;
use ts_rs::{Config, TS};

const FILE: &str = "../../ui/src/lib/contract.ts";
const HEAD: &str =
    "// Written from crates/wire by its test `contract`: ROLLCALL_WRITE=1 cargo test -p rollcall-wire\n";

/// [`rollcall_model::Limit`], whose form `a_limit_is_written_as_declared` looks at.
const LIMIT: &str = "export type Limit = { \"limit\": \"consults\", had: number, a_day: number, } \
    | { \"limit\": \"quiet\", until: string | null, };\n";

fn declared<T: TS + 'static>() -> String {
    format!("export {}\n", T::decl(&Config::default()))
}

fn words<T: Serialize>(name: &str, all: &[T]) -> String {
    let words: Vec<String> = all.iter().map(|word| serde_json::to_string(word).unwrap()).collect();
    format!("export type {name} = {};\n", words.join(" | "))
}

fn contract() -> String {
    use FirstAction::{AskOnceMore, AskReason, Call, CallTold, RefreshThenCall};
    use Outcome::{Answered, AnsweredElsewhere, Busy, Cancelled, NoAnswer, Rejected, Voicemail};
    use PresenceState as P;
    let states = [
        P::Available,
        P::Mobile,
        P::Ringing,
        P::OnCall,
        P::InMeeting,
        P::Presenting,
        P::InCalendarEvent,
        P::Busy,
        P::DoNotDisturb,
        P::Away,
        P::OutOfOffice,
        P::Offline,
        P::Unknown,
    ];
    [
        HEAD.to_owned(),
        words("PresenceState", &states),
        words("FirstAction", &[Call, CallTold, AskOnceMore, AskReason, RefreshThenCall]),
        words(
            "Outcome",
            &[Answered, NoAnswer, Rejected, Busy, Cancelled, Voicemail, AnsweredElsewhere, Outcome::Unknown],
        ),
        LIMIT.to_owned(),
        declared::<Failure>(),
        declared::<w::Question>(),
        declared::<w::Only>(),
        declared::<w::Answer>(),
        declared::<w::FoundBy>(),
        declared::<w::TypedFilter>(),
        declared::<w::FilterName>(),
        declared::<w::Row>(),
        declared::<w::Recent>(),
        declared::<w::Met>(),
        declared::<w::PresenceView>(),
        declared::<w::ConsultsToday>(),
        declared::<w::Mark>(),
        declared::<w::FieldName>(),
        declared::<w::PersonDetail>(),
        declared::<w::DetailLine>(),
        declared::<w::HoursSpan>(),
        declared::<w::OwnExpertise>(),
        declared::<w::OwnSkill>(),
        declared::<w::Why>(),
        declared::<w::CallRequest>(),
        declared::<w::CallAnswer>(),
        declared::<w::Confirmation>(),
        declared::<w::Consult>(),
        declared::<w::ConsultState>(),
        declared::<w::WatchWish>(),
        declared::<w::Watch>(),
        declared::<w::Raised>(),
        declared::<w::WatchChoice>(),
        declared::<w::Lists>(),
        declared::<w::Folder>(),
        declared::<w::Group>(),
        declared::<w::GroupCount>(),
        declared::<w::ListChange>(),
        declared::<w::ListDeed>(),
        declared::<w::GroupOffer>(),
        declared::<w::OfferedGroups>(),
        declared::<w::Misfit>(),
        declared::<w::Push>(),
        declared::<w::Status>(),
        declared::<w::Mode>(),
        declared::<w::Link>(),
        declared::<w::StatusProgress>(),
        declared::<w::StatusRepair>(),
        declared::<w::Me>(),
        declared::<w::Waiter>(),
        declared::<w::Policy>(),
        declared::<w::Notice>(),
        declared::<w::SetUp>(),
        declared::<w::Invitation>(),
        declared::<w::SignIn>(),
        declared::<w::SigningIn>(),
        declared::<w::YourRelay>(),
        declared::<w::Certificate>(),
        declared::<Role>(),
        declared::<w::Settings>(),
        declared::<w::Theme>(),
        declared::<w::Language>(),
    ]
    .join("\n")
}

#[test]
fn the_window_knows_the_contract_as_it_is() {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join(FILE);
    let now = contract();
    if env::var_os("ROLLCALL_WRITE").is_some() {
        fs::create_dir_all(file.parent().unwrap()).unwrap();
        fs::write(&file, &now).unwrap();
    }

    let known = fs::read_to_string(&file).unwrap_or_default();

    assert_eq!(known, now, "stale: run ROLLCALL_WRITE=1 cargo test -p rollcall-wire");
}

#[test]
fn a_limit_is_written_as_declared() {
    let consults = serde_json::to_value(Limit::Consults { had: 6, a_day: 5 }).unwrap();
    let quiet = serde_json::to_value(Limit::Quiet { until: None }).unwrap();

    assert_eq!(consults, serde_json::json!({ "limit": "consults", "had": 6, "a_day": 5 }));
    assert_eq!(quiet, serde_json::json!({ "limit": "quiet", "until": null }));
}
