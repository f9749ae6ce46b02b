//! `quality`: how often the right person comes first.

use std::{
    collections::{BTreeMap, HashSet},
    fs,
    path::{Path, PathBuf},
};

use chrono::{DateTime, Utc};
use rollcall_model::{
    Detail, Extension, Person, PersonFact, PersonId, Phone, PhoneNumber, Profile,
    search::{Answer, Index, Only, Question, Standing},
};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use serde_json::{Value, json};

use crate::failure::Failure;

/// What is searched, and for whom.
#[derive(Debug, clap::Args)]
pub(crate) struct Options {
    /// People, one JSON object per line.
    #[arg(long)]
    directory: PathBuf,
    /// Labelled queries, one JSON object per line.
    #[arg(long)]
    queries: PathBuf,
    /// Also list the queries whose first answer is not a right one.
    #[arg(long)]
    misses: bool,
}

/// A line of the directory.
#[derive(Debug, Deserialize)]
struct Listed {
    id: String,
    first: String,
    last: String,
    name: String,
    title: String,
    dept: String,
    city: String,
    langs: Vec<String>,
    skills: Vec<String>,
    email: String,
    phone: String,
    ext: String,
}

/// A line of the queries: every one of the expected ids is a right answer.
#[derive(Debug, Deserialize)]
struct Labelled {
    cat: String,
    q: String,
    expected: HashSet<String>,
}

/// The ranks at which the first right answer came.
#[derive(Debug, Default)]
struct Ranks(Vec<Option<usize>>);

/// After how many keys the right person came first, for questions that are typed letter by letter.
#[derive(Debug, Default)]
struct Keys {
    /// Of each question that has such a beginning, in characters.
    to_first: Vec<usize>,
    never: usize,
}

/// Figures of a set of queries, each between 0 and 1.
#[derive(Debug, Serialize)]
struct Figures {
    success_at_1: f64,
    success_at_3: f64,
    mrr_at_10: f64,
}

/// Asks every query; no presence is known and nobody was called before.
pub(crate) fn run(options: &Options) -> Result<Value, Failure> {
    let people: Vec<Person> = lines::<Listed>(&options.directory)?.iter().map(Listed::person).collect();
    let queries: Vec<Labelled> = lines(&options.queries)?;
    let (index, standing) = (Index::build(&people), Standing::default());
    let mut all = Ranks::default();
    let mut categories = BTreeMap::<&str, Ranks>::new();
    let mut misses = Vec::new();
    let mut keys = Keys::default();
    for query in &queries {
        let answer = index.ask(&question(&query.q, 10), &standing);
        keys.count(query, |text| index.ask(&question(text, 1), &standing));
        let rank = answer.hits.iter().position(|hit| query.expected.contains(hit.person.as_str()));
        if rank != Some(0) {
            misses.push(json!({ "cat": query.cat, "q": query.q, "rank": rank, "total": answer.total }));
        }
        all.0.push(rank);
        categories.entry(&query.cat).or_default().0.push(rank);
    }
    let overall = all.figures();
    let categories: BTreeMap<&str, Figures> =
        categories.into_iter().map(|(name, ranks)| (name, ranks.figures())).collect();
    let mut figures = json!({
        "people": index.len(),
        "queries": queries.len(),
        "success_at_1": overall.success_at_1,
        "success_at_3": overall.success_at_3,
        "mrr_at_10": overall.mrr_at_10,
        "categories": categories,
        "keys_to_first": keys.told(),
    });
    if options.misses {
        figures["misses"] = misses.into();
    }
    Ok(figures)
}

fn question(text: &str, limit: usize) -> Question {
    Question { text: text.to_owned(), only: Only::Everyone, skip: 0, limit }
}

impl Keys {
    /// Types a query until a right person is first.
    fn count(&mut self, query: &Labelled, ask: impl Fn(&str) -> Answer) {
        let ends = query.q.char_indices().map(|(start, c)| start + c.len_utf8());
        let is_first = |end: &usize| {
            let answer = ask(&query.q[..*end]);
            answer.hits.first().is_some_and(|hit| query.expected.contains(hit.person.as_str()))
        };
        match ends.enumerate().find(|(_, end)| is_first(end)) {
            Some((before, _)) => self.to_first.push(before + 1),
            None => self.never += 1,
        }
    }

    /// The median and the 90th percentile of those that come first at all, and how many never do.
    fn told(&self) -> Value {
        let mut sorted = self.to_first.clone();
        sorted.sort_unstable();
        let at = |percent: usize| sorted.get(sorted.len().saturating_sub(1) * percent / 100);
        json!({ "median": at(50), "p90": at(90), "never": self.never })
    }
}

impl Listed {
    fn person(&self) -> Person {
        let at = DateTime::<Utc>::UNIX_EPOCH;
        let mut person = Person::unknown(PersonId::new(&self.id));
        person.learn(
            at,
            PersonFact::Profile(Profile {
                display_name: self.name.clone(),
                first_name: self.first.clone(),
                last_name: self.last.clone(),
                email: self.email.clone(),
                department: self.dept.clone(),
                time_zone: None,
                skills: self.skills.clone(),
                languages: self.langs.clone(),
            }),
        );
        let (title, location) = (self.title.clone(), self.city.clone());
        person.learn(at, PersonFact::Detail(Detail { title, location, ..Detail::default() }));
        let direct = PhoneNumber::parse(&self.phone, None).into_iter().collect();
        let extension = self.ext.parse().ok().map(Extension);
        person.learn(at, PersonFact::Phone(Phone { direct, extension, site: String::new() }));
        person
    }
}

impl Ranks {
    fn figures(&self) -> Figures {
        Figures {
            success_at_1: self.mean(|rank| f64::from(u8::from(rank < 1))),
            success_at_3: self.mean(|rank| f64::from(u8::from(rank < 3))),
            mrr_at_10: self.mean(|rank| u32::try_from(rank + 1).map_or(0.0, |place| 1.0 / f64::from(place))),
        }
    }

    fn mean(&self, worth: impl Fn(usize) -> f64) -> f64 {
        let count = u32::try_from(self.0.len().max(1)).map_or(f64::INFINITY, f64::from);
        let sum = self.0.iter().flatten().fold(0.0, |sum, &rank| sum + worth(rank));
        (sum / count * 1e4).round() / 1e4
    }
}

fn lines<T: DeserializeOwned>(path: &Path) -> Result<Vec<T>, Failure> {
    let text =
        fs::read_to_string(path).map_err(|source| Failure::Unreadable { path: path.into(), source })?;
    let read = |(line, text): (usize, &str)| {
        serde_json::from_str(text).map_err(|source| Failure::Malformed {
            path: path.into(),
            line: line + 1,
            source,
        })
    };
    let lines: Vec<T> = text.lines().enumerate().map(read).collect::<Result<_, _>>()?;
    if lines.is_empty() { Err(Failure::Empty { path: path.into() }) } else { Ok(lines) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_count_the_first_right_answer() {
        let figures = Ranks(vec![Some(0), Some(1), Some(4), None]).figures();

        let shown = [figures.success_at_1, figures.success_at_3, figures.mrr_at_10].map(|f| f.to_string());
        assert_eq!(shown, ["0.25", "0.5", "0.425"]);
    }

    #[test]
    fn the_public_set_is_measured() {
        let shared = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/search");
        if !shared.is_dir() {
            println!("skipped: ../shared is not here");
            return;
        }
        let (directory, queries) = (shared.join("dir-10k.jsonl"), shared.join("queries-public.jsonl"));

        let figures = run(&Options { directory, queries, misses: false }).unwrap();

        assert_eq!((&figures["people"], &figures["queries"]), (&json!(10_000), &json!(600)));
        assert!(figures["keys_to_first"]["median"].as_u64().is_some_and(|keys| keys > 0), "{figures}");
        assert!(figures["success_at_1"].as_f64().is_some_and(|share| share > 0.4), "{figures}");
    }
}
