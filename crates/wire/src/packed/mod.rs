//! Frames as they are sent packed: zstd, with a dictionary of what frames have in common, so that even a
//! frame of one event shrinks to a third (`tests/dictionary.rs` measures it).
//!
//! The dictionary belongs to the protocol: a relay and a desk of one protocol have the same bytes.
//! `tests/dictionary.rs` keeps it equal to what today's types would give; when those change, so does the
//! protocol.

use std::{
    io,
    sync::{LazyLock, Mutex, PoisonError},
};

use zstd::{
    bulk::{Compressor, Decompressor},
    dict::{DecoderDictionary, EncoderDictionary},
    zstd_safe,
};

/// What frames have in common.
pub const DICTIONARY: &str = include_str!("dictionary.txt");

/// Frames of fewer bytes leave as text: heartbeats and byes. A frame of one event (some 190 bytes) shrinks to
/// 55, of which 22 are the person's id; without the dictionary it would be 150.
pub const WORTH_PACKING: usize = 128;
/// The largest frame that is read, in bytes, unpacked.
pub const LARGEST: usize = 16 << 20;
/// Level 3 packs a frame of ten events in some 40 microseconds; higher levels save a few per cent more.
const LEVEL: i32 = 3;

static PACKING: LazyLock<EncoderDictionary<'static>> =
    LazyLock::new(|| EncoderDictionary::copy(DICTIONARY.as_bytes(), LEVEL));
static UNPACKING: LazyLock<DecoderDictionary<'static>> =
    LazyLock::new(|| DecoderDictionary::copy(DICTIONARY.as_bytes()));

/// Packs frames; what it needs for that is used again and again, by as many threads as there are.
#[derive(Default)]
pub struct Packer(Mutex<Vec<Compressor<'static>>>);

/// Unpacks frames.
pub struct Unpacker(Decompressor<'static>);

/// The bytes are no packed frame, or one that is larger than [`LARGEST`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("no packed frame, or one that is too large")]
pub struct Unreadable;

impl Packer {
    /// The frame packed; nothing when it is better sent as text.
    pub fn pack(&self, text: &str) -> Option<Vec<u8>> {
        if text.len() < WORTH_PACKING {
            return None;
        }
        let idle = self.idle().pop();
        let mut compressor = idle.map_or_else(|| Compressor::with_prepared_dictionary(&PACKING), Ok).ok()?;
        let packed = compressor.compress(text.as_bytes());
        self.idle().push(compressor);
        packed.ok().filter(|packed| packed.len() < text.len())
    }

    fn idle(&self) -> std::sync::MutexGuard<'_, Vec<Compressor<'static>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl std::fmt::Debug for Packer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Packer")
    }
}

impl Unpacker {
    /// Fails only when there is no memory.
    pub fn new() -> io::Result<Self> {
        Decompressor::with_prepared_dictionary(&UNPACKING).map(Self)
    }

    /// The text of a packed frame. Its size is looked at before any memory is taken for it.
    pub fn unpack(&mut self, packed: &[u8]) -> Result<String, Unreadable> {
        let told = zstd_safe::get_frame_content_size(packed).ok().flatten().ok_or(Unreadable)?;
        let size = usize::try_from(told).ok().filter(|size| *size <= LARGEST).ok_or(Unreadable)?;
        let text = self.0.decompress(packed, size).map_err(|_| Unreadable)?;
        String::from_utf8(text).map_err(|_| Unreadable)
    }
}

impl std::fmt::Debug for Unpacker {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Unpacker")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn frame() -> String {
        DICTIONARY.lines().last().unwrap_or_default().repeat(3)
    }

    #[test]
    fn a_packed_frame_is_the_frame() {
        let packed = Packer::default().pack(&frame()).unwrap();

        assert_eq!(Unpacker::new().unwrap().unpack(&packed), Ok(frame()));
        assert!(packed.len() * 5 < frame().len(), "{} of {}", packed.len(), frame().len());
    }

    #[test]
    fn a_short_frame_is_not_packed() {
        assert_eq!(Packer::default().pack(r#"{"frame":"bye","why":"resume"}"#), None);
    }

    #[test]
    fn a_frame_that_says_it_is_too_large_takes_no_memory() {
        let bomb = zstd::bulk::compress(&vec![b' '; LARGEST + 1], 1).unwrap();

        assert!(bomb.len() < 4_096);
        assert_eq!(Unpacker::new().unwrap().unpack(&bomb), Err(Unreadable));
    }

    #[test]
    fn bytes_that_are_no_frame_are_refused_whatever_they_are() {
        let mut unpacker = Unpacker::new().unwrap();
        let packed = Packer::default().pack(&frame()).unwrap();
        for cut in 0..packed.len() {
            assert_eq!(unpacker.unpack(&packed[..cut]), Err(Unreadable), "cut at {cut}");
        }
        assert_eq!(unpacker.unpack(b"{\"frame\":\"heartbeat\"}"), Err(Unreadable));
        assert_eq!(unpacker.unpack(&packed), Ok(frame()));
    }
}
