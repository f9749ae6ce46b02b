//! The window's end of the news, whether or not there is a window.

use rollcall_wire::window::Push;
use tauri::ipc::Channel;

/// The window, and what was opened by a link while there was none.
#[derive(Default)]
pub(super) struct Window {
    pub(super) channel: Option<Channel<Vec<Push>>>,
    link: Option<Push>,
}

impl Window {
    /// A window came up: it is told of the last link that was opened before.
    pub(super) fn come(&mut self, channel: Channel<Vec<Push>>) {
        if let Some(link) = self.link.take() {
            // A window that is gone already was opened by nobody.
            channel.send(vec![link]).ok();
        }
        self.channel = Some(channel);
    }

    /// Sends a batch; without a window only a link is kept, because the window that comes up for it shall
    /// show it.
    pub(super) fn tell(&mut self, pushes: Vec<Push>) {
        let link = pushes.iter().rfind(|push| push.is_link()).cloned();
        if self.channel.as_ref().is_some_and(|channel| channel.send(pushes).is_ok()) {
            return;
        }
        self.channel = None;
        if link.is_some() {
            self.link = link;
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::{Arc, Mutex};

    use rollcall_model::PersonId;

    use super::*;

    #[test]
    fn a_link_waits_for_the_window_that_comes_up_for_it() {
        let mut window = Window::default();
        let opened = |person: &str| Push::Open { person: PersonId::new(person) };
        window.tell(vec![opened("mia"), Push::People { changed: 1 }]);
        window.tell(vec![opened("leo")]);
        window.tell(vec![Push::People { changed: 1 }]);
        let heard = Arc::new(Mutex::new(Vec::new()));
        let listener = heard.clone();

        window.come(Channel::new(move |body| {
            listener.lock().unwrap().push(body.deserialize::<serde_json::Value>().unwrap());
            Ok(())
        }));

        let only_the_last = serde_json::to_value(vec![opened("leo")]).unwrap();
        assert_eq!(*heard.lock().unwrap(), [only_the_last]);
    }
}
