//! A NATS server that a test may kill.

use std::process::Stdio;

use tokio::{
    net::{TcpListener, TcpStream},
    process::{Child, Command},
};

use crate::process::until;

/// A NATS server of the test's own.
pub(crate) struct Bus {
    port: u16,
    child: Option<Child>,
}

impl Bus {
    /// A server on a free port.
    pub(crate) async fn start() -> Self {
        let port = free_port().await;
        let mut bus = Self { port, child: None };
        bus.raise().await;
        bus
    }

    /// Where it is.
    pub(crate) fn address(&self) -> String {
        format!("nats://127.0.0.1:{}", self.port)
    }

    /// Comes back where it was.
    pub(crate) async fn raise(&mut self) {
        let mut command = Command::new("nats-server");
        command.args(["-a", "127.0.0.1", "-p", &self.port.to_string()]).kill_on_drop(true);
        let child = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        self.child = Some(child);
        until("the bus listens", async || TcpStream::connect(("127.0.0.1", self.port)).await.is_ok()).await;
    }

    /// Dies without a word.
    pub(crate) async fn die(&mut self) {
        self.child.take().unwrap().kill().await.unwrap();
    }
}

/// A port that nobody listens on.
pub(super) async fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap().port()
}
