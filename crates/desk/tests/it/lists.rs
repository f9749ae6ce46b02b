//! Favourites in folders, groups and recent people: arranged, undone, counted, and there again after a restart.

use std::sync::{Arc, Mutex};

use crate::{
    relay::Relay,
    scene::{Scene, after, calls, id, is, joins, morning, names, until},
};
use chrono::TimeDelta;
use proptest::{prelude::*, test_runner::TestRunner};
use rollcall_desk::{Engine, Who};
use rollcall_model::{Detail, Event, PersonFact, PersonReport, PresenceState, Side, Step};
use rollcall_wire::{
    Failure,
    window::{Group, GroupCount, GroupOffer, ListChange, ListDeed, Met, Only, Push, Question, Row, Why},
};

const TEAM: [(&str, &str, &str); 4] = [
    ("mia", "Mia Okafor", "+442071838750"),
    ("leo", "Leo Brandt", "+14155550123"),
    ("ana", "Ana Lima", "+390669821234"),
    ("zoe", "Zoe Martin", "+33142685300"),
];

async fn with_team() -> (Scene, Relay) {
    let (scene, relay) = (Scene::open().await, Relay::start("log").await);
    for (person, name, number) in TEAM {
        relay.append(joins(person, name, number));
    }
    scene.engine.connect(relay.upstream.clone());
    until("all of them", || names(&scene.engine, "").len() == TEAM.len()).await;
    (scene, relay)
}

fn rows(engine: &Engine, only: Only, group: Option<&str>, text: &str) -> Vec<Row> {
    let group = group.map(str::to_owned);
    engine.ask(Question { number: 1, text: text.to_owned(), only, group, skip: 0, limit: 50 }).rows
}

fn ids(rows: &[Row]) -> Vec<&str> {
    rows.iter().map(|row| row.id.as_str()).collect()
}

fn favourites(engine: &Engine) -> Vec<String> {
    let rows = rows(engine, Only::Favourites, None, "");
    rows.iter().map(|row| format!("{}{}", row.id, if row.folder.is_some() { "*" } else { "" })).collect()
}

fn to(person: &str, folder: Option<&str>, before: Option<&str>) -> ListChange {
    ListChange::MoveFavourite {
        person: id(person),
        folder: folder.map(str::to_owned),
        before: before.map(id),
    }
}

fn add(name: &str, text: &str, only: Only) -> ListChange {
    ListChange::AddGroups { groups: vec![GroupOffer { name: name.into(), text: text.into(), only }] }
}

async fn with_group(engine: &Engine, name: &str, text: &str, only: Only) -> String {
    engine.arrange(&add(name, text, only)).await.unwrap();
    engine.lists().groups.last().unwrap().id.clone()
}

async fn until_counted(engine: &Engine, members: u32, free: u32) {
    let counted = Some(GroupCount { members, free });
    until("the count", || engine.lists().groups.last().unwrap().count == counted).await;
}

#[tokio::test]
async fn favourites_stand_as_they_were_put_and_stay_there_after_a_restart() {
    let (mut scene, _relay) = with_team().await;
    for person in ["mia", "leo", "ana"] {
        scene.engine.favourite(&id(person), true).await.unwrap();
    }

    scene.engine.arrange(&to("ana", None, Some("mia"))).await.unwrap();
    let make = ListChange::MakeFolder { name: "Billing".into(), person: Some(id("mia")) };
    scene.engine.arrange(&make).await.unwrap();
    let folder = scene.engine.lists().folders[0].id.clone();
    let moved = scene.engine.arrange(&to("leo", Some(&folder), Some("mia"))).await.unwrap();
    let told =
        ListDeed::FavouriteMoved { name: "Leo Brandt".into(), elsewhere: true, folder: "Billing".into() };
    assert_eq!(moved, Some(told));
    let fold = ListChange::FoldFolder { id: folder.clone(), folded: true };
    assert_eq!(scene.engine.arrange(&fold).await, Ok(None));

    scene.restart().await;

    assert_eq!(favourites(&scene.engine), ["ana", "leo*", "mia*"]);
    let lists = scene.engine.lists();
    assert_eq!((lists.loose, lists.folders[0].people, lists.folders[0].folded), (1, 2, true));
    assert_eq!((lists.undo, lists.redo), (None, None));
    assert_eq!(scene.engine.arrange(&to("zoe", None, None)).await, Err(Failure::NotInTheLists));
}

#[tokio::test]
async fn everything_is_undone_and_done_again_and_that_is_kept_too() {
    let (mut scene, _relay) = with_team().await;
    let engine = &scene.engine;
    for person in ["mia", "leo"] {
        engine.favourite(&id(person), true).await.unwrap();
    }
    engine.arrange(&to("leo", None, Some("mia"))).await.unwrap();
    engine.favourite(&id("mia"), false).await.unwrap();
    with_group(engine, "Lima", "lima", Only::Everyone).await;

    let undone = [engine.undo().await, engine.undo().await, engine.undo().await];
    assert_eq!(
        undone.map(Option::unwrap),
        [
            ListDeed::GroupsAdded { name: "Lima".into(), count: 1 },
            ListDeed::FavouriteRemoved { name: "Mia Okafor".into() },
            ListDeed::FavouriteMoved { name: "Leo Brandt".into(), elsewhere: false, folder: String::new() },
        ]
    );
    assert_eq!(favourites(engine), ["mia", "leo"]);
    engine.redo().await.unwrap();
    assert_eq!(favourites(engine), ["leo", "mia"]);

    scene.restart().await;
    assert_eq!(favourites(&scene.engine), ["leo", "mia"]);
    assert!(scene.engine.lists().groups.is_empty());
    assert_eq!(scene.engine.undo().await, None);
}

#[tokio::test]
async fn a_group_counts_who_is_free_and_says_so_when_that_changes() {
    let (scene, relay) = with_team().await;
    let engine = &scene.engine;
    let heard = Arc::new(Mutex::new(Vec::new()));
    let sink = Arc::clone(&heard);
    engine.subscribe(Box::new(move |pushes| {
        sink.lock().unwrap().extend(pushes);
        true
    }));
    let group = with_group(engine, "M or L", "m", Only::Free).await;
    until_counted(engine, 2, 0).await;

    relay.append([
        is("mia", PresenceState::Available, morning()),
        is("zoe", PresenceState::Available, morning()),
    ]);
    until_counted(engine, 2, 2).await;
    relay.append([is("zoe", PresenceState::Busy, after(1))]);
    until_counted(engine, 2, 1).await;
    let free = |push: &Push| match push {
        Push::Lists { lists } => lists.groups.last().and_then(|group| Some(group.count?.free)),
        _ => None,
    };
    until("the push", || heard.lock().unwrap().iter().filter_map(free).next_back() == Some(1)).await;
    relay.append(joins("max", "Max Muster", "+4930901820"));
    until_counted(engine, 3, 1).await;

    assert_eq!(ids(&rows(engine, Only::Everyone, Some(&group), "")), ["mia"]);
    assert!(engine.lists().groups[0].only_free);
}

#[tokio::test]
async fn within_a_group_one_searches_on() {
    let (scene, _relay) = with_team().await;
    let group = with_group(&scene.engine, "With an m", "m", Only::Everyone).await;

    let within = |text| rows(&scene.engine, Only::Everyone, Some(&group), text);

    assert_eq!(ids(&within("zoe")), ["zoe"]);
    assert_eq!(within("zoe")[0].marks.len(), 1, "what was typed is marked");
    assert!(within("leo").is_empty());
    assert!(rows(&scene.engine, Only::Everyone, Some("gone"), "").is_empty());
}

#[tokio::test]
async fn groups_are_renamed_moved_and_removed_and_come_back() {
    let (mut scene, _relay) = with_team().await;
    let first = with_group(&scene.engine, "One", "lima", Only::Everyone).await;
    let second = with_group(&scene.engine, "Two", "brandt", Only::Favourites).await;

    let rename = ListChange::RenameGroup { id: first.clone(), name: " The  first ".into() };
    scene.engine.arrange(&rename).await.unwrap();
    let front = ListChange::MoveGroup { id: second.clone(), before: Some(first.clone()) };
    scene.engine.arrange(&front).await.unwrap();
    scene.restart().await;

    let names: Vec<String> = scene.engine.lists().groups.into_iter().map(|group| group.name).collect();
    assert_eq!(names, ["Two", "The first"]);
    let refused = scene.engine.arrange(&add("two", "x", Only::Everyone)).await;
    assert_eq!(refused, Err(Failure::NameTaken));
    scene.engine.arrange(&ListChange::RemoveGroup { id: second }).await.unwrap();
    assert_eq!(scene.engine.lists().groups.len(), 1);
}

#[tokio::test]
async fn a_group_goes_to_another_desk_as_a_link_and_as_a_file() {
    let (scene, _relay) = with_team().await;
    let other = Scene::open().await;
    let id = with_group(&scene.engine, "Billing free", "billing in:\"new york\"", Only::Free).await;

    let linked = Engine::read_group_link(&scene.engine.group_link(&id).unwrap()).unwrap();
    let filed = other.engine.read_groups(&scene.engine.groups_file(&[id]).unwrap()).unwrap();
    assert_eq!(linked, filed);
    assert!(other.engine.lists().groups.is_empty(), "nothing is added before somebody says so");
    other.engine.arrange(&ListChange::AddGroups { groups: linked.groups }).await.unwrap();

    let of = |engine: &Engine| {
        let Group { name, text, only, .. } = engine.lists().groups.remove(0);
        (name, text, only)
    };
    assert_eq!(of(&other.engine), of(&scene.engine));
    assert_eq!(scene.engine.group_link("gone"), Err(Failure::NotInTheLists));
}

#[tokio::test]
async fn whom_one_had_to_do_with_stands_first_and_is_forgotten_on_demand() {
    let (mut scene, relay) = with_team().await;
    scene.engine.set_me(Some(Who::Id(id("zoe"))));
    until("the person at the desk", || scene.engine.status().me.is_some()).await;
    scene.engine.look(Why::Opened, vec![id("leo")]).await;
    relay.append([calls("1", "zoe", "+442071838750", Step::Ringing, after(5))]);
    let mut heard = calls("2", "zoe", "+390669821234", Step::Ringing, after(9));
    if let Event::Call(report) = &mut heard {
        report.side = Side::Callee;
        report.other.person = Some(id("ana"));
    }
    relay.append([heard]);
    let recent = |engine: &Engine| rows(engine, Only::Recents, None, "");
    until("the call", || recent(&scene.engine).len() == 2).await;

    scene.restart().await;

    let shown = recent(&scene.engine);
    assert_eq!(ids(&shown), ["ana", "leo"]);
    assert_eq!(shown[0].recent.map(|recent| (recent.how, recent.at)), Some((Met::CalledBy, after(9))));
    assert_eq!(shown[1].recent.map(|recent| recent.how), Some(Met::Opened));
    scene.hand.advance(TimeDelta::seconds(60));
    assert_eq!(scene.engine.arrange(&ListChange::ClearRecents).await, Ok(Some(ListDeed::RecentsCleared)));
    assert!(recent(&scene.engine).is_empty());
    scene.engine.undo().await.unwrap();
    assert_eq!(recent(&scene.engine).len(), 2);
    scene.engine.redo().await.unwrap();
    scene.restart().await;
    assert!(recent(&scene.engine).is_empty());
}

/// Something that happens to one of six people.
#[derive(Clone, Debug)]
enum Happens {
    Stands(usize, PresenceState),
    Titled(usize, &'static str),
    Starred(usize, bool),
}

fn anything() -> impl Strategy<Value = Happens> {
    let states =
        [PresenceState::Available, PresenceState::Mobile, PresenceState::Busy, PresenceState::Offline];
    let titles = ["Billing Lead", "Toll Free Desk", "Courier", ""];
    prop_oneof![
        (0..6_usize, prop::sample::select(states.to_vec()))
            .prop_map(|(who, state)| Happens::Stands(who, state)),
        (0..6_usize, prop::sample::select(titles.to_vec()))
            .prop_map(|(who, title)| Happens::Titled(who, title)),
        (0..6_usize, any::<bool>()).prop_map(|(who, on)| Happens::Starred(who, on)),
    ]
}

/// What a fresh search finds: how many, and how many of them are free.
fn searched(engine: &Engine, text: &str, only: Only) -> GroupCount {
    let all = rows(engine, only, None, text);
    let free = all.iter().filter(|row| row.presence.state.is_free()).count();
    GroupCount { members: u32::try_from(all.len()).unwrap(), free: u32::try_from(free).unwrap() }
}

async fn the_counts_are_those_of_a_fresh_search(happenings: Vec<Happens>) {
    let (scene, relay) = (Scene::open().await, Relay::start("log").await);
    scene.engine.connect(relay.upstream.clone());
    let person = |who: usize| format!("p{who}");
    for who in 0..6 {
        relay.append(joins(&person(who), &format!("Person {who}"), "+442071838750"));
    }
    until("everybody", || names(&scene.engine, "").len() == 6).await;
    // The question of the group, and the one that finds the same, free or not.
    let groups = [
        ("billing", Only::Everyone, "billing", Only::Everyone),
        ("billing free", Only::Everyone, "billing", Only::Everyone),
        ("person", Only::Free, "person", Only::Everyone),
        ("toll", Only::Favourites, "toll", Only::Favourites),
    ];
    for (nth, (text, only, ..)) in groups.iter().enumerate() {
        with_group(&scene.engine, &nth.to_string(), text, *only).await;
    }
    for (second, happens) in (1..).zip(happenings) {
        match happens {
            Happens::Stands(who, state) => {
                relay.append([is(&person(who), state, after(second))]);
                let row = || scene.engine.person(&id(&person(who))).unwrap().row;
                until("the presence", || row().presence.last_heard == state).await;
            }
            Happens::Titled(who, title) => {
                let fact = PersonFact::Detail(Detail { title: title.to_owned(), ..Detail::default() });
                relay.append([Event::Person(PersonReport {
                    id: id(&person(who)),
                    as_of: after(second),
                    fact,
                })]);
                until("the title", || scene.engine.person(&id(&person(who))).unwrap().row.title == title)
                    .await;
            }
            Happens::Starred(who, on) => scene.engine.favourite(&id(&person(who)), on).await.unwrap(),
        }
        let counted = |nth: usize| scene.engine.lists().groups[nth].count;
        for (nth, (.., text, only)) in groups.iter().enumerate() {
            until("the same count", || counted(nth) == Some(searched(&scene.engine, text, *only))).await;
        }
    }
}

#[test]
fn counts_are_those_of_a_fresh_search_whatever_happens() {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    let mut runner =
        TestRunner::new(ProptestConfig { cases: 6, failure_persistence: None, ..ProptestConfig::default() });
    let happenings = prop::collection::vec(anything(), 5..15);
    let tested = runner.run(&happenings, |happenings| {
        runtime.block_on(the_counts_are_those_of_a_fresh_search(happenings));
        Ok(())
    });
    tested.unwrap();
}
