//! What a watch promises, one promise a test.

use std::cell::{Cell, RefCell};

use rollcall_model::PersonId;

use super::{oracle::Scene, *};

fn mia() -> PersonId {
    PersonId::new("mia")
}

fn leo() -> PersonId {
    PersonId::new("leo")
}

fn raised(person: &PersonId) -> Vec<Told> {
    vec![Told::Raised { watch: "w".into(), person: person.clone() }]
}

fn lowered() -> Vec<Told> {
    vec![Told::Lowered { watch: "w".into() }]
}

/// A watch on Mia and Leo, set at the beginning.
fn scene() -> Scene {
    let mut scene = Scene::begin();
    scene.watch("w", &[mia(), leo()]);
    scene
}

#[test]
fn who_is_free_for_five_seconds_is_told_of_once() {
    let mut scene = scene();
    scene.wait(10);
    scene.free(&mia());

    assert_eq!(scene.wait(4), []);
    assert_eq!(scene.wait(1), raised(&mia()));
    assert_eq!(scene.wait(600), []);
}

#[test]
fn who_is_free_for_less_is_not_told_of() {
    let mut scene = scene();
    scene.wait(1);

    for _ in 0..5 {
        scene.free(&mia());
        assert_eq!(scene.wait(4), []);
        scene.busy(&mia());
        assert_eq!(scene.wait(4), []);
    }
}

#[test]
fn old_news_is_no_news_until_it_is_confirmed() {
    let mut scene = Scene::begin();
    scene.free(&mia());
    scene.wait(60);
    scene.watch("w", &[mia()]);
    assert_eq!(scene.wait(60), []);
    assert_eq!(scene.to_ask(), [mia()]);

    scene.free(&mia());

    assert_eq!(scene.wait(5), raised(&mia()));
    assert!(scene.to_ask().is_empty());
}

#[test]
fn a_report_that_is_not_fresh_any_more_is_not_believed() {
    let mut scene = scene();
    scene.wait(1);
    scene.free(&leo());
    scene.wait(5);
    scene.free(&mia());
    scene.wait(700);

    scene.next("w");

    assert_eq!(scene.wait(0), [], "Mia was heard of too long ago");
}

#[test]
fn of_several_the_one_who_is_free_longest_goes_first_and_next_is_the_next() {
    let mut scene = scene();
    scene.wait(1);
    scene.free(&leo());
    scene.wait(2);
    scene.free(&mia());

    assert_eq!(scene.wait(10), raised(&leo()));
    scene.next("w");
    assert_eq!(scene.wait(0), raised(&mia()));
    scene.next("w");
    assert_eq!(scene.wait(60), []);
}

#[test]
fn who_was_passed_over_comes_again_after_having_been_busy() {
    let mut scene = scene();
    scene.wait(1);
    scene.free(&mia());
    scene.wait(5);
    scene.next("w");
    assert_eq!(scene.wait(60), []);

    scene.busy(&mia());
    scene.wait(1);
    scene.free(&mia());

    assert_eq!(scene.wait(5), raised(&mia()));
}

#[test]
fn who_is_free_no_longer_is_taken_back_and_the_watch_goes_on() {
    let mut scene = scene();
    scene.wait(1);
    scene.free(&mia());
    scene.free(&leo());
    assert_eq!(scene.wait(5), raised(&mia()));

    scene.busy(&mia());

    let told = scene.wait(0);
    assert_eq!(told, [lowered(), raised(&leo())].concat());
}

#[test]
fn after_a_gap_in_the_news_everybody_is_confirmed_anew() {
    let mut scene = scene();
    scene.wait(1);
    scene.free(&mia());
    scene.wait(2);
    scene.flows(false);
    assert_eq!(scene.wait(60), []);
    scene.flows(true);
    assert_eq!(scene.wait(60), []);
    assert_eq!(scene.to_ask(), [mia()]);

    scene.free(&mia());

    assert_eq!(scene.wait(5), raised(&mia()));
}

#[test]
fn a_watch_ends_with_its_time_and_with_the_agents_own_call() {
    let over = |why| vec![Told::Over { watch: "w".into(), why }];
    let mut timed = scene();
    assert_eq!(timed.wait(1_799), []);
    assert_eq!(timed.wait(1), over(Why::Time));

    let mut called = scene();
    called.wait(30);
    called.hung_up();
    assert_eq!(called.wait(0), over(Why::HungUp));
}

#[test]
fn a_call_that_is_answered_ends_the_watch_and_one_that_is_not_goes_on() {
    let mut scene = scene();
    scene.wait(1);
    scene.free(&mia());
    scene.wait(5);
    scene.calls(&mia(), Fate::Open);
    scene.busy(&mia());
    scene.free(&leo());
    let told = scene.wait(30);
    assert_eq!(told, [Told::Changed { watch: "w".into() }], "Mia is being called, nobody is told of");

    scene.calls(&mia(), Fate::Unanswered);
    let told = scene.wait(0);
    assert_eq!(told, [raised(&leo()), vec![Told::Changed { watch: "w".into() }]].concat());

    scene.calls(&leo(), Fate::Answered);
    assert_eq!(scene.wait(0), [Told::Over { watch: "w".into(), why: Why::Reached }]);
}

#[test]
fn a_clock_that_was_ahead_keeps_nobody_waiting() {
    let mut scene = scene();
    scene.wait(1);
    scene.free(&mia());
    scene.wait(1);
    scene.set_back(3_600);
    scene.wait(1);
    scene.free(&mia());

    assert_eq!(scene.wait(5), raised(&mia()));
}

#[test]
fn the_same_wish_again_takes_the_place_of_the_first() {
    let mut scene = scene();

    let gone = scene.watch("again", &[mia(), leo()]);

    assert_eq!(gone.iter().map(|watch| watch.id.as_str()).collect::<Vec<_>>(), ["w"]);
}

#[test]
fn it_is_known_when_something_may_happen_without_any_news() {
    let mut scene = scene();
    scene.wait(1);
    assert_eq!(scene.pause(), Some(TimeDelta::seconds(1_799)));

    scene.free(&mia());
    scene.wait(1);

    assert_eq!(scene.pause(), Some(TimeDelta::seconds(4)));
}

#[test]
fn who_left_the_search_is_not_told_of() {
    let mut scene = scene();
    scene.wait(1);
    scene.free(&mia());
    scene.wait(5);

    scene.members("w", &[leo()]);

    assert_eq!(scene.wait(0), lowered());
}

#[test]
fn an_unseen_change_is_noticed_before_anybody_is_told() {
    let mut board = Board::default();
    let now = DateTime::UNIX_EPOCH;
    let at = |seconds| Now { zoom: now + TimeDelta::seconds(seconds), own: now };
    let watch = oracle::watch("w", Whom::Person(mia()), now);
    board.start(watch);
    board.wait_for("w", vec![mia()], now, |_| false);
    let (free, asked) = (Cell::new(true), RefCell::new(0));
    let eyes = |_: &PersonId| {
        *asked.borrow_mut() += 1;
        let as_of = now + TimeDelta::seconds(1);
        free.get().then_some(Sight { as_of, off_call_at: None, fresh: true })
    };
    let step = |board: &mut Board, seconds| {
        let call = |_: &str| Fate::Open;
        board.step(&Moment { now: at(seconds), eyes: &eyes, call: &call, hung_up_at: None, flow: Some(now) })
    };
    board.see(&mia(), eyes(&mia()), at(1).zoom);
    assert_eq!(step(&mut board, 2), []);

    free.set(false);

    assert_eq!(step(&mut board, 10), []);
    assert!(*asked.borrow() >= 2);
}
