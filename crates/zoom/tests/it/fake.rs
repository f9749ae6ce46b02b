//! The client against the fake Zoom: an organisation as it is, and each thing that can go wrong with it.

mod live;

use std::{collections::BTreeSet, sync::Arc, time::Duration};

use async_trait::async_trait;
use rollcall_fake_zoom::{FakeZoom, Mischief, Options};
use rollcall_model::{Clock, PersonFact, PersonId, PresenceState, Roster, Standing};
use rollcall_zoom::{
    Addresses, Client, Credentials, Lane, ListedUser, OwnPresence, Page, PageToken, Paging, Plan, ZoomError,
    oauth::{NotStored, RefreshTokens, SignIn, UserClient},
};
use secrecy::SecretString;

/// Longer than anything here takes on a busy machine.
const PATIENCE: Duration = Duration::from_mins(1);

async fn fake(people: usize) -> FakeZoom {
    FakeZoom::start(Options { people, seed: 11, ..Options::default() }).await.unwrap()
}

fn addresses(fake: &FakeZoom) -> Addresses {
    Addresses::at(fake.ready().base.parse().unwrap(), fake.ready().ws.parse().unwrap())
}

fn client(fake: &FakeZoom) -> Client {
    let ready = fake.ready();
    let credentials = Credentials::ServerToServer {
        account_id: ready.account_id.clone(),
        client_id: ready.client_id.clone(),
        client_secret: ready.client_secret.as_str().into(),
    };
    Client::new(addresses(fake), credentials, Plan::Business, Clock::system(), 1).unwrap()
}

fn agent(fake: &FakeZoom) -> PersonId {
    PersonId::new(&fake.ready().agent_user_id)
}

/// Everybody of one standing.
async fn listed(client: &Client, standing: Standing) -> Result<Vec<ListedUser>, ZoomError> {
    let mut paging = Paging::from(None);
    let mut all = Vec::new();
    let ask = |page: Option<PageToken>| {
        let client = client.clone();
        async move { client.users(standing, page.as_ref(), Lane::Now).await }
    };
    while let Some(Page { items, .. }) = paging.next(ask).await? {
        all.extend(items);
    }
    Ok(all)
}

#[tokio::test]
async fn everybody_is_listed_with_their_skills_and_languages() {
    let fake = fake(120).await;
    let client = client(&fake).with_page_size(30);
    let mut roster = Roster::default();

    for standing in [Standing::Active, Standing::Inactive, Standing::Pending] {
        for user in listed(&client, standing).await.unwrap() {
            for report in user.reports(Clock::system().now()) {
                roster.apply(rollcall_model::Event::Person(report));
            }
        }
    }

    for person in fake.people().iter().filter(|person| person.status != "pending") {
        let known = &roster.get(&PersonId::new(&person.id)).unwrap().person;
        let profile = &known.profile.as_ref().unwrap().value;
        assert_eq!((&profile.email, &profile.department), (&person.email.to_lowercase(), &person.department));
        assert_eq!(profile.skills.join(","), person.skills.replace(", ", ","));
        assert_eq!(profile.languages.join(","), person.languages.replace(", ", ","));
        assert_eq!(known.is_active(), person.status == "active");
    }
}

#[tokio::test]
async fn direct_numbers_are_read_whatever_way_they_are_written() {
    for mischief in [Mischief::ExtraFields, Mischief::NumbersWithoutPlus, Mischief::HugeExtensions] {
        let fake = fake(60).await;
        fake.mischief_on(mischief);
        let mut numbers = BTreeSet::new();
        let mut page = None;
        loop {
            let Page { items, next, .. } = client(&fake).phone_users(page.as_ref(), Lane::Now).await.unwrap();
            for report in items.iter().flat_map(|user| user.reports(Clock::system().now())) {
                let PersonFact::Phone(phone) = report.fact else { panic!("a phone") };
                assert!(phone.extension.is_some());
                numbers.extend(phone.direct.iter().map(|number| (report.id.clone(), number.to_string())));
            }
            page = next;
            if page.is_none() {
                break;
            }
        }

        let people = fake.people();
        let expected = people.iter().filter(|person| person.status == "active");
        let expected =
            expected.filter_map(|person| Some((PersonId::new(&person.id), person.number.clone()?)));
        for line in expected {
            assert!(numbers.contains(&line), "{mischief:?}");
        }
    }
}

#[tokio::test]
async fn each_misfortune_has_its_code() {
    let asked = |mischief: Mischief| async move {
        let fake = fake(5).await;
        fake.mischief_on(mischief);
        client(&fake).phone_users(None, Lane::Now).await.unwrap_err()
    };

    assert_eq!(asked(Mischief::NotActivated).await, ZoomError::AppNotActivated);
    assert_eq!(asked(Mischief::OAuthErrors).await, ZoomError::Server { status: 503 });
    assert_eq!(asked(Mischief::SiteDenied).await, ZoomError::NoPermission);
    assert_eq!(asked(Mischief::NoZoomPhone).await, ZoomError::PhoneNotEnabled);
    assert_eq!(asked(Mischief::Redirect).await, ZoomError::Redirected { status: 307 });
    let scopes = vec!["phone:read:list_users:admin".to_owned()];
    assert_eq!(asked(Mischief::NarrowScopes).await, ZoomError::MissingScope { scopes });
    assert!(matches!(asked(Mischief::DailyLimit).await, ZoomError::DailyLimit { .. }));
    assert!(matches!(asked(Mischief::ClockSkew).await, ZoomError::ClockWrong { ahead_secs: ..=-3_500 }));
    assert!(!matches!(asked(Mischief::ErrorInOk).await, ZoomError::Unreadable));
}

#[tokio::test]
async fn a_page_token_that_dies_at_once_ends_the_listing_with_its_code() {
    let fake = fake(40).await;
    fake.mischief_on(Mischief::PageTokensExpire);

    let failure = listed(&client(&fake).with_page_size(10), Standing::Active).await.unwrap_err();

    assert_eq!(failure, ZoomError::PageExpired);
}

#[tokio::test]
async fn a_token_that_was_revoked_is_made_anew() {
    let fake = fake(5).await;
    let client = client(&fake);
    client.token().await.unwrap();
    fake.revoke_tokens();

    client.presence(&agent(&fake), Lane::Now).await.unwrap();

    assert_eq!(fake.requests().by_endpoint["POST /oauth/token"], 2);
}

#[tokio::test]
async fn presence_is_read_in_both_spellings_and_can_be_set() {
    let fake = fake(5).await;
    let (client, agent) = (client(&fake), agent(&fake));
    fake.set_presence(agent.as_str(), "In_Meeting").unwrap();

    let plain = client.presence(&agent, Lane::Now).await.unwrap();
    fake.mischief_on(Mischief::PresenceSpellingB);
    let other = client.presence(&agent, Lane::Now).await.unwrap();
    let set = client.set_presence(&agent, OwnPresence::DoNotDisturb { minutes: 20 }, Lane::Now).await;

    assert_eq!((plain.state, other.state), (PresenceState::InMeeting, PresenceState::InMeeting));
    assert_ne!(plain.raw, other.raw);
    assert_eq!(set, Ok(()));
    assert_eq!(client.presence(&agent, Lane::Now).await.unwrap().state, PresenceState::DoNotDisturb);
}

#[tokio::test]
async fn a_hundred_questions_at_once_are_answered_without_one_429() {
    let fake = fake(100).await;
    let client = client(&fake);
    let people = fake.people();

    let asked = people.iter().filter(|person| person.status == "active").map(|person| {
        let (client, id) = (client.clone(), PersonId::new(&person.id));
        tokio::spawn(async move { client.presence(&id, Lane::Now).await.map(|_| ()) })
    });
    for answer in asked.collect::<Vec<_>>() {
        answer.await.unwrap().unwrap();
    }

    assert_eq!(fake.requests().by_status.get(&429), None);
}

/// Keeps nothing: the grant of this test is used once.
struct Nowhere;

#[async_trait]
impl RefreshTokens for Nowhere {
    async fn load(&self) -> Result<Option<SecretString>, NotStored> {
        Ok(None)
    }

    async fn store(&self, _: &SecretString) -> Result<(), NotStored> {
        Ok(())
    }
}

#[tokio::test]
async fn a_browser_that_follows_the_consent_page_signs_in() {
    let fake = fake(5).await;
    let secret = Some(fake.ready().client_secret.as_str().into());
    let app = UserClient { client_id: fake.ready().client_id.clone(), client_secret: secret };
    let sign_in = SignIn::begin(app, addresses(&fake), Clock::system()).await.unwrap();
    let browser = reqwest::Client::builder().timeout(PATIENCE).build().unwrap();

    let visit = browser.get(sign_in.address().clone()).send();
    let (finished, page) = tokio::join!(sign_in.finish(Arc::new(Nowhere), PATIENCE), visit);

    assert_eq!(page.unwrap().text().await.unwrap(), "Signed in. You can close this page.");
    assert!(finished.is_ok());
}
