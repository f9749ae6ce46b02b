//! What a desk says over its socket: it answers, asks whether anybody is there, or closes. It has nothing
//! else to say, and whatever else comes ends the socket before any memory is taken for it.

use axum::body::Bytes;

/// The longest control message that there is: two bytes, the mask, 125 bytes.
const LONGEST: usize = 2 + MASK + 125;
const MASK: usize = 4;

/// Bytes of a desk that were not understood yet.
#[derive(Debug)]
pub(super) struct Heard {
    bytes: [u8; LONGEST],
    length: usize,
}

/// What a desk said.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Said {
    /// It asks whether anybody is there, with something to repeat.
    Ping(Bytes),
    /// It is there.
    Pong,
    /// It closes.
    Close,
}

/// A desk said what no desk has to say.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("no message of a desk")]
pub(super) struct Garbage;

impl Heard {
    pub(super) const fn new() -> Self {
        Self { bytes: [0; LONGEST], length: 0 }
    }

    /// Where the next bytes go; never empty after [`Heard::next`] gave nothing.
    pub(super) fn room(&mut self) -> &mut [u8] {
        &mut self.bytes[self.length..]
    }

    /// Room for bytes that nobody reads any more.
    pub(super) const fn waste(&mut self) -> &mut [u8] {
        &mut self.bytes
    }

    /// So many bytes came.
    pub(super) fn came(&mut self, count: usize) {
        self.length = (self.length + count).min(LONGEST);
    }

    /// The next thing that was said whole.
    pub(super) fn next(&mut self) -> Result<Option<Said>, Garbage> {
        let [first, second, ..] = self.bytes;
        if self.length < 2 {
            return Ok(None);
        }
        let payload = usize::from(second & 0x7f);
        // Whole, a control message, masked, and short.
        if !matches!(first, 0x88..=0x8a) || second & 0x80 == 0 || payload > 125 {
            return Err(Garbage);
        }
        let end = 2 + MASK + payload;
        if self.length < end {
            return Ok(None);
        }
        let mask = &self.bytes[2..2 + MASK];
        let masked = self.bytes[2 + MASK..end].iter();
        let said: Bytes = masked.zip(mask.iter().cycle()).map(|(byte, mask)| byte ^ mask).collect();
        self.bytes.copy_within(end..self.length, 0);
        self.length -= end;
        Ok(Some(match first {
            0x88 => Said::Close,
            0x89 => Said::Ping(said),
            _ => Said::Pong,
        }))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn of_a_client(kind: u8, payload: &[u8]) -> Vec<u8> {
        let mask = [7, 77, 0, 255];
        let masked = payload.iter().zip(mask.iter().cycle()).map(|(byte, mask)| byte ^ mask);
        [0x80 | kind, 0x80 | u8::try_from(payload.len()).unwrap()]
            .into_iter()
            .chain(mask)
            .chain(masked)
            .collect()
    }

    fn all_of(bytes: &[u8], at_a_time: usize) -> Result<Vec<Said>, Garbage> {
        let (mut heard, mut said) = (Heard::new(), Vec::new());
        for mut chunk in bytes.chunks(at_a_time) {
            while !chunk.is_empty() {
                let room = heard.room();
                let count = room.len().min(chunk.len());
                assert!(count > 0, "there is always room");
                room[..count].copy_from_slice(&chunk[..count]);
                heard.came(count);
                chunk = &chunk[count..];
                while let Some(next) = heard.next()? {
                    said.push(next);
                }
            }
        }
        Ok(said)
    }

    #[test]
    fn control_messages_are_read_however_they_are_cut() {
        let long = [9; 125];
        let kinds = [(0x9, &long[..]), (0xa, b""), (0x8, b"\x03\xe8bye")];
        let bytes: Vec<u8> = kinds.iter().flat_map(|(kind, payload)| of_a_client(*kind, payload)).collect();
        let expected = [Said::Ping(Bytes::from_static(&[9; 125])), Said::Pong, Said::Close];

        for at_a_time in [1, 2, 5, 64, 1_000] {
            assert_eq!(all_of(&bytes, at_a_time).unwrap(), expected, "{at_a_time}");
        }
    }

    #[test]
    fn text_data_unmasked_and_long_messages_are_garbage() {
        for begin in [[0x81, 0x80], [0x82, 0xff], [0x89, 0x00], [0x89, 0xfe], [0x09, 0x80], [0xc9, 0x80]] {
            assert_eq!(all_of(&begin, 2), Err(Garbage), "{begin:x?}");
        }
    }

    proptest! {
        #[test]
        fn whatever_comes_is_read_or_refused(bytes in proptest::collection::vec(any::<u8>(), 0..600)) {
            let at_once = all_of(&bytes, bytes.len().max(1));
            let one_by_one = all_of(&bytes, 1);

            prop_assert_eq!(at_once, one_by_one);
        }
    }
}
