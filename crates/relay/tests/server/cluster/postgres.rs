//! A PostgreSQL server that a test may kill, with a cluster of its own.

use std::{
    fs,
    os::unix::fs::{PermissionsExt as _, chown},
    path::{Path, PathBuf},
    process::Stdio,
};

use sqlx::{Connection as _, PgConnection};
use tempfile::TempDir;
use tokio::process::{Child, Command};

use super::bus::free_port;
use crate::process::until;

/// Where Debian puts each version.
const VERSIONS: &str = "/usr/lib/postgresql";
/// Who runs it when this test is run by root, which it refuses.
const USER: &str = "postgres";

/// A server of the test's own; gone when it is dropped.
pub(crate) struct Postgres {
    programs: PathBuf,
    /// Who it runs as, when that is not who runs this test.
    owner: Option<(u32, u32)>,
    port: u16,
    child: Option<Child>,
    place: TempDir,
}

impl Postgres {
    /// Makes a cluster and starts a server over it; nothing where `PostgreSQL` is not installed.
    pub(crate) async fn start() -> Option<Self> {
        Self::start_in(TempDir::new().unwrap()).await
    }

    /// The same in this folder.
    pub(crate) async fn start_in(place: TempDir) -> Option<Self> {
        let Some(programs) = programs() else {
            eprintln!("skipped: PostgreSQL is not installed");
            return None;
        };
        let owner = if id("-u", None).await == 0 {
            Some((id("-u", Some(USER)).await, id("-g", Some(USER)).await))
        } else {
            None
        };
        let (data, sockets) = (place.path().join("data"), place.path().join("sockets"));
        for folder in [&data, &sockets] {
            fs::create_dir(folder).unwrap();
            if let Some((user, group)) = owner {
                chown(folder, Some(user), Some(group)).unwrap();
            }
        }
        fs::set_permissions(place.path(), fs::Permissions::from_mode(0o755)).unwrap();
        let mut server = Self { programs, owner, port: free_port().await, child: None, place };
        let mut initdb = server.program("initdb");
        initdb.args(["--auth=trust", "--username=rollcall", "--encoding=UTF8", "--locale=C.UTF-8"]);
        initdb.args(["--no-instructions", "--no-sync"]).arg("--pgdata").arg(&data);
        let made = initdb.stdout(Stdio::null()).output().await.unwrap();
        assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
        server.raise().await;
        Some(server)
    }

    /// Where it is.
    pub(crate) fn address(&self) -> String {
        format!("postgres://rollcall@127.0.0.1:{}/postgres", self.port)
    }

    /// Comes back over what it had, when the last of those that died is gone.
    pub(crate) async fn raise(&mut self) {
        until("the database starts", async || {
            let answers = self.answers().await;
            let ended = self.child.as_mut().is_none_or(|child| child.try_wait().unwrap().is_some());
            if !answers && ended {
                self.child = Some(self.server().spawn().unwrap());
            }
            answers
        })
        .await;
    }

    /// Dies without a word, and all that it had begun.
    pub(crate) async fn die(&mut self) {
        let mut child = self.child.take().unwrap();
        kill_all(child.id().unwrap()).await;
        child.wait().await.unwrap();
    }

    /// Runs statements one after the other, as the database's administrator.
    pub(crate) async fn run(&self, statements: &[&'static str]) {
        let mut admin = PgConnection::connect(&self.address()).await.unwrap();
        for &statement in statements {
            sqlx::raw_sql(statement).execute(&mut admin).await.unwrap();
        }
    }

    async fn answers(&self) -> bool {
        PgConnection::connect(&self.address()).await.is_ok()
    }

    fn server(&self) -> Command {
        let mut server = self.program("postgres");
        server.arg("-D").arg(self.place.path().join("data")).arg("-k").arg(self.place.path().join("sockets"));
        server.args(["-p", &self.port.to_string(), "-c", "listen_addresses=127.0.0.1"]);
        server.args(["-c", "shared_buffers=16MB", "-c", "max_connections=60"]);
        server.stdout(Stdio::null()).stderr(Stdio::null());
        server
    }

    fn program(&self, name: &str) -> Command {
        let mut command = Command::new(self.programs.join(name));
        command.current_dir(self.place.path()).kill_on_drop(true);
        if let Some((user, group)) = self.owner {
            command.uid(user).gid(group);
        }
        command
    }
}

/// Kills a server before those that it began, so that it begins no others; those that nobody saw end by themselves.
async fn kill_all(server: u32) {
    let begun = fs::read_to_string(format!("/proc/{server}/task/{server}/children")).unwrap_or_default();
    let all = std::iter::once(server.to_string()).chain(begun.split_whitespace().map(str::to_owned));
    // One that has ended meanwhile needs no signal.
    let _ = Command::new("kill").arg("-KILL").args(all).stderr(Stdio::null()).status().await.unwrap();
}

/// The folder of the newest version's programs.
fn programs() -> Option<PathBuf> {
    let versions = fs::read_dir(VERSIONS).ok()?;
    let found = versions.map(|version| version.unwrap().path().join("bin"));
    found.filter(|folder: &PathBuf| Path::join(folder, "initdb").exists()).max()
}

/// A user's number, or that of their group.
async fn id(which: &str, user: Option<&str>) -> u32 {
    let output = Command::new("id").arg(which).args(user).output().await.unwrap();
    String::from_utf8(output.stdout).unwrap().trim().parse().unwrap()
}
