//! `paint`: from Zoom's send to the repainted row, and from a keystroke to the painted answer.
//!
//! Both in the real window, which WebKit's own driver opens. A frame counts as painted when the page
//! hears its first message after it.

mod events;
mod typing;
mod window;

use std::path::PathBuf;

use serde_json::{Value, json};

use crate::{
    cached::Cached,
    failure::Failure,
    house,
    limit::{Limit, Mark, limits},
    live::Live,
    machine::machine,
};
use window::Window;

/// What happens in the window.
#[derive(Debug, clap::Args)]
pub(crate) struct Options {
    /// How many events come in, one after the other.
    #[arg(long, default_value_t = 500)]
    pub(crate) events: usize,
    /// How many people the organisation has in which they happen.
    #[arg(long, default_value_t = 2_000)]
    pub(crate) people: usize,
    /// Among how many people is typed.
    #[arg(long, default_value_t = 100_000)]
    pub(crate) typing_people: usize,
    /// How many keys are typed.
    #[arg(long, default_value_t = 200)]
    pub(crate) keys: usize,
    /// The app; the one that was built beside this program when nothing is said.
    #[arg(long)]
    pub(crate) app: Option<PathBuf>,
    /// The seed of the people and of what happens.
    #[arg(long, default_value_t = 1)]
    pub(crate) seed: u64,
}

/// From Zoom's send to the repainted row, in milliseconds.
const EVENT_MS: f64 = 250.0;

/// Prepares a home and measures.
pub(crate) async fn run(options: &Options) -> Result<Value, Failure> {
    if let Some(reason) = house::without_desktop() {
        return Ok(json!({ "skipped": reason }));
    }
    let cached = Cached::prepare(options.typing_people, options.seed).await?;
    measure(options, &cached).await
}

/// Measures; typing happens in a home that was prepared.
pub(crate) async fn measure(options: &Options, cached: &Cached) -> Result<Value, Failure> {
    let path = house::app(options.app.as_deref())?;
    let typing = {
        let window = Window::open(&path, cached.home(), &[]).await?;
        let typed = typing::measure(&window, &cached.questions, options.keys).await;
        window.close().await;
        typed?
    };
    let live = Live::start(options.people, options.seed).await?;
    let window = Window::open(&path, live.home(), &live.environment()).await?;
    let events = events::measure(&window, &live, options.events, options.seed).await;
    window.close().await;
    live.end().await;
    let events = events?;
    Ok(json!({
        "machine": machine(),
        "people": options.people,
        "event": events.told(),
        "typing_people": options.typing_people,
        "key": typing.told(),
        "limits": limits(&[
            Limit { figure: "event.p99_ms", mark: Mark::Below(EVENT_MS), measured: Some(events.p99_ms()) },
        ]),
    }))
}
