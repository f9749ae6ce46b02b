//! Where messages begin and end in what a socket brings. Nothing is copied while messages come whole.

use std::ops::Range;

/// What was cut off the front of a stream.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Cut {
    /// How long it is, with everything around the message.
    whole: usize,
    /// The message in it, if it is one.
    message: Option<Range<usize>>,
}

/// The beginning of a message whose end has not come yet.
#[derive(Debug, Default)]
pub(super) struct Pieces(Vec<u8>);

impl Pieces {
    /// Hands each whole message to `each`; keeps what is left over.
    pub(super) fn feed(&mut self, chunk: &[u8], cut: fn(&[u8]) -> Option<Cut>, each: impl FnMut(&[u8])) {
        if self.0.is_empty() {
            let used = run(chunk, cut, each);
            self.0.extend_from_slice(&chunk[used..]);
        } else {
            self.0.extend_from_slice(chunk);
            let used = run(&self.0, cut, each);
            self.0.drain(..used);
        }
    }
}

fn run(bytes: &[u8], cut: fn(&[u8]) -> Option<Cut>, mut each: impl FnMut(&[u8])) -> usize {
    let mut used = 0;
    while let Some(Cut { whole, message }) = cut(&bytes[used..]) {
        if let Some(range) = message {
            each(&bytes[used + range.start..used + range.end]);
        }
        used += whole;
    }
    used
}

/// A WebSocket frame as servers send it: unmasked; data of any kind is a message, control frames are none.
pub(super) fn websocket(bytes: &[u8]) -> Option<Cut> {
    let (&first, &second) = (bytes.first()?, bytes.get(1)?);
    let (start, length) = match second & 0x7f {
        126 => (4, usize::from(u16::from_be_bytes(bytes.get(2..4)?.try_into().ok()?))),
        127 => (10, usize::try_from(u64::from_be_bytes(bytes.get(2..10)?.try_into().ok()?)).ok()?),
        short => (2, usize::from(short)),
    };
    let end = start + length;
    let is_data = first & 0x0f <= 2;
    (bytes.len() >= end).then_some(Cut { whole: end, message: is_data.then_some(start..end) })
}

/// A line of NATS' protocol, with its payload when it is `MSG subject sid length`.
pub(super) fn nats(bytes: &[u8]) -> Option<Cut> {
    let line = bytes.iter().position(|&byte| byte == b'\n')? + 1;
    let Some(words) = bytes[..line].strip_prefix(b"MSG ") else {
        return Some(Cut { whole: line, message: None });
    };
    let length = words.trim_ascii_end().rsplit(|&byte| byte == b' ').next()?;
    let length: usize = str::from_utf8(length).ok()?.parse().ok()?;
    let end = line + length;
    (bytes.len() >= end + 2).then_some(Cut { whole: end + 2, message: Some(line..end) })
}

/// A frame as clients have to send it, with a mask that changes nothing.
pub(super) fn masked(payload: &[u8]) -> Vec<u8> {
    let mut frame = vec![0x82];
    match payload.len() {
        short @ 0..126 => frame.push(0x80 | u8::try_from(short).unwrap_or(0)),
        long => {
            frame.push(0x80 | 0x7e);
            frame.extend_from_slice(&u16::try_from(long).unwrap_or(u16::MAX).to_be_bytes());
        }
    }
    frame.extend_from_slice(&[0; 4]);
    frame.extend_from_slice(payload);
    frame
}

#[cfg(test)]
mod tests {
    use super::*;

    fn messages(chunks: &[&[u8]], cut: fn(&[u8]) -> Option<Cut>) -> Vec<String> {
        let (mut pieces, mut heard) = (Pieces::default(), Vec::new());
        for chunk in chunks {
            pieces.feed(chunk, cut, |message| heard.push(String::from_utf8_lossy(message).into_owned()));
        }
        heard
    }

    #[test]
    fn frames_are_found_however_they_are_cut() {
        let mut stream = b"\x81\x02hi\x89\x00\x82\x7e\x00\x80".to_vec();
        stream.extend_from_slice(&[b'x'; 128]);
        let each_byte: Vec<&[u8]> = stream.chunks(1).collect();

        let whole = messages(&[&stream], websocket);

        assert_eq!(whole, ["hi".to_owned(), "x".repeat(128)]);
        assert_eq!(messages(&each_byte, websocket), whole);
    }

    #[test]
    fn messages_of_nats_are_found_among_its_other_lines() {
        let stream = b"INFO {}\r\nMSG events 1 5\r\nhel\r\n\r\nPING\r\nMSG events 1 0\r\n\r\n";
        let each_byte: Vec<&[u8]> = stream.chunks(1).collect();

        assert_eq!(messages(&[stream], nats), ["hel\r\n", ""]);
        assert_eq!(messages(&each_byte, nats), ["hel\r\n", ""]);
    }

    #[test]
    fn what_a_client_sends_is_masked() {
        assert_eq!(masked(b"hi"), b"\x82\x82\0\0\0\0hi");
        assert_eq!(masked(&[7; 200])[..4], [0x82, 0xfe, 0, 200]);
    }
}
