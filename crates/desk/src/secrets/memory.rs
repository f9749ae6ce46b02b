//! Secrets for the life of the process.

use std::{collections::HashMap, fmt, sync::Mutex};

use async_trait::async_trait;
use rollcall_wire::Failure;
use secrecy::SecretString;

use super::Secrets;
use crate::sync::hold;

/// Keeps secrets until the process ends.
#[derive(Default)]
pub struct Memory(Mutex<HashMap<String, SecretString>>);

#[async_trait]
impl Secrets for Memory {
    async fn read(&self, name: &str) -> Result<Option<SecretString>, Failure> {
        Ok(hold(&self.0).get(name).cloned())
    }

    async fn write(&self, name: &str, secret: SecretString) -> Result<(), Failure> {
        hold(&self.0).insert(name.to_owned(), secret);
        Ok(())
    }

    async fn forget(&self, name: &str) -> Result<(), Failure> {
        hold(&self.0).remove(name);
        Ok(())
    }
}

impl fmt::Debug for Memory {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Memory").field("kept", &hold(&self.0).len()).finish()
    }
}
