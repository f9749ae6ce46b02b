use chrono::TimeDelta;
use reqwest::StatusCode;
use rollcall_model::Standing;
use rollcall_relay::access::{Kind, NotInvited};
use rollcall_wire::session::{Admitted, Role, Standing as Who};

use super::stand::Town;
use crate::house::until;

const ADA: &str = "ada@example.test";

#[tokio::test]
async fn who_was_invited_comes_in_and_is_told_who_they_are() {
    let town = Town::new();
    town.folk.know("ada", ADA, Standing::Active);
    let stand = town.stand().await;

    let admitted = stand.session("Ada@Example.test", Role::Supervisor).await;

    let request = stand.request(reqwest::Method::GET, "/v1/session").bearer_auth(&admitted.token);
    let who: Who = request.send().await.unwrap().json().await.unwrap();
    assert_eq!(who, admitted.standing);
    assert_eq!((who.organisation.as_str(), who.email.as_str()), ("Example Ltd", ADA));
    assert_eq!((who.role, who.person.unwrap().as_str()), (Role::Supervisor, "ada"));
    let (slug, secret) = admitted.token.split_once('.').unwrap();
    assert_eq!((slug, secret.len()), ("main", 64));
}

#[tokio::test]
async fn an_invitation_works_once_and_for_a_quarter_of_an_hour() {
    let town = Town::new();
    let stand = town.stand().await;
    let [used, late] = [stand.invited(ADA, Role::Agent).await, stand.invited(ADA, Role::Agent).await];
    let status = async |code: &str| stand.redeem(code).send().await.unwrap().status();

    town.hand.advance(TimeDelta::seconds(15 * 60 - 1));
    assert_eq!(status(&used).await, StatusCode::OK);
    assert_eq!(status(&used).await, StatusCode::UNAUTHORIZED);
    town.hand.advance(TimeDelta::seconds(1));
    assert_eq!(status(&late).await, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn a_desk_that_did_not_hear_the_answer_comes_in_with_the_same_code_a_moment_later_on_any_node() {
    let town = Town::new();
    let (here, there) = (town.stand().await, town.stand().await);
    let code = here.invited(ADA, Role::Agent).await;
    let (own, other) = (Some("the-desks-own-verifier"), Some("somebody-elses-verifier"));
    let lost: Admitted = here.redeem_by(own, &code).send().await.unwrap().json().await.unwrap();
    assert_eq!(here.reads(&lost.token).await, StatusCode::OK);
    assert_eq!(here.redeem_by(other, &code).send().await.unwrap().status(), StatusCode::UNAUTHORIZED);

    town.hand.advance(TimeDelta::seconds(59));
    let heard: Admitted = there.redeem_by(own, &code).send().await.unwrap().json().await.unwrap();

    assert_eq!(heard.standing, lost.standing);
    until("the first session is over", async || here.reads(&lost.token).await == StatusCode::UNAUTHORIZED)
        .await;
    assert_eq!(here.reads(&heard.token).await, StatusCode::OK);
    town.hand.advance(TimeDelta::seconds(1));
    assert_eq!(here.redeem_by(own, &code).send().await.unwrap().status(), StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn nothing_that_is_stored_opens_anything() {
    let town = Town::new();
    let stand = town.stand().await;
    let open = stand.invited(ADA, Role::Agent).await;
    let code = stand.invited(ADA, Role::Agent).await;
    let first: Admitted = stand.redeem(&code).send().await.unwrap().json().await.unwrap();
    let next = stand.rotated(&first.token).await;

    let stored = town.stored();

    let contains = |text: &str| stored.windows(text.len()).any(|part| part == text.as_bytes());
    assert!(contains(ADA), "the right files are looked at");
    // The first letters find the row and are no secret.
    for secret in [&open[11..], &code[11..], &first.token[5..], &next.token[5..]] {
        assert!(!contains(secret));
        assert!(!contains(&secret.to_lowercase()));
    }
}

#[cfg(unix)]
#[tokio::test]
async fn only_the_owner_reads_the_files() {
    use std::os::unix::fs::PermissionsExt;

    let town = Town::new();
    let stand = town.stand().await;
    stand.session(ADA, Role::Agent).await;

    for end in ["", "-wal", "-shm"] {
        let mut path = town.database().into_os_string();
        path.push(end);
        let mode = std::fs::metadata(&path).unwrap().permissions().mode() & 0o777;
        assert_eq!(mode, 0o600, "{}", path.display());
    }
}

#[tokio::test]
async fn who_has_left_is_not_invited_and_does_not_come_in() {
    let town = Town::new();
    let stand = town.stand().await;
    let code = stand.invited(ADA, Role::Agent).await;
    town.folk.know("ada", ADA, Standing::Inactive);

    let invited = stand.access.invite(ADA, Role::Agent, "command line").await;
    let answer = stand.redeem(&code).send().await.unwrap();

    assert!(matches!(invited, Err(NotInvited::HasLeft)), "{invited:?}");
    assert_eq!(answer.status(), StatusCode::UNAUTHORIZED);
    assert_eq!(stand.access.sessions().await.unwrap(), []);
}

#[tokio::test]
async fn the_trail_tells_an_admin_who_was_invited_by_whom_and_who_came_in_from_where() {
    let town = Town::new();
    let stand = town.stand().await;
    let admin = stand.session("ops@example.test", Role::Admin).await;
    let agent = stand.session(ADA, Role::Agent).await;
    let read = async |token: &str| {
        let request = stand.request(reqwest::Method::GET, "/v1/audit?after=2&limit=10").bearer_auth(token);
        request.send().await.unwrap()
    };

    assert_eq!(read(&agent.token).await.status(), StatusCode::FORBIDDEN);
    let told: serde_json::Value = read(&admin.token).await.json().await.unwrap();

    assert_eq!((&told[0]["kind"], &told[0]["by"]), (&"invited".into(), &"command line".into()));
    assert_eq!((&told[1]["kind"], &told[1]["address"]), (&"signed_in".into(), &"192.0.2.1".into()));
    assert_eq!((&told[1]["who"], &told[1]["number"]), (&ADA.into(), &4.into()));
    let entries = stand.access.audit(0, 100).await.unwrap();
    assert_eq!(entries[3].entry.kind, Kind::SignedIn);
}
