//! Helpers shared by the acceptance and the window tests.
