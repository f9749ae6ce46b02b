//! Identifiers that look like Zoom's: 22 characters of base64url, 19-digit call ids, dated UUIDs.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use chrono::{DateTime, Utc};
use rand::{Rng, RngExt};
use sha2::{Digest, Sha256};
use uuid::Uuid;

/// A fresh 22-character identifier.
pub(crate) fn fresh(rng: &mut impl Rng) -> String {
    let mut bytes = [0_u8; 16];
    rng.fill_bytes(&mut bytes);
    URL_SAFE_NO_PAD.encode(bytes)
}

/// A secret or token of `bytes` random bytes, as base64url.
pub(crate) fn token(rng: &mut impl Rng, bytes: usize) -> String {
    let mut raw = vec![0_u8; bytes];
    rng.fill_bytes(&mut raw);
    URL_SAFE_NO_PAD.encode(raw)
}

/// The identifier of something that belongs to `owner`, such as a person's extension: always the same.
pub(crate) fn derived(what: &str, owner: &str) -> String {
    URL_SAFE_NO_PAD.encode(&digest(what, owner)[..16])
}

/// A call id: 19 digits, to be carried as text.
pub(crate) fn call(rng: &mut impl Rng) -> u64 {
    rng.random_range(6_900_000_000_000_000_000..7_600_000_000_000_000_000)
}

/// The UUID of a record of a call. It carries the call's id, so that the record is found again at once.
pub(crate) fn record(call: u64, what: &str, nth: u8) -> String {
    let mut tail = [0_u8; 8];
    tail.copy_from_slice(&digest(what, &call.to_string())[..8]);
    tail[0] = 0x80 | (tail[0] & 0x3f);
    tail[7] = nth;
    Uuid::from_u64_pair(call, u64::from_be_bytes(tail)).to_string()
}

/// The same with the day in front, as in Zoom's call history.
pub(crate) fn dated_record(day: DateTime<Utc>, call: u64, what: &str, nth: u8) -> String {
    format!("{}-{}", day.format("%Y%m%d"), record(call, what, nth))
}

/// The call a record belongs to, and which record of its kind it is.
pub(crate) fn call_of_record(record: &str) -> Option<(u64, u8)> {
    let uuid = record.split_once('-').filter(|(day, _)| day.len() == 8 && record.len() > 36);
    let (call, tail) = Uuid::parse_str(uuid.map_or(record, |(_, uuid)| uuid)).ok()?.as_u64_pair();
    Some((call, tail.to_be_bytes()[7]))
}

fn digest(what: &str, owner: &str) -> [u8; 32] {
    Sha256::new().chain_update(what).chain_update([0]).chain_update(owner).finalize().into()
}

#[cfg(test)]
mod tests {
    use rand::SeedableRng;
    use rand_chacha::ChaCha8Rng;

    use super::*;

    #[test]
    fn ids_have_zooms_shape() {
        let mut rng = ChaCha8Rng::seed_from_u64(1);

        assert_eq!(fresh(&mut rng).len(), 22);
        assert_eq!(call(&mut rng).to_string().len(), 19);
        assert_eq!(derived("extension", "a").len(), 22);
    }

    #[test]
    fn a_record_leads_back_to_its_call() {
        let day = DateTime::UNIX_EPOCH;

        assert_eq!(call_of_record(&record(7, "log", 2)), Some((7, 2)));
        assert_eq!(call_of_record(&dated_record(day, 7, "element", 3)), Some((7, 3)));
        assert_eq!(call_of_record("nonsense"), None);
    }

    #[test]
    fn derived_ids_depend_on_both_parts() {
        assert_eq!(derived("extension", "a"), derived("extension", "a"));
        assert_ne!(derived("extension", "a"), derived("phone user", "a"));
        assert_ne!(derived("extension", "a"), derived("extension", "b"));
    }
}
