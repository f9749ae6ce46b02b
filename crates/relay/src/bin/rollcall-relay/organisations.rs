//! The organisations that a relay serves: one by flags, or several by a file with the same fields.

use std::{
    collections::HashSet,
    fs,
    path::{Path, PathBuf},
};

use chrono::TimeDelta;
use clap::Args;
use rollcall_model::Clock;
use rollcall_relay::{
    Slug, Source,
    access::Roles,
    server::{OrganisationSettings, WebhookSettings},
};
use rollcall_wire::session::Role;
use rollcall_zoom::{
    Addresses, Client, Credentials, Plan,
    oauth::{RelaySignIn, UserClient},
    webhook::Secrets,
};
use secrecy::SecretString;
use serde::Deserialize;
use url::Url;

use crate::{files::secret, invite::role, wrong::Wrong, zoom::ZoomArgs};

/// One organisation, as flags and as an object of the file.
#[derive(Clone, Debug, Default, Args, Deserialize)]
#[command(next_help_heading = "One organisation")]
#[serde(default, deny_unknown_fields)]
pub(crate) struct OrganisationArgs {
    /// Its short name, in addresses, file names and tokens: 1 to 32 of a-z, 0-9 and - [default: main]
    #[arg(long, env = "ROLLCALL_RELAY_ORGANISATION", value_name = "NAME")]
    organisation: Option<String>,

    /// Its name, as people read it [default: the short name]
    #[arg(long, env = "ROLLCALL_RELAY_NAME", value_name = "TEXT")]
    name: Option<String>,

    /// The id of its Zoom account
    #[arg(long, env = "ROLLCALL_RELAY_ACCOUNT_ID", value_name = "ID")]
    account_id: Option<String>,

    /// The client id of its Server-to-Server OAuth app at Zoom
    #[arg(long, env = "ROLLCALL_RELAY_CLIENT_ID", value_name = "ID")]
    client_id: Option<String>,

    /// That app's client secret; better given as a file
    #[arg(long, env = "ROLLCALL_RELAY_CLIENT_SECRET", hide_env_values = true, value_name = "SECRET")]
    client_secret: Option<SecretString>,

    /// A file that holds the client secret
    #[arg(long, env = "ROLLCALL_RELAY_CLIENT_SECRET_FILE", value_name = "FILE")]
    client_secret_file: Option<PathBuf>,

    /// The account's plan, which sets how fast Zoom may be asked: free, pro or business [default: business]
    #[arg(long, env = "ROLLCALL_RELAY_PLAN", value_name = "PLAN")]
    plan: Option<String>,

    /// How events come: webhook, websocket or none [default: webhook]
    #[arg(long, env = "ROLLCALL_RELAY_SOURCE", value_name = "SOURCE")]
    source: Option<String>,

    /// The id of the event subscription, for the source websocket
    #[arg(long, env = "ROLLCALL_RELAY_SUBSCRIPTION_ID", value_name = "ID")]
    subscription_id: Option<String>,

    /// The secret token with which Zoom signs webhooks; better given as a file
    #[arg(long, env = "ROLLCALL_RELAY_WEBHOOK_SECRET", hide_env_values = true, value_name = "SECRET")]
    webhook_secret: Option<SecretString>,

    /// A file that holds the secret token
    #[arg(long, env = "ROLLCALL_RELAY_WEBHOOK_SECRET_FILE", value_name = "FILE")]
    webhook_secret_file: Option<PathBuf>,

    /// The secret token before that one, taken as well while it is being changed
    #[arg(
        long,
        env = "ROLLCALL_RELAY_WEBHOOK_SECRET_PREVIOUS",
        hide_env_values = true,
        value_name = "SECRET"
    )]
    webhook_secret_previous: Option<SecretString>,

    /// A file that holds the secret token before
    #[arg(long, env = "ROLLCALL_RELAY_WEBHOOK_SECRET_PREVIOUS_FILE", value_name = "FILE")]
    webhook_secret_previous_file: Option<PathBuf>,

    /// How many seconds old a webhook's signature may be [default: 600]
    #[arg(long, env = "ROLLCALL_RELAY_WEBHOOK_MAX_AGE", value_name = "SECONDS")]
    webhook_max_age: Option<u32>,

    /// Also take unsigned webhooks that show this old verification token; weaker, and said so at every start
    #[arg(
        long,
        env = "ROLLCALL_RELAY_LEGACY_VERIFICATION_TOKEN",
        hide_env_values = true,
        value_name = "TOKEN"
    )]
    legacy_verification_token: Option<SecretString>,

    /// A file that holds the old verification token
    #[arg(long, env = "ROLLCALL_RELAY_LEGACY_VERIFICATION_TOKEN_FILE", value_name = "FILE")]
    legacy_verification_token_file: Option<PathBuf>,

    /// After how many minutes the whole directory is listed again, beside the events [default: 15]
    #[arg(long, env = "ROLLCALL_RELAY_RECONCILE_MINUTES", value_name = "MINUTES")]
    reconcile_minutes: Option<u32>,

    /// After how many days people who are gone are forgotten [default: 30]
    #[arg(long, env = "ROLLCALL_RELAY_RETENTION_DAYS", value_name = "DAYS")]
    retention_days: Option<u32>,

    /// The client id of the app by which people sign in with Zoom; without it they come in by invitation only
    #[arg(long, env = "ROLLCALL_RELAY_SIGN_IN_CLIENT_ID", value_name = "ID")]
    sign_in_client_id: Option<String>,

    /// That app's client secret, unless the id is that of a public client
    #[arg(long, env = "ROLLCALL_RELAY_SIGN_IN_CLIENT_SECRET", hide_env_values = true, value_name = "SECRET")]
    sign_in_client_secret: Option<SecretString>,

    /// A file that holds that secret
    #[arg(long, env = "ROLLCALL_RELAY_SIGN_IN_CLIENT_SECRET_FILE", value_name = "FILE")]
    sign_in_client_secret_file: Option<PathBuf>,

    /// Which role a role at Zoom has here, such as Owner=admin; may be given more than once. Others are agents
    #[arg(long, env = "ROLLCALL_RELAY_ZOOM_ROLE", value_delimiter = ',', value_name = "ZOOM=ROLE")]
    zoom_role: Vec<String>,

    /// Which role somebody has, such as ada@example.org=supervisor; goes before their role at Zoom
    #[arg(long, env = "ROLLCALL_RELAY_PERSON_ROLE", value_delimiter = ',', value_name = "ADDRESS=ROLE")]
    person_role: Vec<String>,

    /// In the file only: another Zoom than the one of the flags.
    #[arg(skip)]
    zoom_oauth: Option<String>,
    /// See `zoom_oauth`.
    #[arg(skip)]
    zoom_api: Option<String>,
    /// See `zoom_oauth`.
    #[arg(skip)]
    zoom_websocket: Option<String>,
}

/// What organisations have in common.
#[derive(Debug)]
pub(crate) struct Common<'a> {
    pub(crate) zoom: &'a ZoomArgs,
    /// The address under which desks reach the relay.
    pub(crate) public_url: Option<&'a Url>,
    pub(crate) clock: &'a Clock,
    pub(crate) seed: u64,
}

/// The organisations of a file, or else the one of the flags.
pub(crate) fn all(
    flags: &OrganisationArgs,
    file: Option<&Path>,
    common: &Common<'_>,
) -> Result<Vec<OrganisationSettings>, Wrong> {
    let listed = match file {
        Some(file) => read(file)?,
        None => vec![flags.clone()],
    };
    let mut names = HashSet::new();
    let mut all = Vec::new();
    for organisation in listed {
        let settings = organisation.settings(common)?;
        if !names.insert(settings.slug.clone()) {
            return Err(Wrong::SameName(settings.slug.to_string()));
        }
        all.push(settings);
    }
    Ok(all)
}

fn read(path: &Path) -> Result<Vec<OrganisationArgs>, Wrong> {
    let text = fs::read(path).map_err(|source| Wrong::File { path: path.to_owned(), source })?;
    let listed: Vec<OrganisationArgs> = serde_json::from_slice(&text).map_err(|error| {
        // What stands in the file is not repeated: it may be a secret.
        let why = if error.is_data() { "a field is not known or of another type" } else { "it is no JSON" };
        Wrong::Organisations { path: path.to_owned(), line: error.line(), why: why.to_owned() }
    })?;
    if listed.is_empty() { Err(Wrong::NoOrganisation(path.to_owned())) } else { Ok(listed) }
}

impl OrganisationArgs {
    /// Its short name.
    pub(crate) fn slug(&self) -> Result<Slug, Wrong> {
        let Some(name) = &self.organisation else { return Ok(Slug::only()) };
        let wanted = "1 to 32 lower-case letters, digits and hyphens, the first no hyphen";
        name.parse().map_err(|_| Wrong::BadField { field: "organisation", wanted })
    }

    fn settings(self, common: &Common<'_>) -> Result<OrganisationSettings, Wrong> {
        let slug = self.slug()?;
        let account_id =
            self.needed(self.account_id.clone(), "account_id", "it stands on the app's page at Zoom")?;
        let webhook = self.webhook()?;
        let source = self.source(webhook.is_some())?;
        let client_id =
            self.needed(self.client_id.clone(), "client_id", "it stands on the app's page at Zoom")?;
        Ok(OrganisationSettings {
            zoom: self.client(&account_id, &client_id, common)?,
            name: self.name.clone().unwrap_or_else(|| slug.to_string()),
            roles: self.roles()?,
            sign_in: self.sign_in(common)?,
            slug,
            account_id,
            client_id,
            source,
            webhook,
            reconcile: TimeDelta::minutes(self.reconcile_minutes.unwrap_or(15).max(1).into()),
            retention: TimeDelta::days(self.retention_days.unwrap_or(30).into()),
        })
    }

    /// How people sign in with Zoom, if they may.
    fn sign_in(&self, common: &Common<'_>) -> Result<Option<RelaySignIn>, Wrong> {
        let Some(client_id) = self.sign_in_client_id.clone() else { return Ok(None) };
        let names = ["sign_in_client_secret", "sign_in_client_secret_file"];
        let (given, file) = (self.sign_in_client_secret.as_ref(), self.sign_in_client_secret_file.as_ref());
        let client = UserClient { client_id, client_secret: secret(given, file, names)? };
        let hint =
            "Zoom sends people back to it after a sign-in: register it with /v1/signin/callback at its end";
        let relay = self.needed(common.public_url.cloned(), "public_url", hint)?;
        let callback = relay.join("v1/signin/callback").map_err(|_| Wrong::BadField {
            field: "public_url",
            wanted: "a whole address, such as https://relay.example.org/",
        })?;
        RelaySignIn::new(client, self.addresses(common.zoom)?, &callback, common.clock.clone())
            .map(Some)
            .map_err(|error| Wrong::Zoom(error.to_string()))
    }

    fn roles(&self) -> Result<Roles, Wrong> {
        let mut roles = Roles::default();
        for rule in &self.zoom_role {
            let (name, role) = rule_of(rule, "zoom_role")?;
            roles = roles.with_zoom_role(name, role);
        }
        for rule in &self.person_role {
            let (email, role) = rule_of(rule, "person_role")?;
            roles = roles.with_email(email, role);
        }
        Ok(roles)
    }

    fn client(&self, account_id: &str, client_id: &str, common: &Common<'_>) -> Result<Client, Wrong> {
        let names = ["client_secret", "client_secret_file"];
        let client_secret = secret(self.client_secret.as_ref(), self.client_secret_file.as_ref(), names)?;
        let hint = "write it into a file and give that as client_secret_file";
        let client_secret = self.needed(client_secret, "client_secret", hint)?;
        let (account_id, client_id) = (account_id.to_owned(), client_id.to_owned());
        let credentials = Credentials::ServerToServer { account_id, client_id, client_secret };
        let clock = common.clock.clone();
        Client::new(self.addresses(common.zoom)?, credentials, self.plan()?, clock, common.seed)
            .map_err(|error| Wrong::Zoom(error.to_string()))
    }

    fn addresses(&self, zoom: &ZoomArgs) -> Result<Addresses, Wrong> {
        let own = ZoomArgs {
            oauth: self.zoom_oauth.clone(),
            api: self.zoom_api.clone(),
            websocket: self.zoom_websocket.clone(),
        };
        own.or(zoom).addresses()
    }

    fn plan(&self) -> Result<Plan, Wrong> {
        match self.plan.as_deref() {
            Some("free") => Ok(Plan::Free),
            Some("pro") => Ok(Plan::Pro),
            None | Some("business") => Ok(Plan::Business),
            Some(_) => Err(Wrong::BadField { field: "plan", wanted: "free, pro or business" }),
        }
    }

    fn source(&self, has_webhook: bool) -> Result<Source, Wrong> {
        match self.source.as_deref() {
            None | Some("webhook") if has_webhook => Ok(Source::Webhook),
            None | Some("webhook") => {
                let hint = "write Zoom's secret token into a file and give that as webhook_secret_file, or choose \
                            another source";
                self.needed(None, "webhook_secret", hint)
            }
            Some("websocket") => {
                let hint = "it stands beside the event subscription on the app's page at Zoom";
                self.needed(self.subscription_id.clone(), "subscription_id", hint).map(Source::Subscription)
            }
            Some("none") => Ok(Source::Nothing),
            Some(_) => Err(Wrong::BadField { field: "source", wanted: "webhook, websocket or none" }),
        }
    }

    fn webhook(&self) -> Result<Option<WebhookSettings>, Wrong> {
        let current = secret(
            self.webhook_secret.as_ref(),
            self.webhook_secret_file.as_ref(),
            ["webhook_secret", "webhook_secret_file"],
        )?;
        let previous = secret(
            self.webhook_secret_previous.as_ref(),
            self.webhook_secret_previous_file.as_ref(),
            ["webhook_secret_previous", "webhook_secret_previous_file"],
        )?;
        let legacy_token = secret(
            self.legacy_verification_token.as_ref(),
            self.legacy_verification_token_file.as_ref(),
            ["legacy_verification_token", "legacy_verification_token_file"],
        )?;
        if previous.is_some() && current.is_none() {
            let hint = "the one before is taken only beside it";
            return self.needed(None, "webhook_secret", hint);
        }
        let secrets = current.map(|current| Secrets { current, previous });
        let max_age = TimeDelta::seconds(self.webhook_max_age.unwrap_or(600).into());
        let any = secrets.is_some() || legacy_token.is_some();
        Ok(any.then_some(WebhookSettings { secrets, legacy_token, max_age }))
    }

    fn needed<T>(&self, value: Option<T>, field: &'static str, hint: &'static str) -> Result<T, Wrong> {
        let organisation = || self.organisation.clone().unwrap_or_else(|| Slug::only().to_string());
        value.ok_or_else(|| Wrong::Missing { organisation: organisation(), field, hint })
    }
}

/// A name and the role that it has, as `name=role`.
fn rule_of<'a>(rule: &'a str, field: &'static str) -> Result<(&'a str, Role), Wrong> {
    let wrong = || Wrong::BadField { field, wanted: "name=role with a role of agent, supervisor or admin" };
    let (name, word) = rule.rsplit_once('=').ok_or_else(wrong)?;
    Ok((name, role(word).map_err(|_| wrong())?))
}
