//! What a process and all its children take, as Linux counts it under `/proc`.

use std::{
    collections::{HashMap, HashSet},
    fs,
};

/// The kernel counts processor time for user space in hundredths of a second.
const TICKS_PER_SECOND: f64 = 100.0;

/// A process and everything that it started.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Tree {
    root: u32,
}

/// Processor time per process, in ticks.
#[derive(Clone, Debug, Default)]
pub(crate) struct Spent(HashMap<u32, u64>);

/// A line of `/proc/PID/stat`, as much as is read of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Stat {
    parent: u32,
    ticks: u64,
}

impl Tree {
    /// The tree under the process `root`.
    pub(crate) const fn of(root: u32) -> Self {
        Self { root }
    }

    /// Proportional set size of the whole tree in MB (10^6 bytes): pages that are shared with other
    /// processes count by their share. Nothing when the process is gone.
    pub(crate) fn pss_mb(self) -> Option<f64> {
        let kib: Vec<u64> = self.stats().keys().filter_map(|&pid| pss_kib(pid)).collect();
        if kib.is_empty() {
            return None;
        }
        let kib = u32::try_from(kib.iter().sum::<u64>()).map_or(f64::INFINITY, f64::from);
        Some((kib * 1.024 / 100.0).round() / 10.0)
    }

    /// How many processes there are.
    pub(crate) fn len(self) -> usize {
        self.stats().len()
    }

    /// The process that started the others.
    pub(crate) const fn root(self) -> u32 {
        self.root
    }

    /// What each process has taken of the processors so far.
    pub(crate) fn spent(self) -> Spent {
        Spent(self.stats().into_iter().map(|(pid, stat)| (pid, stat.ticks)).collect())
    }

    fn stats(self) -> HashMap<u32, Stat> {
        let all = all();
        let mut tree = HashSet::from([self.root]);
        // A child's number may be smaller than its parent's, so one pass is not enough.
        loop {
            let more: Vec<u32> = all
                .iter()
                .filter(|(pid, stat)| tree.contains(&stat.parent) && !tree.contains(pid))
                .map(|(&pid, _)| pid)
                .collect();
            if more.is_empty() {
                break;
            }
            tree.extend(more);
        }
        all.into_iter().filter(|(pid, _)| tree.contains(pid)).collect()
    }
}

impl Spent {
    /// Processor time since `earlier`, in seconds of one processor; processes that ended are left out.
    pub(crate) fn since(&self, earlier: &Self) -> f64 {
        seconds(self.0.keys().map(|&pid| self.ticks_since(earlier, pid)).sum())
    }

    /// The same of one process alone.
    pub(crate) fn of_since(&self, pid: u32, earlier: &Self) -> f64 {
        seconds(self.ticks_since(earlier, pid))
    }

    fn ticks_since(&self, earlier: &Self, pid: u32) -> u64 {
        let ticks = |spent: &Self| spent.0.get(&pid).copied().unwrap_or(0);
        ticks(self).saturating_sub(ticks(earlier))
    }
}

fn seconds(ticks: u64) -> f64 {
    u32::try_from(ticks).map_or(f64::INFINITY, f64::from) / TICKS_PER_SECOND
}

fn all() -> HashMap<u32, Stat> {
    let Ok(entries) = fs::read_dir("/proc") else { return HashMap::new() };
    entries
        .flatten()
        .filter_map(|entry| entry.file_name().to_str()?.parse().ok())
        .filter_map(|pid: u32| Some((pid, stat(&fs::read_to_string(format!("/proc/{pid}/stat")).ok()?)?)))
        .collect()
}

/// The name stands in brackets and may hold anything, brackets too.
fn stat(line: &str) -> Option<Stat> {
    let fields: Vec<&str> = line.rsplit_once(')')?.1.split_whitespace().collect();
    let (user, system): (u64, u64) = (fields.get(11)?.parse().ok()?, fields.get(12)?.parse().ok()?);
    Some(Stat { parent: fields.get(1)?.parse().ok()?, ticks: user + system })
}

fn pss_kib(pid: u32) -> Option<u64> {
    let rollup = fs::read_to_string(format!("/proc/{pid}/smaps_rollup")).ok()?;
    rollup.lines().find_map(|line| line.strip_prefix("Pss:")?.trim().strip_suffix(" kB")?.trim().parse().ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_with_brackets_does_not_shift_the_fields() {
        let line = "42 (web) (process)) S 7 42 42 0 -1 4194560 9 0 0 0 120 30 5 6 20 0";

        assert_eq!(stat(line), Some(Stat { parent: 7, ticks: 150 }));
    }

    #[test]
    fn this_process_has_a_size() {
        let own = Tree::of(std::process::id());

        assert!(own.len() >= 1 && own.pss_mb().is_some_and(|mb| mb > 0.1), "{:?}", own.pss_mb());
        assert!(own.spent().since(&Spent::default()) >= 0.0);
    }
}
