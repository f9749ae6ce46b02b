//! A Zoom that can be told to misbehave: for tests, the demo and load.
