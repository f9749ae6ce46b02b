//! One suite for every keeper of secrets.

use rollcall_desk::secrets::{Keychain, Memory, Secrets};
use rollcall_wire::Failure;
use secrecy::ExposeSecret as _;

const NAME: &str = "test.client_secret";

async fn text(secrets: &impl Secrets) -> Option<String> {
    secrets.read(NAME).await.unwrap().map(|secret| secret.expose_secret().to_owned())
}

async fn keeps_and_forgets(secrets: impl Secrets) {
    secrets.forget(NAME).await.unwrap();
    assert_eq!(text(&secrets).await, None);

    secrets.write(NAME, "first".into()).await.unwrap();
    secrets.write(NAME, "sëcond".into()).await.unwrap();
    assert_eq!(text(&secrets).await.as_deref(), Some("sëcond"));

    secrets.forget(NAME).await.unwrap();
    secrets.forget(NAME).await.unwrap();
    assert_eq!(text(&secrets).await, None);
}

#[tokio::test]
async fn memory_keeps_and_forgets() {
    keeps_and_forgets(Memory::default()).await;
}

#[tokio::test]
async fn the_keychain_keeps_and_forgets() {
    let keychain = Keychain::new(&format!("rollcall-test-{}", std::process::id()));
    match keychain.write(NAME, "probe".into()).await {
        Ok(()) => keeps_and_forgets(keychain).await,
        Err(failure @ (Failure::KeychainUnavailable | Failure::KeychainLocked)) => {
            println!("skipped: {failure}");
        }
        Err(other) => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn nothing_secret_is_printed() {
    let memory = Memory::default();
    memory.write(NAME, "hunter2".into()).await.unwrap();

    let printed = format!("{memory:?} {:?} {:?}", memory.read(NAME).await, Keychain::new("Rollcall"));

    assert!(!printed.contains("hunter2"), "{printed}");
}
