//! A snapshot's bytes as they were before they were compressed, some at a time.

use std::io;

use reqwest::{Response, header::CONTENT_ENCODING};
use zstd::stream::raw::{DParameter, Decoder, InBuffer, Operation as _, OutBuffer};

/// How many bytes are given at a time.
const AT_A_TIME: usize = 64 << 10;
/// Two to the power of this is the most that the decoder remembers: far more than a relay's parts need.
const WINDOW: u32 = 23;

/// Bytes that come compressed or not.
pub(super) struct Unzip {
    decoder: Option<Decoder<'static>>,
    given: Vec<u8>,
    used: usize,
    plain: Vec<u8>,
}

impl Unzip {
    /// Reads what this response says that it sends.
    pub(super) fn of(response: &Response) -> io::Result<Self> {
        let zipped = response.headers().get(CONTENT_ENCODING).is_some_and(|coding| coding == "zstd");
        Self::new(zipped)
    }

    fn new(zipped: bool) -> io::Result<Self> {
        let decoder = zipped.then(Decoder::new).transpose()?;
        let mut unzip = Self { decoder, given: Vec::new(), used: 0, plain: Vec::new() };
        if let Some(decoder) = &mut unzip.decoder {
            decoder.set_parameter(DParameter::WindowLogMax(WINDOW))?;
            unzip.plain = vec![0; AT_A_TIME];
        }
        Ok(unzip)
    }

    /// Takes the next bytes; those before must have been used up.
    pub(super) fn give(&mut self, bytes: &[u8]) {
        self.given.clear();
        self.given.extend_from_slice(bytes);
        self.used = 0;
    }

    /// The next bytes of what was compressed; nothing when more must be given.
    pub(super) fn next(&mut self) -> io::Result<Option<&[u8]>> {
        let Some(decoder) = &mut self.decoder else {
            let used = std::mem::replace(&mut self.used, self.given.len());
            return Ok(Some(&self.given[used..]).filter(|plain| !plain.is_empty()));
        };
        let mut input = InBuffer::around(&self.given[self.used..]);
        let mut output = OutBuffer::around(&mut self.plain[..]);
        // Once more when nothing is left to use: the decoder may hold back what had no room.
        decoder.run(&mut input, &mut output)?;
        let written = output.pos();
        self.used += input.pos();
        Ok(Some(&self.plain[..written]).filter(|plain| !plain.is_empty()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn unzipped(mut unzip: Unzip, bytes: &[u8], at_a_time: usize) -> io::Result<Vec<u8>> {
        let mut plain = Vec::new();
        for chunk in bytes.chunks(at_a_time) {
            unzip.give(chunk);
            while let Some(more) = unzip.next()? {
                assert!(more.len() <= AT_A_TIME.max(at_a_time));
                plain.extend_from_slice(more);
            }
        }
        Ok(plain)
    }

    /// Two frames, one after the other, as a relay sends parts.
    fn two_parts() -> (Vec<u8>, Vec<u8>) {
        let (one, other) = ("a line\n".repeat(30_000), "another line\n".repeat(9));
        let zipped = |text: &str| zstd::bulk::compress(text.as_bytes(), 3).unwrap();
        ([zipped(&one), zipped(&other)].concat(), (one + &other).into_bytes())
    }

    #[test]
    fn parts_come_out_whole_however_they_are_cut() {
        let (zipped, plain) = two_parts();
        for at_a_time in [1, 7, 64, zipped.len()] {
            assert!(unzipped(Unzip::new(true).unwrap(), &zipped, at_a_time).unwrap() == plain, "{at_a_time}");
        }
        assert!(unzipped(Unzip::new(false).unwrap(), &plain, 1_000).unwrap() == plain);
    }

    #[test]
    fn what_is_not_compressed_although_it_says_so_is_an_error() {
        assert!(unzipped(Unzip::new(true).unwrap(), b"{\"line\":\"end\"}\n", 4).is_err());
    }
}
