//! The relay against the fake Zoom, over real sockets and a real file.

mod desk;
mod house;

mod admission;
mod directory;
mod intake;
mod log;
mod presence;
mod stream;
