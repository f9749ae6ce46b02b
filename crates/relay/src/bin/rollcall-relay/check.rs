//! `rollcall-relay check`: are the settings good, does Zoom take the credentials, and is a scope missing?

use rollcall_relay::server::OrganisationSettings;
use rollcall_zoom::ZoomError;

use crate::{say, serve::Serve, wrong::Failed};

/// A scope, and what does not work without it.
struct Scope {
    name: &'static str,
    needed_for: &'static str,
}

/// What the relay asks and hears at Zoom.
const SCOPES: [Scope; 6] = [
    Scope { name: "user:read:list_users:admin", needed_for: "nobody can be listed" },
    Scope {
        name: "user:read:user:admin",
        needed_for: "titles and places stay unknown, and people who come or go are noticed late",
    },
    Scope { name: "user:read:presence_status:admin", needed_for: "nobody's presence can be known" },
    Scope { name: "phone:read:list_users:admin", needed_for: "numbers and extensions stay unknown" },
    Scope { name: "phone:read:call:admin", needed_for: "calls are not seen" },
    Scope {
        name: "phone:read:list_call_logs:admin",
        needed_for: "calls that ended during an outage stay open until presence says otherwise",
    },
];

/// Looks at everything and says what it finds, a sentence a line; an error when something is to be done.
pub(crate) async fn run(serve: &Serve) -> Result<(), Failed> {
    let settings = serve.settings()?;
    if let Some(tls) = settings.tls {
        tls.check().await.map_err(rollcall_relay::server::StartError::from)?;
        say("the certificate and its key can be used");
    }
    let mut todo = 0;
    for organisation in &settings.organisations {
        todo += of(organisation).await;
    }
    if todo == 0 { Ok(()) } else { Err(Failed::ToDo(todo)) }
}

/// Checks one organisation; tells how much is to be done.
async fn of(organisation: &OrganisationSettings) -> usize {
    let slug = &organisation.slug;
    say(&format!("{slug}: the settings can be used"));
    match organisation.zoom.token().await {
        Ok(token) => {
            say(&format!("{slug}: Zoom takes the client id and the secret"));
            scopes(&slug.to_string(), &token.scopes)
        }
        Err(error) => {
            say(&format!("{slug}: Zoom gives no token: {error}; {}", what_to_do(&error)));
            1
        }
    }
}

fn scopes(slug: &str, held: &[String]) -> usize {
    if held.is_empty() {
        say(&format!("{slug}: Zoom does not say which scopes the app has"));
        return 0;
    }
    let missing = SCOPES.iter().filter(|scope| !held.iter().any(|held| held == scope.name));
    let missing: Vec<&Scope> = missing.collect();
    for Scope { name, needed_for } in &missing {
        say(&format!("{slug}: the scope {name} is missing: {needed_for}; add it on the app's page at Zoom"));
    }
    if missing.is_empty() {
        say(&format!("{slug}: no scope is missing"));
    }
    missing.len()
}

const fn what_to_do(error: &ZoomError) -> &'static str {
    match error {
        ZoomError::WrongClient => "copy the client id and the secret from the app's page at Zoom again",
        ZoomError::UnknownAccount => "copy the account id from the app's page at Zoom again",
        ZoomError::AppNotActivated => "activate the app on its page at Zoom",
        ZoomError::ClockWrong { .. } => "set this machine's clock",
        ZoomError::Unreachable | ZoomError::TimedOut => "see whether this machine may reach Zoom's addresses",
        _ => "try again later",
    }
}
