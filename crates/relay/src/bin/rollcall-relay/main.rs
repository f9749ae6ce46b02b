//! `rollcall-relay`: the relay of an organisation, or of several, as a server.

mod check;
mod files;
mod invite;
mod logs;
mod organisations;
mod policy;
mod report;
mod serve;
mod sessions;
mod signals;
mod skills;
mod storage;
mod store;
mod synonyms;
mod wrong;
mod zoom;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

use wrong::Failed;

/// An event is a few dozen small allocations, made on one thread and freed on another.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// One relay for the whole organisation: Zoom's events in, every desk out, nothing lost.
#[derive(Debug, Parser)]
#[command(name = "rollcall-relay", version, max_term_width = 100)]
struct Cli {
    /// What is logged to standard error, one JSON object a line, in the syntax of the `tracing` crate
    #[arg(long, env = "RUST_LOG", default_value = "info", global = true, value_name = "FILTER")]
    log: String,

    #[command(subcommand)]
    verb: Verb,
}

#[derive(Debug, Subcommand)]
enum Verb {
    /// Serve until SIGTERM or Ctrl-C; prints one JSON line when ready: `base`, `metrics`
    Serve(Box<serve::Serve>),
    /// Make an invitation for somebody; prints its link, which is good once and for 15 minutes
    Invite(invite::Invite),
    /// List or end sessions
    #[command(subcommand)]
    Sessions(sessions::Sessions),
    /// Print the trail: who was invited, came in, was refused, left; one JSON object a line
    Audit(sessions::Audit),
    /// Take in or print skills, languages, working hours, notes and other names of people
    #[command(subcommand)]
    Skills(skills::Skills),
    /// Take in or print the organisation's own words for the same
    #[command(subcommand)]
    Synonyms(synonyms::Synonyms),
    /// Set or print what the organisation asks of those who call its experts
    #[command(subcommand)]
    Policy(policy::PolicyVerb),
    /// Look whether these settings can be used, whether Zoom takes the credentials, and which scopes are missing
    Check(Box<serve::Serve>),
    /// Print the description of the JSON interface (OpenAPI 3.1)
    Openapi,
}

#[tokio::main]
async fn main() -> ExitCode {
    let cli = Cli::parse();
    if let Err(wrong) = logs::start(&cli.log) {
        return wrong.tell();
    }
    // Nobody else in this process can have chosen one in between.
    let _ = rustls::crypto::ring::default_provider().install_default();
    match run(cli.verb).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(failed) => failed.tell(),
    }
}

async fn run(verb: Verb) -> Result<(), Failed> {
    match verb {
        Verb::Serve(serve) => serve.run().await,
        Verb::Invite(invite) => invite.run().await,
        Verb::Sessions(sessions) => sessions.run().await,
        Verb::Audit(audit) => audit.run().await,
        Verb::Skills(skills) => skills.run().await,
        Verb::Synonyms(synonyms) => synonyms.run().await,
        Verb::Policy(policy) => policy.run().await,
        Verb::Check(serve) => check::run(&serve).await,
        Verb::Openapi => {
            say(&rollcall_relay::openapi());
            Ok(())
        }
    }
}

/// Prints a line that was asked for.
#[expect(clippy::print_stdout, reason = "this is what was asked for")]
fn say(line: &str) {
    println!("{line}");
}
