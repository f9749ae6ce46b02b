//! `rollcall-relay policy`: what the organisation asks of those who call its experts.

use std::num::NonZeroU16;

use clap::{ArgGroup, Args, Subcommand};
use rollcall_model::{Hours, NotHours, Policy};
use serde_json::json;

use crate::{say, store::StoreArgs, wrong::Failed};

/// What is to be done.
#[derive(Debug, Subcommand)]
pub(crate) enum PolicyVerb {
    /// Change what is named, and leave the rest as it is; prints the policy then
    Set(Box<Set>),
    /// Print the policy: one JSON object
    Show {
        #[command(flatten)]
        store: StoreArgs,
    },
}

/// What is to be changed.
#[derive(Debug, Args)]
#[command(group = ArgGroup::new("change").required(true).multiple(true)
    .args(["consults_a_day", "quiet_hours", "watchers_shown"]))]
pub(crate) struct Set {
    /// How many consults somebody is asked for in a day of theirs, from 1 to 1000; `any` for as many as come
    #[arg(long, value_name = "NUMBER", value_parser = a_day)]
    consults_a_day: Option<ADay>,

    /// When nobody is to be called, by their own clock, such as "daily 20:00-07:00; Sat, Sun 07:00-20:00"; `none` for
    /// never
    #[arg(long, value_name = "HOURS", value_parser = quiet)]
    quiet_hours: Option<Hours>,

    /// Whether people are shown who waits until they are free
    #[arg(long, value_name = "true|false")]
    watchers_shown: Option<bool>,

    /// Who changes it, for the trail
    #[arg(long, default_value = "command line", value_name = "NAME")]
    by: String,

    #[command(flatten)]
    store: StoreArgs,
}

/// How many consults a day; nothing for as many as come.
#[derive(Clone, Copy, Debug)]
struct ADay(Option<NonZeroU16>);

impl PolicyVerb {
    pub(crate) async fn run(self) -> Result<(), Failed> {
        match self {
            Self::Set(set) => set.run().await,
            Self::Show { store } => {
                let lore = store.lore().await?;
                let told = lore.policy().await;
                lore.close().await;
                tell(&told?.map(|told| told.value).unwrap_or_default());
                Ok(())
            }
        }
    }
}

impl Set {
    async fn run(self) -> Result<(), Failed> {
        let lore = self.store.lore().await?;
        let before = lore.policy().await?.map(|told| told.value).unwrap_or_default();
        let policy = Policy {
            consults_a_day: self.consults_a_day.map_or(before.consults_a_day, |ADay(a_day)| a_day),
            quiet: self.quiet_hours.unwrap_or_else(|| before.quiet.clone()),
            watchers_shown: self.watchers_shown.unwrap_or(before.watchers_shown),
        };
        if policy != before {
            self.store.note(&self.by, &format!("policy: {}", written(&policy))).await?;
            lore.keep_policy(&policy).await?;
        }
        lore.close().await;
        tell(&policy);
        Ok(())
    }
}

/// The policy as one line of JSON.
fn written(policy: &Policy) -> String {
    let policy = json!({
        "consults_a_day": policy.consults_a_day,
        "quiet_hours": policy.quiet.to_string(),
        "watchers_shown": policy.watchers_shown,
    });
    policy.to_string()
}

fn tell(policy: &Policy) {
    say(&written(policy));
}

fn a_day(text: &str) -> Result<ADay, &'static str> {
    if text == "any" {
        return Ok(ADay(None));
    }
    let number = text.parse().ok().and_then(Policy::a_day);
    number.map(|number| ADay(Some(number))).ok_or("a number from 1 to 1000, or `any`")
}

fn quiet(text: &str) -> Result<Hours, String> {
    if text == "none" {
        return Ok(Hours::UNKNOWN);
    }
    let hours: Hours = text.parse().map_err(|error: NotHours| error.to_string())?;
    if hours.is_empty() { Err("hours, or `none`".to_owned()) } else { Ok(hours) }
}
