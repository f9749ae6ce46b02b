//! What crosses a border: frames between relay and desk, and the window's contract.
