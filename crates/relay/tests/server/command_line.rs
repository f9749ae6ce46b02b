use std::process::Output;

use tempfile::tempdir;

use crate::process::{Relay, flags, run, words};

/// What was written to standard error.
fn said(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

#[tokio::test]
async fn what_was_told_wrongly_is_named_with_what_to_do() {
    let data = tempdir().unwrap();
    let base = || words(&["serve"]).into_iter().chain(flags(data.path()));
    let wrong: [(&[&str], &str); 6] = [
        (&["--plan", "gold"], "bad_field: plan does not hold free, pro or business"),
        (&["--organisation", "North"], "bad_field: organisation"),
        (&["--source", "websocket"], "missing_field: main: subscription_id is missing"),
        (&["--client-secret-file", "/nowhere"], "given_twice: client_secret and client_secret_file"),
        (&["--zoom-websocket", "nowhere"], "bad_field: zoom_websocket does not hold a whole address"),
        (&["--log", "[[["], "bad_log_filter"),
    ];

    for (more, expected) in wrong {
        let output = run(base().chain(words(more))).await;
        assert_eq!(output.status.code(), Some(2), "{more:?}");
        assert!(said(&output).contains(expected), "{more:?}: {}", said(&output));
        assert!(!said(&output).contains("hush"), "a secret was told: {}", said(&output));
    }
}

#[tokio::test]
async fn a_start_that_fails_is_told_with_its_reason() {
    let data = tempdir().unwrap();
    let relay = Relay::of(&data, &[]).await;
    let other = tempdir().unwrap();
    let taken = relay.base.trim_start_matches("http://").trim_end_matches('/').to_owned();
    let serve = |data, listen: &str| {
        let mut args = words(&["serve"]);
        args.extend(
            flags(data).into_iter().map(|arg| if arg == "127.0.0.1:0" { listen.into() } else { arg }),
        );
        args
    };

    let same_log = run(serve(data.path(), "127.0.0.1:0")).await;
    let same_port = run(serve(other.path(), &taken)).await;

    assert_eq!(same_log.status.code(), Some(1));
    assert!(said(&same_log).contains("no_log"), "{}", said(&same_log));
    assert_eq!(same_port.status.code(), Some(1));
    assert!(said(&same_port).contains("cannot_listen"), "{}", said(&same_port));
}

#[tokio::test]
async fn every_flag_can_also_stand_in_the_environment() {
    let help = String::from_utf8(run(words(&["serve", "--help"])).await.stdout).unwrap();

    let flags: Vec<&str> = help.lines().map(str::trim).filter(|line| line.starts_with("--")).collect();
    assert!(flags.len() > 25, "{help}");
    let own = |flag: &&&str| !flag.starts_with("--help");
    let named = help.matches("[env: ").count();
    assert_eq!(flags.iter().filter(own).count(), named, "{help}");
    assert!(help.matches("_FILE=").count() >= 4, "{help}");
}
