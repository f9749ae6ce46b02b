//! From a keystroke to the painted answer.

use std::time::Duration;

use rollcall_tests::webdriver::keys;
use serde::Deserialize;
use serde_json::{Value, json};

use super::window::Window;
use crate::{failure::Failure, stopwatch::Times};

/// When the list has not changed for so long, its last change was the answer.
const SETTLED: Duration = Duration::from_millis(120);
/// A key that changes nothing within this has an answer that looks like the one before.
const UNCHANGED: Duration = Duration::from_millis(600);
/// Backspace, as the driver's protocol spells it.
const BACKSPACE: &str = "\u{E003}";

/// Times from key to paint.
#[derive(Debug, Default)]
pub(super) struct Typing {
    times: Times,
    unchanged: usize,
}

/// What the page says of one key, in milliseconds since it was loaded.
#[derive(Clone, Copy, Debug, Deserialize)]
struct Answered {
    pressed: Option<f64>,
    painted: Option<f64>,
}

impl Typing {
    /// The figures. Keys whose answer looks like the one before paint nothing and are only counted.
    pub(super) fn told(&self) -> Value {
        json!({
            "keys": self.times.count(),
            "unchanged": self.unchanged,
            "median_ms": self.times.percentile(50),
            "p99_ms": self.times.percentile(99),
            "max_ms": self.times.percentile(100),
        })
    }

    fn note(&mut self, answered: Answered) {
        match (answered.pressed, answered.painted) {
            (Some(pressed), Some(painted)) => {
                self.times.add(Duration::from_secs_f64((painted - pressed).max(0.0) / 1e3));
            }
            _ => self.unchanged += 1,
        }
    }
}

/// Types questions letter by letter until `count` keys were answered.
pub(super) async fn measure(window: &Window, questions: &[String], count: usize) -> Result<Typing, Failure> {
    window.until(r#"return document.querySelectorAll('[data-testid="row"]').length > 0;"#).await?;
    let search = window.find(r#"[data-testid="search"]"#).await?;
    window
        .run(include_str!("typing.js"), &[json!(SETTLED.as_millis()), json!(UNCHANGED.as_millis())])
        .await?;
    let mut typing = Typing::default();
    for question in questions {
        if typing.times.count() + typing.unchanged >= count {
            break;
        }
        let all = format!("{}a{}{BACKSPACE}", keys::CONTROL, keys::RELEASE);
        window.press(&search, &all).await?;
        window.run_async("rollcallTyping.answered(...arguments);", &[]).await?;
        for letter in question.chars() {
            window.run("rollcallTyping.begin();", &[]).await?;
            window.press(&search, letter.encode_utf8(&mut [0; 4])).await?;
            let answered = window.run_async("rollcallTyping.answered(...arguments);", &[]).await?;
            typing
                .note(serde_json::from_value(answered).map_err(|error| Failure::Driver(error.to_string()))?);
        }
    }
    Ok(typing)
}
