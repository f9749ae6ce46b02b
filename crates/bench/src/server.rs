//! A server under measurement: a process of its own, on a processor of its own.

use std::{
    ffi::OsString,
    io,
    net::{Ipv4Addr, SocketAddr, TcpListener},
    path::PathBuf,
    process::Stdio,
    time::Duration,
};

use serde::de::DeserializeOwned;
use tokio::{
    io::{AsyncBufReadExt as _, BufReader},
    net::TcpStream,
    process::{Child, Command},
    time,
};

use crate::{cores::Cores, failure::Failure, process::Tree};

/// How long a server may take until it serves.
const READY: Duration = Duration::from_mins(1);
/// How long it may take to end when it is asked to.
const END: Duration = Duration::from_secs(20);

/// What is to be run.
#[derive(Clone, Debug)]
pub(crate) struct Program {
    /// What it is called in a failure.
    pub(crate) name: &'static str,
    /// The executable: a path, or a name to be found.
    pub(crate) path: PathBuf,
    /// What it is told.
    pub(crate) args: Vec<OsString>,
}

/// A running server; killed when dropped.
#[derive(Debug)]
pub(crate) struct Server {
    name: &'static str,
    child: Child,
}

impl Program {
    /// Another verb of this program itself.
    pub(crate) fn own(name: &'static str, args: &[&str]) -> Result<Self, Failure> {
        let path = std::env::current_exe().map_err(Failure::system("the path of this program"))?;
        Ok(Self { name, path, args: args.iter().map(OsString::from).collect() })
    }

    fn command(&self, cores: &Cores) -> Command {
        let mut words: Vec<OsString> = cores.launcher().into_iter().map(OsString::from).collect();
        words.push(self.path.clone().into());
        words.extend(self.args.iter().cloned());
        let mut command = Command::new(&words[0]);
        command.args(&words[1..]).stdin(Stdio::null()).stderr(Stdio::null()).kill_on_drop(true);
        command
    }
}

impl Server {
    /// Starts a server that prints one line of JSON when it serves.
    pub(crate) async fn announced<T: DeserializeOwned>(
        program: &Program,
        cores: &Cores,
    ) -> Result<(Self, T), Failure> {
        let name = program.name;
        let mut child =
            program.command(cores).stdout(Stdio::piped()).spawn().map_err(Failure::system(name))?;
        let stdout = child.stdout.take().ok_or_else(|| no_start(name, "it has no output"))?;
        let mut lines = BufReader::new(stdout).lines();
        let line = time::timeout(READY, lines.next_line())
            .await
            .map_err(|_| Failure::TooLate { what: name, within_secs: READY.as_secs() })?
            .map_err(Failure::system(name))?
            .ok_or_else(|| no_start(name, "it ended before it served"))?;
        // What it prints later must find a reader.
        tokio::spawn(async move { while let Ok(Some(_)) = lines.next_line().await {} });
        let ready = serde_json::from_str(&line).map_err(|_| no_start(name, &line))?;
        Ok((Self { name, child }, ready))
    }

    /// Starts a server that says nothing, and waits until its port is open.
    pub(crate) async fn silent(program: &Program, cores: &Cores, port: SocketAddr) -> Result<Self, Failure> {
        let name = program.name;
        let mut child =
            program.command(cores).stdout(Stdio::null()).spawn().map_err(Failure::system(name))?;
        let open = async {
            while TcpStream::connect(port).await.is_err() {
                if child.try_wait().is_ok_and(|ended| ended.is_some()) {
                    return Err(no_start(name, "it ended before it served"));
                }
                time::sleep(Duration::from_millis(20)).await;
            }
            Ok(())
        };
        time::timeout(READY, open)
            .await
            .map_err(|_| Failure::TooLate { what: name, within_secs: READY.as_secs() })??;
        Ok(Self { name, child })
    }

    /// Its processes.
    pub(crate) fn processes(&self) -> Tree {
        Tree::of(self.child.id().unwrap_or_default())
    }

    /// Asks it to end, and waits until it has.
    pub(crate) async fn end(mut self) -> Result<(), Failure> {
        if let Some(pid) = self.child.id() {
            let term = Command::new("kill").args(["-TERM", &pid.to_string()]).status().await;
            term.map_err(Failure::system(self.name))?;
        }
        if time::timeout(END, self.child.wait()).await.is_err() {
            // It may have ended this very moment.
            let _ = self.child.kill().await;
        }
        Ok(())
    }
}

/// A port of loopback that was free a moment ago, for servers that cannot choose one themselves.
pub(crate) fn free_port() -> Result<SocketAddr, Failure> {
    let free = || -> io::Result<SocketAddr> { TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr() };
    free().map_err(Failure::system("a port"))
}

fn no_start(what: &'static str, why: &str) -> Failure {
    Failure::NoStart { what, why: why.to_owned() }
}
