//! Who may come in, over real HTTP and a real file.

mod answers;
mod ends;
mod invitations;
mod limits;
mod sessions;
mod sign_in;
mod stand;
