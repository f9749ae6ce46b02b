//! Files on this disk are damaged, too new, or cannot be written.

use std::{fs, path::Path, process::Command};

use rollcall_model::{PersonId, PresenceState};
use rollcall_tests::stage::Stage;
use rollcall_wire::{
    Failure,
    window::{CallRequest, Consult},
};
use sqlx::{Connection as _, SqliteConnection, sqlite::SqliteConnectOptions};

use super::{Known, moves, notices};

/// Somebody is a favourite and was called.
async fn with_own_things() -> (Stage, Known, Consult) {
    let stage = Stage::start(60).await;
    let known = Known::by(&stage);
    let person = PersonId::new(&known.person.id);
    stage.engine.favourite(&person, true).await.unwrap();
    let request = CallRequest { person: Some(person), confirmed: true, ..CallRequest::default() };
    let request = CallRequest { reason: Some("customer on hold".into()), ..request };
    let consult = stage.call(request, &stage.phone_by_hand()).await;
    (stage, known, consult)
}

/// Overwrites all of a database but its first line.
fn spoil(file: &Path) {
    let mut bytes = fs::read(file).unwrap();
    bytes[16..].fill(0x5a);
    fs::write(file, bytes).unwrap();
}

async fn pretend_newer(file: &Path) {
    let options = SqliteConnectOptions::new().filename(file);
    let mut database = SqliteConnection::connect_with(&options).await.unwrap();
    let newer = "INSERT INTO _sqlx_migrations VALUES (9999, 'later', CURRENT_TIMESTAMP, TRUE, x'00', 0)";
    sqlx::query(newer).execute(&mut database).await.unwrap();
    database.close().await.unwrap();
}

/// The one thing that is told, and the file that it says was kept.
fn kept_aside(stage: &Stage) -> Failure {
    let told = notices(stage);
    let [failure] = &told[..] else { panic!("{told:?}") };
    let (Failure::DatabaseSetAside { kept_as, restored } | Failure::DatabaseTooNew { kept_as, restored }) =
        failure
    else {
        panic!("{failure:?}")
    };
    assert!(restored, "nothing of the person's own is lost");
    assert!(stage.home().data.join(kept_as).exists());
    failure.clone()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_corrupt_replica_is_kept_aside_and_rebuilt_from_the_relay() {
    let (mut stage, known, _) = with_own_things().await;

    stage.restart_desk_after(async |home| spoil(&home.data.join("replica.sqlite"))).await;
    assert!(matches!(kept_aside(&stage), Failure::DatabaseSetAside { .. }));
    stage.stop_relay().await;
    stage.start_relay().await;

    stage.until("everybody is known again", || stage.ask("").total == known.total).await;
    known.is_still_there(&stage);
    assert!(stage.row(&known.person.id).unwrap().favourite);
    stage.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_replica_of_a_newer_version_is_kept_aside_and_rebuilt_from_the_relay() {
    let (mut stage, known, _) = with_own_things().await;

    stage.restart_desk_after(async |home| pretend_newer(&home.data.join("replica.sqlite")).await).await;
    assert!(matches!(kept_aside(&stage), Failure::DatabaseTooNew { .. }));
    stage.stop_relay().await;
    stage.start_relay().await;

    stage.until("everybody is known again", || stage.ask("").total == known.total).await;
    known.is_still_there(&stage);
    stage.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn own_things_that_are_corrupt_come_back_with_favourites_and_calls() {
    let (mut stage, known, consult) = with_own_things().await;

    stage.restart_desk_after(async |home| spoil(&home.data.join("mine.sqlite"))).await;
    assert!(matches!(kept_aside(&stage), Failure::DatabaseSetAside { .. }));

    assert!(stage.row(&known.person.id).unwrap().favourite);
    let again = stage.consult(&consult.id).await;
    assert_eq!(
        (again.number, again.reason, again.dialled_at),
        (consult.number, consult.reason, consult.dialled_at)
    );
    known.is_still_there(&stage);
    stage.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_folder_that_cannot_be_written_is_told_and_everybody_is_found() {
    let (mut stage, known, _) = with_own_things().await;

    stage
        .restart_desk_after(async |home| {
            for file in ["replica.sqlite", "mine.sqlite"] {
                fs::remove_file(home.data.join(file)).unwrap();
                fs::create_dir(home.data.join(file)).unwrap();
            }
        })
        .await;
    assert_eq!(notices(&stage), [Failure::DatabaseUnwritable]);
    stage.stop_relay().await;
    stage.start_relay().await;

    stage.until("everybody is known", || stage.ask("").total == known.total).await;
    known.is_still_there(&stage);
    moves(&stage, &known.person, "Busy").await;
    stage.end().await;
}

/// A small file system in memory, gone when it is dropped.
struct SmallDisk<'a>(&'a Path);

impl<'a> SmallDisk<'a> {
    /// Puts what the folder holds onto a disk with room for that and little more; nothing without the right to.
    fn under(folder: &'a Path) -> Option<Self> {
        let beside = folder.with_extension("beside");
        fs::rename(folder, &beside).unwrap();
        fs::create_dir(folder).unwrap();
        let mount =
            Command::new("mount").args(["-t", "tmpfs", "-o", "size=4m", "tmpfs"]).arg(folder).status();
        let disk = mount.is_ok_and(|status| status.success()).then_some(Self(folder));
        let copied = Command::new("cp").arg("-a").arg(beside.join(".")).arg(folder).status().unwrap();
        assert!(copied.success());
        disk
    }

    /// Leaves no byte free.
    fn fill(&self) {
        let mut file = fs::File::create(self.0.join("ballast")).unwrap();
        while std::io::Write::write_all(&mut file, &[0; 4_096]).is_ok() {}
    }

    fn empty(&self) {
        fs::remove_file(self.0.join("ballast")).unwrap();
    }
}

impl Drop for SmallDisk<'_> {
    fn drop(&mut self) {
        // A lazy unmount succeeds while files are open; the memory goes with the last of them.
        let _ = Command::new("umount").arg("-l").arg(self.0).status();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_disk_that_is_full_is_told_until_there_is_room_and_everybody_is_found() {
    let (mut stage, known, _) = with_own_things().await;
    let data = stage.home().data;
    let mut disk = None;
    stage.restart_desk_after(async |_| disk = SmallDisk::under(&data)).await;
    let Some(disk) = disk else {
        eprintln!("skipped: no file system may be mounted here");
        return stage.end().await;
    };
    stage.stop_relay().await;
    stage.start_relay().await;
    stage.until("news comes in", || stage.is_online()).await;

    disk.fill();
    let told = || notices(&stage) == [Failure::DatabaseUnwritable];
    for word in
        ["Busy", "Away", "Available", "Do_Not_Disturb"].iter().cycle().take(200).take_while(|_| !told())
    {
        moves(&stage, &known.person, word).await;
    }
    assert!(told(), "{:?}", notices(&stage));

    known.is_still_there(&stage);
    moves(&stage, &known.person, "Busy").await;
    disk.empty();
    super::until_well(&stage).await;
    known.is_still_there(&stage);
    stage.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn while_the_log_cannot_be_written_it_is_told_and_afterwards_nothing_is_missing() {
    let stage = Stage::start(60).await;
    let known = Known::by(&stage);
    moves(&stage, &known.person, "Available").await;
    let file = SqliteConnectOptions::new().filename(stage.relay_database());
    let mut other = SqliteConnection::connect_with(&file).await.unwrap();

    sqlx::query("BEGIN IMMEDIATE").execute(&mut other).await.unwrap();
    stage.fake.set_presence(&known.person.id, "Do_Not_Disturb").unwrap();
    stage.until("it is told", || notices(&stage) == [Failure::DatabaseUnwritable]).await;
    known.is_still_there(&stage);
    sqlx::query("ROLLBACK").execute(&mut other).await.unwrap();
    other.close().await.unwrap();

    let shown = || stage.row(&known.person.id).map(|row| row.presence.state);
    stage.until("what came meanwhile is known", || shown() == Some(PresenceState::DoNotDisturb)).await;
    super::until_well(&stage).await;
    stage.end().await;
}
