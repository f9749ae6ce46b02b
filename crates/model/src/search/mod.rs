//! Finding people: an immutable index of words, asked without a lock.
//!
//! ```text
//! Index::build(people) ──> Index ── ask(&Question, &Standing) ──> Answer
//!                            │ with(changed, gone)   < 1 ms for one person
//!                            v
//!                          Index   (shares almost everything with the one before)
//! ```
//!
//! **How it is used.** The engine keeps the current [`Index`] behind an atomic pointer
//! (`ArcSwap<Index>`). When records change, its one writer makes the next index with [`Index::with`] and
//! swaps it in; searches that are under way finish on the one they started with. Presence and the agent's
//! own calls never touch the index: they are one word per person in [`Standing`], which the writer sets
//! in place while any number of searches read. [`Index::slot`] tells where a person stands in it, and
//! stays true for every index made `with` from this one. An index built anew has slots of its own and
//! needs a [`Standing`] of its own.
//!
//! **Why it is fast.** All terms lie sorted in one arena and their postings in one array in the same
//! order, so that the people of a *prefix* are one contiguous slice, however many terms it covers. A
//! question walks that slice once for each word and raises one byte per person in a dense array; a
//! branch-free pass over the array joins the words; the best rows are kept by partial selection. Nothing
//! is sorted but the rows that are shown, and nothing is allocated per match.
//!
//! **Other words.** A nickname, a synonym or a mended word is one more `word::Spelling` of a word, with
//! gains of its own (`fit`): `related` adds those that are known beforehand (`tables`, read from `data/`, and
//! the organisation's own [`Synonyms`]), and when nobody is found, `vocabulary` tells which words of the
//! index may have been meant, by a distance of letters (`slip`) and by sound (`sound`). Both walk over
//! different words, never over people. `docs/SEARCH.md` tells the rule of ranking on one page.

mod answer;
mod ask;
mod asked;
mod column;
mod digits;
mod document;
mod draft;
mod filter;
mod fit;
mod fold;
mod index;
mod marks;
mod merge;
mod question;
mod related;
mod segment;
mod slip;
mod slot;
mod sound;
mod standing;
mod synonyms;
mod tables;
mod top;
mod vocabulary;
mod walls;
mod word;

pub use answer::{Answer, Hit, How, Mark, Reason};
pub use document::Field;
pub use filter::{Filter, FilterKey, filters};
pub use fold::folded;
pub use index::{Footprint, Index};
pub use question::{Only, Question};
pub use slot::{Slot, SlotSet};
pub use standing::{Stand, Standing};
pub use synonyms::{NotAGroup, SynonymGroup, Synonyms};
pub use walls::Walls;
