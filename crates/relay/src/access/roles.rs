//! Which role somebody has who signs in with Zoom.

use std::collections::BTreeMap;

use rollcall_wire::session::Role;

/// Roles by e-mail address and by Zoom role. The address counts before the Zoom role; whoever is in neither list
/// is an agent.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Roles {
    by_email: BTreeMap<String, Role>,
    by_zoom_role: BTreeMap<String, Role>,
}

impl Roles {
    /// The same, with a role for an e-mail address.
    #[must_use]
    pub fn with_email(mut self, email: &str, role: Role) -> Self {
        self.by_email.insert(email.trim().to_lowercase(), role);
        self
    }

    /// The same, with a role for everybody who has a role of this name at Zoom.
    #[must_use]
    pub fn with_zoom_role(mut self, name: &str, role: Role) -> Self {
        self.by_zoom_role.insert(name.trim().to_lowercase(), role);
        self
    }

    /// The role of somebody.
    pub(super) fn of(&self, email: &str, zoom_role: &str) -> Role {
        let listed = self.by_email.get(&email.to_lowercase());
        let role = listed.or_else(|| self.by_zoom_role.get(&zoom_role.trim().to_lowercase()));
        role.copied().unwrap_or(Role::Agent)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_counts_before_a_zoom_role_and_nobody_is_more_than_an_agent_by_chance() {
        let roles = Roles::default()
            .with_zoom_role("Owner", Role::Admin)
            .with_zoom_role("Team Lead", Role::Supervisor)
            .with_email("Ada@example.test", Role::Supervisor);

        assert_eq!(roles.of("ada@example.test", "Owner"), Role::Supervisor);
        assert_eq!(roles.of("bo@example.test", " owner"), Role::Admin);
        assert_eq!(roles.of("cy@example.test", "team lead"), Role::Supervisor);
        assert_eq!(roles.of("di@example.test", "Member"), Role::Agent);
    }
}
