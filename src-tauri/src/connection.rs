//! Where this computer's people come from: everything but the secret, which is in the keychain.

use std::{fs, io, path::Path};

use rollcall_desk::{team::Membership, write_atomically};
use rollcall_wire::{Failure, window::SetUp};
use rollcall_zoom::Credentials;
use secrecy::SecretString;
use serde::{Deserialize, Serialize};

/// The name of the file, in the settings folder.
const FILE: &str = "connection.json";

/// What feeds this desk when the app starts.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub(crate) enum Connection {
    /// Zoom, through a relay inside the app.
    Zoom(ZoomApp),
    /// The relay of an organisation.
    Team(Membership),
}

/// A Server-to-Server app at Zoom, and who sits at this desk.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct ZoomApp {
    /// The account id.
    pub(crate) account_id: String,
    /// The app's client id; the secret is kept in the keychain under this name.
    pub(crate) client_id: String,
    /// The id of the app's WebSocket event subscription.
    pub(crate) subscription_id: String,
    /// The Zoom e-mail address of the person at this desk.
    pub(crate) email: String,
}

impl ZoomApp {
    /// Reads a form; the first field that cannot be right is named.
    pub(crate) fn from_form(form: &SetUp) -> Result<Self, Failure> {
        let field = |name: &str, value: &str| match value.trim() {
            value if value.is_empty() || value.len() > 256 || value.contains(char::is_whitespace) => {
                Err(Failure::BadField { field: name.to_owned() })
            }
            value => Ok(value.to_owned()),
        };
        let app = Self {
            account_id: field("account_id", &form.account_id)?,
            client_id: field("client_id", &form.client_id)?,
            subscription_id: field("subscription_id", &form.subscription_id)?,
            email: field("email", &form.email)?,
        };
        field("client_secret", &form.client_secret)?;
        if !app.email.contains('@') {
            return Err(Failure::BadField { field: "email".to_owned() });
        }
        Ok(app)
    }

    /// What Zoom knows this organisation by.
    pub(crate) fn credentials(&self, secret: &SecretString) -> Credentials {
        Credentials::ServerToServer {
            account_id: self.account_id.clone(),
            client_id: self.client_id.clone(),
            client_secret: secret.clone(),
        }
    }
}

impl Connection {
    /// Reads what was stored; nothing when nothing was.
    pub(crate) fn load(folder: &Path) -> Option<Self> {
        let json = fs::read(folder.join(FILE)).ok()?;
        serde_json::from_slice(&json)
            .inspect_err(|fault| tracing::warn!(%fault, "connection.json cannot be read; set up again"))
            .ok()
    }

    /// Stores it, whole or not at all, for its owner's eyes.
    pub(crate) fn save(&self, folder: &Path) -> Result<(), Failure> {
        let kept = serde_json::to_vec_pretty(self).map_err(io::Error::from).and_then(|json| {
            fs::create_dir_all(folder)?;
            write_atomically(&folder.join(FILE), &json)
        });
        kept.map_err(|error| {
            tracing::error!(%error, "the connection could not be stored");
            Failure::DatabaseUnwritable
        })
    }

    /// Forgets it.
    pub(crate) fn forget(folder: &Path) -> Result<(), Failure> {
        match fs::remove_file(folder.join(FILE)) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(Failure::DatabaseUnwritable),
            _ => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rollcall_desk::team::RelayAddress;
    use rollcall_wire::session::Role;

    fn form() -> SetUp {
        SetUp {
            account_id: " aB3 ".trim_end().to_owned(),
            client_id: "cid".to_owned(),
            client_secret: "secret".to_owned(),
            subscription_id: "sub".to_owned(),
            email: "mia.okafor@example.com".to_owned(),
        }
    }

    #[test]
    fn a_form_is_trimmed_and_read() {
        assert_eq!(ZoomApp::from_form(&form()).unwrap().account_id, "aB3");
    }

    #[test]
    fn the_field_that_cannot_be_right_is_named() {
        let empty = SetUp { subscription_id: "  ".to_owned(), ..form() };
        let no_address = SetUp { email: "mia".to_owned(), ..form() };

        let named = |form: &SetUp| ZoomApp::from_form(form).unwrap_err();

        assert_eq!(named(&empty), Failure::BadField { field: "subscription_id".to_owned() });
        assert_eq!(named(&no_address), Failure::BadField { field: "email".to_owned() });
    }

    #[test]
    fn a_connection_is_stored_without_its_secret_and_read_back() {
        let folder = tempfile::tempdir().unwrap();
        let connection = Connection::Zoom(ZoomApp::from_form(&form()).unwrap());

        connection.save(folder.path()).unwrap();

        assert_eq!(Connection::load(folder.path()), Some(connection));
        let json = fs::read_to_string(folder.path().join(FILE)).unwrap();
        assert!(!json.contains("secret"));
        Connection::forget(folder.path()).unwrap();
        assert_eq!(Connection::load(folder.path()), None);
    }

    #[test]
    fn a_seat_at_a_relay_is_stored_for_its_owner_alone() {
        let folder = tempfile::tempdir().unwrap();
        let membership = Membership {
            relay: RelayAddress::parse("https://relay.example.org").unwrap(),
            organisation: "Example Ltd".to_owned(),
            email: "mia.okafor@example.com".to_owned(),
            person: None,
            role: Role::Agent,
        };

        Connection::Team(membership.clone()).save(folder.path()).unwrap();

        assert_eq!(Connection::load(folder.path()), Some(Connection::Team(membership)));
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            let mode = fs::metadata(folder.path().join(FILE)).unwrap().permissions().mode();
            assert_eq!(mode & 0o777, 0o600);
        }
    }
}
