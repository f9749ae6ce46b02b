//! The agent's engine: replica in SQLite, link to a relay, search, calls, secrets, settings.
