//! `rollcall-relay invite`: a link by which somebody comes in.

use clap::Args;
use rollcall_wire::session::Role;
use secrecy::ExposeSecret as _;
use serde_json::json;
use url::Url;

use crate::{
    say,
    store::StoreArgs,
    wrong::{Failed, Wrong},
};

/// What `invite` is told.
#[derive(Debug, Args)]
pub(crate) struct Invite {
    /// Whom: the e-mail address that Zoom knows
    #[arg(long, value_name = "ADDRESS")]
    email: String,

    /// What they may see: agent, supervisor or admin
    #[arg(long, default_value = "agent", value_parser = role, value_name = "ROLE")]
    role: Role,

    /// The address under which desks reach the relay; without it the one of the relay that last ran over this folder
    #[arg(long, env = "ROLLCALL_RELAY_PUBLIC_URL", value_name = "URL")]
    public_url: Option<Url>,

    /// Who invites, for the trail
    #[arg(long, default_value = "command line", value_name = "NAME")]
    by: String,

    #[command(flatten)]
    store: StoreArgs,
}

impl Invite {
    /// Makes the invitation and prints it: `link` and `expires_at`.
    pub(crate) async fn run(self) -> Result<(), Failed> {
        let known = || self.store.storage.storage().ok().and_then(|storage| storage.last_address());
        let relay = self.public_url.clone().or_else(known).ok_or_else(|| Wrong::Missing {
            organisation: "invite".to_owned(),
            field: "public_url",
            hint: "give the address under which desks reach the relay, such as https://relay.example.org",
        })?;
        let access = self.store.open().await?;
        let invited = access.invite(&self.email, self.role, &self.by).await;
        access.close().await;
        let invitation = invited?;
        let link = invitation.link(&relay);
        say(&json!({ "link": link.expose_secret(), "expires_at": invitation.expires_at }).to_string());
        Ok(())
    }
}

/// A role by its name.
pub(crate) fn role(word: &str) -> Result<Role, &'static str> {
    match word {
        "agent" => Ok(Role::Agent),
        "supervisor" => Ok(Role::Supervisor),
        "admin" => Ok(Role::Admin),
        _ => Err("give agent, supervisor or admin"),
    }
}
