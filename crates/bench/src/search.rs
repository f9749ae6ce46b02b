//! `search`: what a keystroke costs, on one thread, beside a plain scan and what people use instead.

mod peers;

use rollcall_model::{
    Person,
    search::{Index, Only, Question, Standing, folded},
};
use serde_json::{Value, json};

use crate::{
    limit::{Limit, Mark, limits},
    machine::machine,
    organisation::Organisation,
    stopwatch::{Times, millis, timed},
};

/// How large an organisation is searched.
#[derive(Debug, clap::Args)]
pub(crate) struct Options {
    /// Only this many people; without it 10,000, 100,000 and 1,000,000.
    #[arg(long)]
    pub(crate) people: Option<usize>,
    /// The seed of the people and of what is typed.
    #[arg(long, default_value_t = 1)]
    pub(crate) seed: u64,
    /// How many questions are typed, letter by letter.
    #[arg(long, default_value_t = 200)]
    pub(crate) questions: usize,
    /// How many changes of one person are timed.
    #[arg(long, default_value_t = 1000)]
    pub(crate) updates: usize,
}

const SIZES: [usize; 3] = [10_000, 100_000, 1_000_000];
/// For so many people there are marks: 99 of 100 keystrokes in milliseconds, and for the first of them also the
/// time of building the index, of one change, and how many times as large as the text the index is.
const MARKED: [(usize, f64); 2] = [(100_000, 4.0), (1_000_000, 40.0)];
const BUILD_MS: f64 = 500.0;
const UPDATE_MS: f64 = 1.0;
const TIMES_TEXT: f64 = 4.0;
/// Up to so many people the peers are measured, too: they take long to build.
const MOST_FOR_PEERS: usize = 100_000;
const ROWS: usize = 50;
/// One in so many keystrokes is also answered by the scan and the peers: they take that much longer.
const SCANNED: usize = 40;

/// Measures each size.
pub(crate) async fn run(options: &Options) -> Value {
    if let Some(people) = options.people {
        return measure(people, options).await;
    }
    let mut sizes = Vec::new();
    for people in SIZES {
        sizes.push(measure(people, options).await);
    }
    json!({ "machine": machine(), "sizes": sizes })
}

async fn measure(count: usize, options: &Options) -> Value {
    let mut organisation = Organisation::new(options.seed);
    let people = organisation.people(count);
    let (index, build) = timed(|| Index::build(&people));
    let standing = Standing::default();
    for slot in people.iter().filter_map(|person| index.slot(&person.id)) {
        standing.set(slot, organisation.presence());
    }
    let keystrokes = keystrokes(&mut organisation, &people, options.questions);
    let asked = ask(&index, &standing, &keystrokes);
    let footprint = index.footprint();
    let updates = update(&index, &people, &mut organisation, options.updates);
    let lines: Vec<String> = people.iter().map(line).collect();
    let sample: Vec<&String> = keystrokes.iter().step_by(SCANNED).collect();
    let scan = scan(&lines, &sample);
    let peers = if count <= MOST_FOR_PEERS { peers::measure(&lines, &sample).await } else { Value::Null };
    let mark = MARKED.iter().find(|(people, _)| *people == count);
    let times_text = ratio(footprint.index_bytes, footprint.text_bytes);
    let limits = mark.map(|&(_, p99)| {
        limits(&[
            Limit { figure: "p99_ms", mark: Mark::Below(p99), measured: Some(asked.percentile(99)) },
            Limit {
                figure: "build_ms",
                mark: Mark::Below(BUILD_MS),
                measured: (count == MARKED[0].0).then(|| millis(build)),
            },
            Limit {
                figure: "update_ms",
                mark: Mark::Below(UPDATE_MS),
                measured: Some(updates.percentile(50)),
            },
            Limit { figure: "index_to_text", mark: Mark::Below(TIMES_TEXT), measured: Some(times_text) },
        ])
    });
    json!({
        "people": count,
        "keystrokes": asked.count(),
        "p50_ms": asked.percentile(50),
        "p99_ms": asked.percentile(99),
        "max_ms": asked.percentile(100),
        "scan_p50_ms": scan.percentile(50),
        "build_ms": millis(build),
        "update_ms": updates.percentile(50),
        "update_p99_ms": updates.percentile(99),
        "update_max_ms": updates.percentile(100),
        "index_bytes": footprint.index_bytes,
        "text_bytes": footprint.text_bytes,
        "index_to_text": times_text,
        "peers": peers,
        "limits": limits,
    })
}

/// Every beginning of what is typed, in the order of typing.
fn keystrokes(organisation: &mut Organisation, people: &[Person], questions: usize) -> Vec<String> {
    let step = people.len().div_ceil(questions.max(1)).max(1);
    let typed = people.iter().step_by(step).map(|person| organisation.question(person));
    let beginnings = |text: String| -> Vec<String> {
        text.char_indices().map(|(start, c)| text[..start + c.len_utf8()].to_owned()).collect()
    };
    typed.flat_map(beginnings).collect()
}

fn ask(index: &Index, standing: &Standing, keystrokes: &[String]) -> Times {
    let mut times = Times::default();
    for text in keystrokes {
        let question = Question { text: text.clone(), only: Only::Everyone, skip: 0, limit: ROWS };
        std::hint::black_box(times.time(|| index.ask(&question, standing)));
    }
    times
}

/// One person after the other gets a new record.
fn update(index: &Index, people: &[Person], organisation: &mut Organisation, updates: usize) -> Times {
    let mut times = Times::default();
    let mut index = index.clone();
    for person in people.iter().cycle().step_by(people.len() / updates.max(1) + 1).take(updates) {
        let mut changed = organisation.person();
        changed.id = person.id.clone();
        index = times.time(|| index.with([&changed], &[]));
    }
    times
}

/// The yardstick: every line of folded text is searched for every word, nothing is ranked.
fn scan(lines: &[String], keystrokes: &[&String]) -> Times {
    let buffer = lines.join("\n");
    let mut times = Times::default();
    for text in keystrokes {
        let question = folded(text);
        let words: Vec<&str> = question.split(' ').collect();
        let has_all = |line: &&str| words.iter().all(|word| line.contains(word));
        std::hint::black_box(times.time(|| buffer.lines().filter(has_all).count()));
    }
    times
}

fn ratio(one: usize, other: usize) -> f64 {
    let float = |bytes: usize| u32::try_from(bytes).map_or(f64::INFINITY, f64::from);
    (float(one) / float(other) * 100.0).round() / 100.0
}

/// Everything that is searched of one person, folded.
fn line(person: &Person) -> String {
    let Some(profile) = person.profile.as_ref().map(|profile| &profile.value) else {
        return String::new();
    };
    let mut texts = vec![person.name(), profile.email.clone(), profile.department.clone()];
    texts.extend([person.title().to_owned(), person.place().to_owned()]);
    texts.extend(profile.skills.iter().chain(&profile.languages).cloned());
    texts.extend(person.lines().iter().map(|line| line.number.to_string()));
    let extension = person.phone.as_ref().and_then(|phone| phone.value.extension);
    texts.extend(extension.map(|extension| extension.0.to_string()));
    folded(&texts.join(" "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_small_organisation_is_measured_whole() {
        let figures = run(&Options { people: Some(300), seed: 3, questions: 20, updates: 50 }).await;

        for key in ["p50_ms", "p99_ms", "scan_p50_ms", "build_ms", "update_ms", "index_bytes", "text_bytes"] {
            assert!(figures[key].as_f64().is_some_and(|figure| figure > 0.0), "{key}: {figures}");
        }
    }
}
