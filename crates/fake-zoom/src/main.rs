//! `rollcall-fake-zoom serve`: a fake Zoom as a process.

use std::{io, net::SocketAddr, process::ExitCode};

use clap::{Args, Parser, Subcommand};
use rollcall_fake_zoom::{Dose, FakeZoom, Options, Plan, Ready};

/// A Zoom that can be told to misbehave.
#[derive(Debug, Parser)]
#[command(version)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Serve until SIGTERM or Ctrl-C. Prints one JSON line when ready.
    Serve(Serve),
}

#[derive(Debug, Args)]
struct Serve {
    /// Where to listen; port 0 lets the system choose one.
    #[arg(long, default_value = "127.0.0.1:0")]
    listen: SocketAddr,
    /// How many people the organisation has.
    #[arg(long, default_value_t = 2000)]
    people: usize,
    /// The same seed draws the same organisation, secrets and day.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// How many events a second the organisation's own life makes; 0 keeps it still.
    #[arg(long, default_value_t = 5.0)]
    events_per_second: f64,
    /// The plan that sets the rate limits: free, pro or business.
    #[arg(long, default_value = "business")]
    plan: Plan,
    /// What to get wrong: names, some with `=amount`.
    #[arg(long, value_delimiter = ',')]
    mischief: Vec<Dose>,
}

#[tokio::main]
async fn main() -> ExitCode {
    tracing_subscriber::fmt()
        .with_env_filter(tracing_subscriber::EnvFilter::from_default_env())
        .with_writer(io::stderr)
        .init();
    let Command::Serve(serve) = Cli::parse().command;
    match run(serve).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            tracing::error!(error = &*error, "the fake Zoom cannot serve");
            ExitCode::FAILURE
        }
    }
}

async fn run(serve: Serve) -> Result<(), Box<dyn std::error::Error>> {
    if rustls::crypto::CryptoProvider::get_default().is_none() {
        // Nobody else in this process can have installed one in between.
        let _ = rustls::crypto::ring::default_provider().install_default();
    }
    let ended = ended()?;
    let fake = FakeZoom::start(Options {
        listen: serve.listen,
        people: serve.people,
        seed: serve.seed,
        events_per_second: serve.events_per_second,
        plan: serve.plan,
        ..Options::default()
    })
    .await?;
    for dose in serve.mischief {
        fake.mischief_on(dose);
    }
    announce(fake.ready())?;
    ended.await?;
    fake.stop().await;
    Ok(())
}

/// Waits for SIGTERM or Ctrl-C; hears them from the moment it is called.
#[cfg(unix)]
fn ended() -> io::Result<impl Future<Output = io::Result<()>>> {
    use tokio::signal::unix::{SignalKind, signal};
    let mut terminated = signal(SignalKind::terminate())?;
    let mut interrupted = signal(SignalKind::interrupt())?;
    Ok(async move {
        tokio::select! {
            _ = terminated.recv() => {}
            _ = interrupted.recv() => {}
        }
        Ok(())
    })
}

/// Waits for Ctrl-C.
#[cfg(not(unix))]
fn ended() -> io::Result<impl Future<Output = io::Result<()>>> {
    Ok(tokio::signal::ctrl_c())
}

#[expect(clippy::print_stdout, reason = "this line is what the caller waits for")]
fn announce(ready: &Ready) -> Result<(), serde_json::Error> {
    println!("{}", serde_json::to_string(ready)?);
    Ok(())
}
