//! Who runs where: a server under measurement has one processor to itself, whatever loads it has the others.
//!
//! `taskset` and `prlimit` (util-linux, on every Debian) do it from outside, so that servers written by
//! others are held to the same. Where there is one processor only, nothing is pinned and the result says so.

use std::{
    fs,
    process::{Command, Stdio},
};

use serde_json::{Value, json};

/// How many files, sockets among them, one process may have open.
const FILES: u32 = 65_536;

/// The processors that this program may use, and how they are shared out.
#[derive(Clone, Debug)]
pub(crate) struct Cores {
    all: Vec<u32>,
}

/// This program keeps off the server's processor until this is dropped.
#[derive(Debug)]
pub(crate) struct Apart(Vec<u32>);

impl Cores {
    /// The processors that this program was given.
    pub(crate) fn ours() -> Self {
        let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
        let list = status.lines().find_map(|line| line.strip_prefix("Cpus_allowed_list:"));
        Self { all: listed(list.unwrap_or_default()) }
    }

    /// Keeps this program, all its threads and those that they start off the server's processor.
    pub(crate) fn apart(&self) -> Apart {
        if let Some((_, load)) = self.split() {
            pin(load);
        }
        Apart(self.all.clone())
    }

    /// What a command has to begin with so that it runs on the server's processor.
    pub(crate) fn launcher(&self) -> Vec<String> {
        let Some((server, _)) = self.split() else { return Vec::new() };
        vec!["taskset".to_owned(), "-c".to_owned(), server.to_string()]
    }

    /// The sharing in words.
    pub(crate) fn told(&self) -> Value {
        self.split().map_or_else(
            || json!("one processor for everything"),
            |(server, load)| json!({ "server": server, "load": load }),
        )
    }

    fn split(&self) -> Option<(u32, &[u32])> {
        let (&server, load) = self.all.split_first()?;
        (!load.is_empty()).then_some((server, load))
    }
}

impl Drop for Apart {
    fn drop(&mut self) {
        pin(&self.0);
    }
}

/// Lets this program and what it starts open many sockets, as many as the system allows.
pub(crate) fn allow_many_sockets() {
    let own = std::process::id().to_string();
    let wanted = format!("--nofile={FILES}:{FILES}");
    if !ran("prlimit", &["--pid", &own, &wanted]) {
        // Too few sockets show when they are opened.
        ran("prlimit", &["--pid", &own, &highest()]);
    }
}

/// The soft limit up to the hard one, which everybody may do.
fn highest() -> String {
    let limits = fs::read_to_string("/proc/self/limits").unwrap_or_default();
    let line = limits.lines().find(|line| line.starts_with("Max open files"));
    let hard = line.and_then(|line| line.split_whitespace().nth(4)).unwrap_or("1024");
    format!("--nofile={hard}:{hard}")
}

fn pin(to: &[u32]) {
    let list: Vec<String> = to.iter().map(u32::to_string).collect();
    // A system that does not let us is told of by the load of its processors.
    ran("taskset", &["-a", "-p", "-c", &list.join(","), &std::process::id().to_string()]);
}

fn ran(program: &str, args: &[&str]) -> bool {
    let command = Command::new(program)
        .args(args)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status();
    command.is_ok_and(|status| status.success())
}

/// `0,2-4` as the kernel writes it.
fn listed(text: &str) -> Vec<u32> {
    let span = |part: &str| -> Option<std::ops::RangeInclusive<u32>> {
        let (first, last) = part.split_once('-').unwrap_or((part, part));
        Some(first.trim().parse().ok()?..=last.trim().parse().ok()?)
    };
    text.split(',').filter_map(span).flatten().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_kernels_list_of_processors_is_read() {
        assert_eq!(listed("\t0,2-4\n"), [0, 2, 3, 4]);
        assert_eq!(listed("0"), [0]);
        assert!(listed("").is_empty());
    }

    #[test]
    fn a_server_has_one_processor_and_the_load_has_the_others() {
        let cores = Cores { all: vec![1, 5, 6] };

        assert_eq!(cores.launcher(), ["taskset", "-c", "1"]);
        assert_eq!(cores.told(), json!({ "server": 1, "load": [5, 6] }));
        assert!(Cores { all: vec![0] }.launcher().is_empty());
    }
}
