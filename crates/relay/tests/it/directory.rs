use rollcall_fake_zoom::{Mischief, PersonChange};
use rollcall_model::{PersonFact, PersonId, Standing};

use crate::{
    desk::{Desk, post},
    house::{House, until},
};

#[tokio::test(flavor = "multi_thread")]
async fn the_first_sync_lists_everybody_once_with_the_fewest_requests() {
    let house = House::of(700).await;

    let (relay, desk) = house.settled().await;

    let listed: Vec<_> = house.zoom.people();
    let active = listed.iter().filter(|person| person.status == "active");
    for person in active.clone() {
        let known = desk.roster.get(&PersonId::new(&person.id)).expect("a listed person");
        assert_eq!(known.person.name(), person.name);
        assert_eq!(known.person.profile.as_ref().unwrap().value.department, person.department);
    }
    let of = |status: &str| listed.iter().filter(|person| person.status == status).count();
    let pages = |people: usize, page: usize| people.div_ceil(page).max(1) as u64;
    let lists = pages(of("active"), 300) + pages(of("inactive"), 300) + pages(of("pending"), 300);
    let telephones = listed.iter().filter(|person| person.extension.is_some()).count();
    until("the last list was asked for", async || house.served("GET /phone/users") > 0).await;
    assert_eq!(house.served("GET /users"), lists);
    assert!(house.served("GET /phone/users") <= pages(telephones, 100));
    assert_eq!(house.served("POST /oauth/token"), 1);
    relay.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn titles_come_after_the_lists_and_each_is_asked_for_once() {
    let house = House::of(30).await;

    let (relay, mut desk) = house.settled().await;
    desk.until("every record is known", |desk| {
        let mut active = desk.roster.entries().filter(|entry| entry.person.is_active());
        active.all(|entry| entry.person.detail.is_some())
    })
    .await;

    let active = desk.roster.entries().filter(|entry| entry.person.is_active()).count() as u64;
    assert_eq!(house.served("GET /users/{}"), active);
    let person = house.zoom.people().into_iter().find(|person| person.status == "active").unwrap();
    assert_eq!(desk.roster.get(&PersonId::new(&person.id)).unwrap().person.title(), person.title);
    relay.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_record_of_somebody_at_whom_a_desk_looks_comes_before_the_others() {
    let house = House::of(900).await;
    let (relay, mut desk) = house.settled().await;
    let unread = |desk: &Desk| {
        let active = desk.roster.entries().filter(|entry| entry.person.is_active());
        active.filter(|entry| entry.person.detail.is_none()).map(|entry| entry.person.id.clone()).max()
    };
    let looked_at = unread(&desk).expect("records are still being read");

    post(&relay, &format!("v1/people/{looked_at}/refresh")).await;

    let has_record = |desk: &Desk| desk.roster.get(&looked_at).unwrap().person.detail.is_some();
    desk.until("the record comes", has_record).await;
    assert!(unread(&desk).is_some(), "the sweep had come to it anyway");
    relay.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_changed_title_is_asked_for_when_zoom_says_that_something_changed() {
    let house = House::of(20).await;
    let (relay, mut desk) = house.settled().await;
    let agent = house.zoom.ready().agent_user_id.clone();
    let title = |desk: &Desk| desk.roster.get(&PersonId::new(&agent)).unwrap().person.title().to_owned();
    desk.until("the record is known", |desk| !title(desk).is_empty()).await;

    let change = PersonChange { title: Some("Head of Lanterns".into()), ..PersonChange::default() };
    house.zoom.change_person(&agent, change).unwrap();

    desk.until("the new title comes", |desk| title(desk) == "Head of Lanterns").await;
    relay.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_left_while_the_relay_was_away_is_gone_after_the_next_sweep() {
    let house = House::of(40).await;
    let (relay, _) = house.settled().await;
    relay.stop().await;
    let leaver = house.zoom.people().into_iter().find(|person| person.status == "active").unwrap();
    house.zoom.remove_person(&leaver.id).unwrap();

    house.age_last_sweep().await;
    let (relay, mut desk) = house.settled().await;

    desk.until("the person is gone", |desk| {
        let standing = desk.roster.get(&PersonId::new(&leaver.id)).unwrap().person.standing;
        standing.is_some_and(|standing| standing.value == Standing::Gone)
    })
    .await;
    relay.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sweep_that_was_cut_short_goes_on_where_it_was() {
    let house = House::of(600).await;
    house.zoom.mischief_on(Mischief::SmallPages);
    let relay = house.relay().await;
    until("some pages are listed", async || relay.state().directory.done >= 100).await;
    drop(relay);

    let relay = house.relay_after_a_drop().await;
    let desk = house.settle(&relay).await;

    let people = house.zoom.people().iter().filter(|person| person.status == "active").count();
    let known = desk.roster.entries().filter(|entry| entry.person.is_active()).count();
    assert_eq!(known, people);
    // Ten to a page; the page that was on its way when the first relay ended may be listed twice.
    let lists: u64 = ["active", "inactive", "pending"]
        .map(|status| house.zoom.people().iter().filter(|person| person.status == status).count())
        .map(|people| people.div_ceil(10).max(1) as u64)
        .iter()
        .sum();
    assert!(house.served("GET /users") <= lists + 2, "{} of {lists}", house.served("GET /users"));
    relay.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_second_sweep_asks_for_each_page_once_and_appends_nothing_when_nothing_changed() {
    let house = House::of(60).await;
    let (relay, mut desk) = house.settled().await;
    desk.until("every record is known", |desk| {
        let mut active = desk.roster.entries().filter(|entry| entry.person.is_active());
        active.all(|entry| entry.person.detail.is_some())
    })
    .await;
    relay.stop().await;
    let before = house.served("GET /users");
    let records = house.served("GET /users/{}");

    house.age_last_sweep().await;
    let relay = house.relay().await;
    desk.events.clear();
    desk.follow(&relay).await;
    until("everybody was listed again", async || house.served("GET /users") >= before + 3).await;
    until("the phones were listed again", async || house.served("GET /phone/users") >= 2).await;
    relay.stop().await;
    desk.until_closed().await;

    // Three lists of people of one page each, one of telephones, and nobody's own record.
    assert_eq!((house.served("GET /users"), house.served("GET /phone/users")), (before + 3, 2));
    assert_eq!(house.served("GET /users/{}"), records);
    let people = desk.events.iter().filter(|logged| match &logged.event {
        rollcall_model::Event::Person(report) => report.fact != PersonFact::Touched,
        _ => false,
    });
    assert_eq!(people.count(), 0);
}
