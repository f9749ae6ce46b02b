//! `rollcall-relay sessions` and `rollcall-relay audit`: who is in, who was, and how that ends.

use clap::{Args, Subcommand};
use rollcall_relay::access::SessionId;
use serde::Serialize;
use serde_json::json;

use crate::{say, store::StoreArgs, wrong::Failed};

/// How many entries of the trail are read at once.
const PAGE: u32 = 1_000;

/// What is to be done about sessions.
#[derive(Debug, Subcommand)]
pub(crate) enum Sessions {
    /// List open sessions, the oldest first, one JSON object a line
    List {
        #[command(flatten)]
        store: StoreArgs,
    },
    /// End sessions; whoever holds one is out within a second
    End(End),
}

/// Whose sessions end.
#[derive(Debug, Args)]
pub(crate) struct End {
    #[command(flatten)]
    which: Which,

    /// Who ends them, for the trail
    #[arg(long, default_value = "command line", value_name = "NAME")]
    by: String,

    #[command(flatten)]
    store: StoreArgs,
}

#[derive(Debug, Args)]
#[group(required = true, multiple = false)]
struct Which {
    /// This one
    #[arg(long, value_name = "ID")]
    session: Option<SessionId>,

    /// All of this e-mail address
    #[arg(long, value_name = "ADDRESS")]
    email: Option<String>,

    /// All of the organisation
    #[arg(long)]
    all: bool,
}

/// Which part of the trail is printed.
#[derive(Debug, Args)]
pub(crate) struct Audit {
    /// Only entries after this place
    #[arg(long, default_value_t = 0, value_name = "NUMBER")]
    after: i64,

    #[command(flatten)]
    store: StoreArgs,
}

impl Sessions {
    pub(crate) async fn run(self) -> Result<(), Failed> {
        match self {
            Self::List { store } => {
                let access = store.open().await?;
                access.sessions().await?.iter().try_for_each(print)?;
                access.close().await;
                Ok(())
            }
            Self::End(end) => end.run().await,
        }
    }
}

impl End {
    async fn run(self) -> Result<(), Failed> {
        let access = self.store.open().await?;
        let ended = match (&self.which.session, &self.which.email) {
            (Some(session), _) => usize::from(access.end_session(*session, &self.by).await?),
            (None, Some(email)) => access.end_sessions_of_email(email, &self.by).await?,
            (None, None) => access.end_all(&self.by).await?,
        };
        access.close().await;
        say(&json!({ "ended": ended }).to_string());
        Ok(())
    }
}

impl Audit {
    /// Prints the trail, one JSON object a line.
    pub(crate) async fn run(self) -> Result<(), Failed> {
        let access = self.store.open().await?;
        let mut after = self.after;
        loop {
            let page = access.audit(after, PAGE).await?;
            let Some(last) = page.last() else { break };
            after = last.number;
            page.iter().try_for_each(print)?;
        }
        access.close().await;
        Ok(())
    }
}

fn print(what: &impl Serialize) -> Result<(), Failed> {
    say(&serde_json::to_string(what).map_err(std::io::Error::other)?);
    Ok(())
}
