//! Deliveries as requests, byte for byte as Zoom's webhook sender writes them, ready before the clock starts.

use rand::{RngExt as _, SeedableRng as _};
use rand_chacha::ChaCha8Rng;

use crate::deliveries::Deliveries;

/// Ready requests in one piece of memory.
#[derive(Debug)]
pub(crate) struct Requests {
    bytes: Vec<u8>,
    ends: Vec<usize>,
}

impl Requests {
    /// One request for each delivery, to `path`.
    pub(crate) fn to(path: &str, made: &Deliveries, seed: u64) -> Self {
        let mut rng = ChaCha8Rng::seed_from_u64(seed ^ 0x7ace);
        let mut all = Self { bytes: Vec::new(), ends: Vec::with_capacity(made.all.len()) };
        for delivery in &made.all {
            let signed = delivery.signed();
            let [one, two, three, four] = [(); 4].map(|()| rng.random::<u64>());
            let (length, timestamp, signature) = (signed.body.len(), signed.timestamp, signed.signature);
            let head = format!(
                "POST {path} HTTP/1.1\r\n\
                 user-agent: Zoom Marketplace/1.0a\r\n\
                 content-type: application/json; charset=utf-8\r\n\
                 clientid: made-up-client-of-usual\r\n\
                 traceparent: 00-{one:016x}{two:016x}-{three:016x}-02\r\n\
                 zm-trace-upstream: webhook\r\n\
                 x-zm-request-id: {}\r\n\
                 x-zm-trackingid: v=2.0;clid=us04;rid=WEB_{two:016x}{three:016x}\r\n\
                 x-zm-request-timestamp: {timestamp}\r\n\
                 x-zm-signature: {signature}\r\n\
                 accept: */*\r\nhost: relay.example.com\r\ncontent-length: {length}\r\n\r\n",
                request_id(one, four),
            );
            all.bytes.extend_from_slice(head.as_bytes());
            all.bytes.extend_from_slice(signed.body);
            all.ends.push(all.bytes.len());
        }
        all
    }

    /// How many there are.
    pub(crate) fn len(&self) -> usize {
        self.ends.len()
    }

    /// How large they are on average, in bytes.
    pub(crate) fn mean_bytes(&self) -> usize {
        self.bytes.len() / self.ends.len().max(1)
    }

    /// One of them; nothing after the last.
    pub(crate) fn get(&self, index: usize) -> Option<&[u8]> {
        let end = *self.ends.get(index)?;
        let start = index.checked_sub(1).map_or(0, |before| self.ends[before]);
        Some(&self.bytes[start..end])
    }
}

/// A UUID's digits with underscores, as Zoom writes them.
fn request_id(high: u64, low: u64) -> String {
    let digits = format!("{high:016x}{low:016x}");
    format!("{}_{}_{}_{}_{}", &digits[..8], &digits[8..12], &digits[12..16], &digits[16..20], &digits[20..])
}

#[cfg(test)]
mod tests {
    use chrono::DateTime;

    use super::*;

    #[test]
    fn each_request_is_whole_and_has_its_own_id() {
        let now = DateTime::from_timestamp(1_795_000_000, 0).unwrap();
        let made = Deliveries::generate(&crate::deliveries::Draft { count: 3, ..Default::default() }, now);
        let requests = Requests::to("/zoom/webhook", &made, 1);

        let all: Vec<&str> =
            (0..).map_while(|index| requests.get(index)).map(|one| str::from_utf8(one).unwrap()).collect();

        assert_eq!(all.len(), 3);
        for (request, delivery) in all.iter().zip(&made.all) {
            assert!(request.starts_with("POST /zoom/webhook HTTP/1.1\r\n"));
            assert!(request.ends_with(&format!("\r\n\r\n{}", str::from_utf8(&delivery.body).unwrap())));
        }
        let id = |request: &str| {
            request.lines().find(|line| line.starts_with("x-zm-request-id")).map(str::to_owned)
        };
        assert_ne!(id(all[0]), id(all[1]));
    }
}
