//! What the app is started with.

use std::path::PathBuf;

use clap::Parser;

/// Who knows this, is here, is free, and picks up?
#[derive(Clone, Debug, Default, Parser)]
#[command(name = "rollcall", version)]
#[expect(clippy::struct_excessive_bools, reason = "each is a flag of the command line")]
pub(crate) struct Arguments {
    /// Start with a made-up organisation inside the app
    #[arg(long)]
    pub(crate) demo: bool,

    /// How many people the made-up organisation has
    #[arg(long, default_value_t = 2_000, value_parser = clap::value_parser!(u32).range(1..=1_000_000), requires = "demo")]
    pub(crate) people: u32,

    /// How many events a second happen in the made-up organisation
    #[arg(long, default_value_t = 5.0, requires = "demo")]
    pub(crate) events_per_second: f64,

    /// Keep everything in this folder instead of the desktop's usual places
    #[arg(long, env = "ROLLCALL_HOME")]
    pub(crate) home: Option<PathBuf>,

    /// Start in the tray, without a window
    #[arg(long)]
    pub(crate) hidden: bool,

    /// Print a line of JSON whenever the window has painted something new
    #[arg(long, hide = true)]
    pub(crate) announce: bool,

    /// After how many seconds without news a toast says so
    #[arg(long, hide = true, default_value_t = 60)]
    pub(crate) toast_after: i64,

    /// Open an empty window without an engine: what an app of this kind costs before it does anything
    #[arg(long, hide = true, conflicts_with_all = ["demo", "hidden"])]
    pub(crate) bare: bool,

    /// A rollcall: link to open
    pub(crate) link: Option<String>,
}
