//! Search, as an agent sees it.

mod filtering;
mod finding;
mod marking;
mod meaning;
mod mending;
mod ranking;
mod reasons;
mod updating;

use rollcall_model::{
    Person,
    search::{Answer, Index, Only, Question, Standing},
};

/// The ids found among `people` of whom no presence is known, best first.
fn found<'a>(people: impl IntoIterator<Item = &'a Person>, text: &str) -> Vec<String> {
    ids(&ask(&Index::build(people), text))
}

fn ask(index: &Index, text: &str) -> Answer {
    index.ask(&question(text), &Standing::default())
}

fn question(text: &str) -> Question {
    Question { text: text.into(), only: Only::Everyone, skip: 0, limit: 50 }
}

fn ids(answer: &Answer) -> Vec<String> {
    answer.hits.iter().map(|hit| hit.person.to_string()).collect()
}
