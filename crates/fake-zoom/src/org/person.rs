//! One person of the organisation.

use std::borrow::Cow;

use super::{
    numbers::{E164, ProfileNumber},
    sites::{SITES, Site},
};
use crate::ids;

/// The place of a person in the organisation's list. Stays the person's own, also after deletion.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct PersonIx(pub(crate) u32);

/// Zoom's kinds of user.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Licence {
    Basic,
    Licensed,
}

/// Where a person stands with the account.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Standing {
    Active,
    Inactive,
    /// Invited and not yet there.
    Pending,
    /// Deleted: answers as unknown; only old calls still name the person.
    Gone,
}

/// A Zoom Phone line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Line {
    pub(crate) extension: u64,
    /// The direct number, when the line has one.
    pub(crate) did: Option<E164>,
}

/// A person with everything the directory says about them.
#[derive(Clone, Debug)]
pub(crate) struct Person {
    pub(crate) id: Box<str>,
    pub(crate) first: Cow<'static, str>,
    pub(crate) last: Cow<'static, str>,
    /// The name shown, when it is not first and last name.
    pub(crate) display: Option<Box<str>>,
    pub(crate) email: Box<str>,
    pub(crate) department: Cow<'static, str>,
    pub(crate) title: Cow<'static, str>,
    pub(crate) cost_center: &'static str,
    /// Index into [`SITES`].
    pub(crate) site: u8,
    pub(crate) licence: Licence,
    pub(crate) standing: Standing,
    /// Whether `GET /users` leaves the id out, as it does for people who are only invited.
    pub(crate) id_withheld: bool,
    pub(crate) line: Option<Line>,
    pub(crate) profile: Box<[ProfileNumber]>,
    /// Custom attribute "Skills": comma separated.
    pub(crate) skills: Box<str>,
    /// Custom attribute "Languages": comma separated.
    pub(crate) languages: Box<str>,
    /// Unix seconds.
    pub(crate) created_at: i64,
    /// A number that is the person's own, for habits that shall not change.
    pub(crate) habit: u32,
}

impl Person {
    pub(crate) fn display_name(&self) -> Cow<'_, str> {
        match &self.display {
            Some(name) => Cow::Borrowed(name),
            None => Cow::Owned(format!("{} {}", self.first, self.last)),
        }
    }

    pub(crate) fn site(&self) -> &'static Site {
        SITES.get(usize::from(self.site)).unwrap_or(&SITES[0])
    }

    pub(crate) fn is_active(&self) -> bool {
        self.standing == Standing::Active
    }

    /// The direct number, when there is one.
    pub(crate) fn did(&self) -> Option<E164> {
        self.line.and_then(|line| line.did)
    }

    pub(crate) fn extension_id(&self) -> String {
        ids::derived("extension", &self.id)
    }

    pub(crate) fn device_id(&self) -> String {
        ids::derived("device", &self.id)
    }

    /// The desktop client as phone events name it.
    pub(crate) fn device_type(&self) -> &'static str {
        match self.habit % 3 {
            0 => "MAC_Client(6.3.0.44805)",
            1 => "Windows_Client(6.3.0.52884)",
            _ => "Linux_Client(6.3.0.5527)",
        }
    }

    /// The kind of client as `user.signed_in` names it.
    pub(crate) fn client_type(&self) -> &'static str {
        match self.habit % 3 {
            0 => "mac",
            1 => "win",
            _ => "linux",
        }
    }
}

impl Licence {
    /// Zoom's number for the kind.
    pub(crate) fn number(self) -> u8 {
        match self {
            Self::Basic => 1,
            Self::Licensed => 2,
        }
    }
}

impl Standing {
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Inactive | Self::Gone => "inactive",
            Self::Pending => "pending",
        }
    }
}
