//! As much of the WebDriver protocol as the window tests speak (<https://www.w3.org/TR/webdriver2/>).

use std::time::Duration;

use serde_json::{Value, json};

/// How long a test waits for a condition before it says that it never came.
pub const PATIENCE: Duration = Duration::from_secs(20);

/// A session with a driver; ended by [`Session::end`].
#[derive(Debug)]
pub struct Session {
    http: reqwest::Client,
    base: String,
}

/// An element of the page.
#[derive(Clone, Debug)]
pub struct Element(String);

/// The driver answered with an error, or not at all.
#[derive(Debug)]
pub struct DriverError(pub String);

/// The name under which WebDriver hands out elements.
const ELEMENT: &str = "element-6066-11e4-a52e-4f735466cecf";

/// Keys as WebDriver spells them.
pub mod keys {
    /// Enter.
    pub const ENTER: &str = "\u{E007}";
    /// Escape.
    pub const ESCAPE: &str = "\u{E00C}";
    /// Arrow down.
    pub const DOWN: &str = "\u{E015}";
    /// Arrow up.
    pub const UP: &str = "\u{E013}";
    /// Shift, held until [`RELEASE`].
    pub const SHIFT: &str = "\u{E008}";
    /// Control, held until [`RELEASE`].
    pub const CONTROL: &str = "\u{E009}";
    /// Alt, held until [`RELEASE`].
    pub const ALT: &str = "\u{E00A}";
    /// Lets go of all held keys.
    pub const RELEASE: &str = "\u{E000}";
}

impl Session {
    /// Opens a session: the driver at `driver` starts `binary` with `args`.
    pub async fn open(driver: &str, binary: &str, args: &[String]) -> Result<Self, DriverError> {
        let http = crate::http();
        let wanted = json!({"capabilities": {"alwaysMatch": {
            "timeouts": {"pageLoad": 20_000, "script": 20_000},
            "webkitgtk:browserOptions": {"binary": binary, "args": args},
        }}});
        let reply = http.post(format!("{driver}/session")).json(&wanted).send().await.map_err(error)?;
        let reply: Value = reply.json().await.map_err(error)?;
        let id = reply["value"]["sessionId"].as_str().ok_or_else(|| DriverError(reply.to_string()))?;
        Ok(Self { base: format!("{driver}/session/{id}"), http })
    }

    /// Ends the session and with it the app.
    pub async fn end(self) {
        // The driver may be gone already, which is as good.
        let _ = self.http.delete(&self.base).send().await;
    }

    /// Finds the first element that matches a CSS selector, waiting until there is one.
    pub async fn find(&self, css: &str) -> Result<Element, DriverError> {
        let wanted = json!({"using": "css selector", "value": css});
        let mut last = DriverError(format!("{css} never came"));
        let found = tokio::time::timeout(PATIENCE, async {
            loop {
                match self.post("/element", &wanted).await {
                    Ok(value) => return value[ELEMENT].as_str().map(|id| Element(id.to_owned())),
                    Err(refusal) => last = refusal,
                }
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
        });
        found.await.ok().flatten().ok_or(last)
    }

    /// Types into an element, key by key; [`keys`] may be among them.
    pub async fn type_into(&self, element: &Element, text: &str) -> Result<(), DriverError> {
        self.post(&format!("/element/{}/value", element.0), &json!({"text": text})).await.map(drop)
    }

    /// Clicks an element in its middle.
    pub async fn click(&self, element: &Element) -> Result<(), DriverError> {
        self.post(&format!("/element/{}/click", element.0), &json!({})).await.map(drop)
    }

    /// Presses the pointer on one place, drags it over others, and lets it go at the last; in CSS pixels of the page.
    pub async fn drag(&self, places: &[(f64, f64)]) -> Result<(), DriverError> {
        let go = |(x, y): (f64, f64)| json!({"type": "pointerMove", "duration": 60, "origin": "viewport", "x": x.round(), "y": y.round()});
        let (first, others) = places.split_first().ok_or_else(|| DriverError("nothing to drag".into()))?;
        let down = [go(*first), json!({"type": "pointerDown", "button": 0})];
        let steps = others.iter().copied().map(go);
        let up = [json!({"type": "pointerUp", "button": 0})];
        let actions: Vec<Value> = down.into_iter().chain(steps).chain(up).collect();
        let mouse = json!({"type": "pointer", "id": "mouse", "parameters": {"pointerType": "mouse"}, "actions": actions});
        self.post("/actions", &json!({"actions": [mouse]})).await.map(drop)
    }

    /// Runs a script in the page; its `return` is the answer.
    pub async fn run(&self, script: &str, args: &[Value]) -> Result<Value, DriverError> {
        self.post("/execute/sync", &json!({"script": script, "args": args})).await
    }

    /// Runs a script that answers by calling its last argument.
    pub async fn run_async(&self, script: &str, args: &[Value]) -> Result<Value, DriverError> {
        self.post("/execute/async", &json!({"script": script, "args": args})).await
    }

    /// Waits until a script returns something other than `false` and `null`, and gives that.
    pub async fn until(&self, script: &str, args: &[Value]) -> Result<Value, DriverError> {
        let waited = tokio::time::timeout(PATIENCE, async {
            loop {
                match self.run(script, args).await {
                    Ok(Value::Null | Value::Bool(false)) => {}
                    answer => return answer,
                }
                tokio::time::sleep(Duration::from_millis(30)).await;
            }
        });
        waited.await.unwrap_or_else(|_| Err(DriverError(format!("never true: {script} {args:?}"))))
    }

    /// Resizes the window, in CSS pixels.
    pub async fn resize(&self, width: u32, height: u32) -> Result<(), DriverError> {
        self.post("/window/rect", &json!({"width": width, "height": height})).await.map(drop)
    }

    async fn post(&self, path: &str, body: &Value) -> Result<Value, DriverError> {
        let reply = self.http.post(format!("{}{path}", self.base)).json(body).send().await.map_err(error)?;
        let ok = reply.status().is_success();
        let mut reply: Value = reply.json().await.map_err(error)?;
        let value = reply["value"].take();
        if ok { Ok(value) } else { Err(DriverError(format!("{path}: {value}"))) }
    }
}

fn error(error: impl std::fmt::Display) -> DriverError {
    DriverError(error.to_string())
}
