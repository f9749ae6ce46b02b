//! The disk of a node that keeps its log in a file, or that of the database, is full, or takes no writes.

use std::{
    fs,
    io::Write as _,
    path::{Path, PathBuf},
    process::Command,
};

use tempfile::tempdir;

use crate::{
    cluster::{Bus, Nodes, Postgres, is_ready},
    load::{At, Load},
    process::until,
};

/// A small file system in memory, gone when it is dropped.
struct SmallDisk(PathBuf);

impl SmallDisk {
    /// Mounts one there; nothing without the right to.
    fn at(folder: &Path, megabytes: u32) -> Option<Self> {
        let size = format!("size={megabytes}m");
        let mount = Command::new("mount").args(["-t", "tmpfs", "-o", &size, "tmpfs"]).arg(folder).status();
        mount.is_ok_and(|status| status.success()).then(|| Self(folder.to_owned()))
    }

    /// Leaves no byte free.
    fn fill(&self) {
        let mut file = fs::File::create(self.0.join("ballast")).unwrap();
        while file.write_all(&[0; 4_096]).is_ok() {}
    }

    fn empty(&self) {
        fs::remove_file(self.0.join("ballast")).unwrap();
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        // A lazy unmount succeeds while files are open; the memory goes with the last of them.
        let _ = Command::new("umount").arg("-l").arg(&self.0).status();
        let _ = fs::remove_dir(&self.0);
    }
}

/// Files that nobody may write, whoever has them open.
struct Frozen(Vec<PathBuf>);

impl Frozen {
    /// Freezes them; nothing where that cannot be.
    fn all(files: Vec<PathBuf>) -> Option<Self> {
        let done = Command::new("chattr").arg("+i").args(&files).status();
        let frozen = Self(files);
        done.is_ok_and(|status| status.success()).then_some(frozen)
    }
}

impl Drop for Frozen {
    fn drop(&mut self) {
        let _ = Command::new("chattr").arg("-i").args(&self.0).status();
    }
}

/// Waits until deliveries are put off, and the node says why.
async fn until_it_says_so(nodes: &Nodes, load: &Load) {
    load.until_put_off(20).await;
    let relay = nodes.node(0).unwrap();
    until("it says so", async || !is_ready(&relay).await).await;
}

/// Waits until deliveries are taken again, and checks that none was lost.
async fn goes_on(nodes: &Nodes, load: Load) {
    load.until_answered(50).await;
    let relay = nodes.node(0).unwrap();
    until("it is ready", async || is_ready(&relay).await).await;
    load.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn while_the_disk_is_full_deliveries_come_again_and_none_that_was_taken_is_lost() {
    let data = tempdir().unwrap();
    let Some(disk) = SmallDisk::at(data.path(), 8) else {
        return eprintln!("skipped: no file system may be mounted here");
    };
    let nodes = Nodes::alone(data).await;
    let load = Load::on(&nodes, [At::Node(0)]);
    load.until_answered(50).await;

    disk.fill();
    until_it_says_so(&nodes, &load).await;
    disk.empty();

    goes_on(&nodes, load).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn while_the_disk_of_the_database_is_full_deliveries_come_again_and_none_that_was_taken_is_lost() {
    let place = tempdir().unwrap();
    let Some(disk) = SmallDisk::at(place.path(), 256) else {
        return eprintln!("skipped: no file system may be mounted here");
    };
    let Some(mut database) = Postgres::start_in(place).await else { return };
    let bus = Bus::start().await;
    let nodes = Nodes::over(1, &database.address(), &bus.address()).await;
    let load = Load::on(&nodes, [At::Node(0)]);
    load.until_answered(50).await;

    disk.fill();
    until_it_says_so(&nodes, &load).await;
    disk.empty();
    // It may have ended for want of room.
    database.raise().await;

    goes_on(&nodes, load).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn while_the_log_may_only_be_read_deliveries_come_again_and_none_that_was_taken_is_lost() {
    let nodes = Nodes::alone(tempdir().unwrap()).await;
    let load = Load::on(&nodes, [At::Node(0)]);
    load.until_answered(50).await;

    let files = ["main.sqlite", "main.sqlite-wal"].map(|name| nodes.folder().join(name));
    let Some(frozen) = Frozen::all(files.into()) else {
        return eprintln!("skipped: this file system freezes no files");
    };
    until_it_says_so(&nodes, &load).await;
    drop(frozen);

    goes_on(&nodes, load).await;
}
