//! What desks heard, and when: each message once, with the moments at which it came.

use std::collections::HashMap;

use crate::stopwatch::Stopwatch;

/// Everything that a crowd heard.
#[derive(Debug)]
pub(crate) struct Heard {
    /// Times are counted from here.
    origin: Stopwatch,
    /// The messages, in the order in which the first desk heard them.
    pub(crate) messages: Vec<Message>,
    /// How many bytes came over all sockets, with everything around the messages.
    pub(crate) bytes: u64,
    /// How many sockets were closed by the other side.
    pub(crate) closed: usize,
    known: HashMap<u64, usize>,
}

/// A message that came to one desk or to many.
#[derive(Debug)]
pub(crate) struct Message {
    /// What it says.
    pub(crate) bytes: Vec<u8>,
    /// When it came, in microseconds, once for each desk.
    pub(crate) arrivals: Vec<u32>,
}

impl Heard {
    /// Nothing yet.
    pub(super) fn since(origin: Stopwatch) -> Self {
        Self { origin, messages: Vec::new(), bytes: 0, closed: 0, known: HashMap::new() }
    }

    /// Forgets what was heard so far.
    pub(super) fn forget(&mut self) {
        *self = Self { closed: self.closed, ..Self::since(self.origin) };
    }

    /// The moment, as arrivals have it.
    pub(super) fn now(&self) -> u32 {
        u32::try_from(self.origin.elapsed().as_micros()).unwrap_or(u32::MAX)
    }

    /// A message came.
    pub(super) fn note(&mut self, message: &[u8], at: u32) {
        let fresh = self.messages.len();
        let place = *self.known.entry(fingerprint(message)).or_insert(fresh);
        if place == fresh {
            self.messages.push(Message { bytes: message.to_vec(), arrivals: Vec::new() });
        }
        self.messages[place].arrivals.push(at);
    }

    /// How many messages came, counted at each desk.
    pub(crate) fn count(&self) -> usize {
        self.messages.iter().map(|message| message.arrivals.len()).sum()
    }
}

/// Tells messages apart, eight bytes at a time. Nobody makes two that look alike on purpose here.
fn fingerprint(message: &[u8]) -> u64 {
    const ODD: u64 = 0x9e37_79b9_7f4a_7c15;
    let mix = |hash: u64, word: u64| (hash ^ word).wrapping_mul(ODD).rotate_left(29);
    let (words, rest) = message.as_chunks::<8>();
    let hash = words.iter().fold(message.len() as u64, |hash, word| mix(hash, u64::from_le_bytes(*word)));
    rest.iter().fold(hash, |hash, &byte| mix(hash, u64::from(byte)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_that_many_desks_hear_is_kept_once() {
        let mut heard = Heard::since(Stopwatch::start());

        for (at, message) in
            [(1, "first message"), (2, "first message"), (3, "other message"), (9, "first message")]
        {
            heard.note(message.as_bytes(), at);
        }

        let arrivals: Vec<&[u32]> = heard.messages.iter().map(|message| &*message.arrivals).collect();
        assert_eq!(arrivals, [&[1, 2, 9][..], &[3]]);
        assert_eq!(heard.count(), 4);
    }
}
