//! Failures as codes with numbers in them.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// What failed, for a person who must do something about it.
///
/// The window has one sentence for each code, in each language: what failed, what was kept, what to do.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS, thiserror::Error)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(tag = "code", rename_all = "snake_case")]
pub enum Failure {
    /// The text is no number that can be dialled.
    #[error("not a number that can be dialled")]
    NotANumber,
    /// The number is not one of this person's.
    #[error("the number is not one of this person's")]
    NotTheirNumber,
    /// The person has no number that can be dialled.
    #[error("the person has no number that can be dialled")]
    NoNumber,
    /// Nobody of that id is known.
    #[error("nobody of that id is known")]
    UnknownPerson,
    /// No program of this computer takes `zoomphonecall:` links: the Zoom client is not installed.
    #[error("no program takes zoomphonecall: links")]
    NoDialer,
    /// The client id and the client secret do not belong together.
    #[error("Zoom refused the client id and secret")]
    WrongClient,
    /// Zoom knows no such account.
    #[error("Zoom knows no such account")]
    UnknownAccount,
    /// The app exists and is not activated.
    #[error("the Zoom app is not activated")]
    AppNotActivated,
    /// The app was removed from the account, and everything got from Zoom was deleted.
    #[error("the Zoom app was removed from the account")]
    AppRemoved,
    /// Zoom ended JWT apps on 2023-09-08.
    #[error("Zoom ended JWT apps on 2023-09-08")]
    JwtEnded,
    /// The app lacks scopes.
    #[error("the Zoom app lacks {} scope(s)", scopes.len())]
    MissingScope {
        /// Their names, as Zoom spells them.
        scopes: Vec<String>,
    },
    /// Zoom lets this app or its owner not do that.
    #[error("Zoom gives no permission for this")]
    NoPermission,
    /// The account has no Zoom Phone, or this person has no licence for it.
    #[error("Zoom Phone is not enabled")]
    PhoneNotEnabled,
    /// Zoom's limit per second or minute is reached.
    #[error("Zoom asks to wait {retry_secs} s")]
    SlowDown {
        /// After how many seconds it goes on by itself.
        retry_secs: u32,
    },
    /// Zoom's limit per day is reached.
    #[error("Zoom's daily limit is reached")]
    DailyLimit {
        /// When it goes on by itself.
        until: DateTime<Utc>,
    },
    /// Zoom answered with an error of its own.
    #[error("Zoom answered {status}")]
    ZoomTrouble {
        /// The HTTP status.
        status: u16,
    },
    /// Zoom cannot be reached.
    #[error("Zoom cannot be reached")]
    ZoomUnreachable,
    /// Zoom does not accept the event subscription.
    #[error("Zoom does not accept the event subscription")]
    SubscriptionRefused,
    /// This computer's clock is wrong.
    #[error("this computer's clock is {ahead_secs} s ahead")]
    ClockWrong {
        /// By how many seconds it is ahead; negative when it is behind.
        ahead_secs: i32,
    },
    /// The relay cannot be reached.
    #[error("the relay cannot be reached")]
    RelayUnreachable,
    /// The relay has no room at the moment, or was asked too often.
    #[error("the relay asks to wait {retry_secs} s")]
    RelayBusy {
        /// After how many seconds it goes on by itself.
        retry_secs: u32,
    },
    /// The relay does not let this desk in.
    #[error("the relay does not let this desk in")]
    NotAdmitted,
    /// The text is no invitation to a relay.
    #[error("no invitation to a relay")]
    NotAnInvitation,
    /// The text is no address that a relay can have.
    #[error("no address of a relay")]
    NotARelayAddress,
    /// Over a network a relay is reached by `https` only.
    #[error("the relay's address is not encrypted")]
    RelayNotEncrypted,
    /// What answers at the address is no relay.
    #[error("what answers at the address is no relay")]
    NotARelay,
    /// This computer does not trust the relay's certificate.
    #[error("the relay's certificate is not trusted")]
    CertificateRefused,
    /// The one-time code is unknown, used, expired or locked; which of these is not told.
    #[error("the relay refused the code")]
    CodeRefused,
    /// The session at the relay has ended: by its age, by an administrator, or with the person's account.
    #[error("the session at the relay has ended")]
    SessionEnded,
    /// The sign-in was not started here, or it is over.
    #[error("the sign-in was not started here")]
    SignInUnknown,
    /// Nobody finished the sign-in in the browser.
    #[error("the sign-in took too long")]
    SignInTimedOut,
    /// The relay lets nobody in with this Zoom account.
    #[error("the relay refused the sign-in")]
    SignInRefused,
    /// The session was forgotten here; the relay could not be told.
    #[error("signed out here only; the relay could not be told")]
    SignedOutHereOnly,
    /// The relay speaks a newer protocol than this app.
    #[error("the relay speaks protocol {relay}, this app speaks {desk}")]
    ProtocolTooOld {
        /// The relay's protocol.
        relay: u16,
        /// This app's protocol.
        desk: u16,
    },
    /// The relay speaks an older protocol than this app.
    #[error("the relay speaks protocol {relay} only, this app speaks {desk}")]
    RelayTooOld {
        /// The relay's protocol.
        relay: u16,
        /// This app's protocol.
        desk: u16,
    },
    /// The computer has no keychain, or it does not answer.
    #[error("the keychain does not answer")]
    KeychainUnavailable,
    /// The keychain is locked.
    #[error("the keychain is locked")]
    KeychainLocked,
    /// The database was corrupt and was rebuilt.
    #[error("the database was corrupt and was set aside")]
    DatabaseSetAside {
        /// The name of the file that was kept.
        kept_as: String,
        /// Whether the person's own things came back from a backup.
        restored: bool,
    },
    /// The database was made by a newer version of the app.
    #[error("the database was made by a newer version and was set aside")]
    DatabaseTooNew {
        /// The name of the file that was kept.
        kept_as: String,
        /// Whether the person's own things came back from a backup.
        restored: bool,
    },
    /// The database cannot be written: no space, or no right to.
    #[error("the database cannot be written")]
    DatabaseUnwritable,
    /// There are as many favourites as there may be.
    #[error("there may be {most} favourites")]
    TooManyFavourites {
        /// How many there may be.
        most: u32,
    },
    /// There are as many folders as there may be.
    #[error("there may be {most} folders")]
    TooManyFolders {
        /// How many there may be.
        most: u32,
    },
    /// There are as many groups as there may be.
    #[error("there may be {most} groups")]
    TooManyGroups {
        /// How many there may be.
        most: u32,
    },
    /// The text cannot be a name: it is empty, too long, or holds what cannot be read.
    #[error("no name of at most {most} letters")]
    NotAName {
        /// How many letters it may have.
        most: u32,
    },
    /// Another folder, or another group, has this name.
    #[error("the name is taken")]
    NameTaken,
    /// The text cannot be the question of a group: it finds everybody, is too long, or holds what cannot be read.
    #[error("no question of at most {most} bytes")]
    NotAQuestion {
        /// How many bytes it may have.
        most: u32,
    },
    /// The favourite, folder or group is not there any more.
    #[error("it is not in the lists any more")]
    NotInTheLists,
    /// The link offers no group: something is missing, too long, or not known.
    #[error("no link to a group")]
    NotAGroupLink,
    /// The file holds no groups.
    #[error("no file of groups")]
    NotAGroupFile,
    /// The file of groups was written by a newer version.
    #[error("the file of groups has version {version}")]
    GroupFileTooNew {
        /// Its version.
        version: u32,
    },
    /// The file cannot be written.
    #[error("the file cannot be written")]
    FileUnwritable,
    /// A field of a form does not hold what it must.
    #[error("the field {field} does not hold what it must")]
    BadField {
        /// Its name.
        field: String,
    },
    /// The relay tells this to people of another role only.
    #[error("this is told to people of another role only")]
    NotForThisRole,
    /// A fault of the program itself; the log says more under this reference.
    #[error("internal fault, reference {reference}")]
    Internal {
        /// What to look for in the log.
        reference: String,
    },
}
