//! Messages as they go over a WebSocket: the same bytes to every desk, made once.
//!
//! What a server sends carries no mask, so that a message together with its head is the same for all.

use axum::body::Bytes;
use rollcall_wire::{
    packed::Packer,
    relay::{Frame, Way},
};

/// A frame that can be written to any socket as it is.
#[derive(Clone, Debug)]
pub(crate) struct Ready {
    plain: Bytes,
    /// Nothing when it is better sent as text.
    packed: Option<Bytes>,
}

/// What a message is, by the byte that begins it.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Kind {
    Text = 0x81,
    Binary = 0x82,
    Close = 0x88,
    Pong = 0x8a,
}

impl Ready {
    /// The frame with this JSON.
    pub(crate) fn of(text: &str, packer: &Packer) -> Self {
        let smaller = packer.pack(text).map(|bytes| message(Kind::Binary, &bytes));
        Self { plain: message(Kind::Text, text.as_bytes()), packed: smaller }
    }

    /// This frame.
    pub(crate) fn frame(frame: &Frame, packer: &Packer) -> Self {
        // Frames have only string keys and no failing parts: they can always be written as JSON.
        Self::of(&serde_json::to_string(frame).unwrap_or_default(), packer)
    }

    /// The message for a desk that is told in this way.
    pub(crate) fn told(&self, way: Way) -> &Bytes {
        match (way, &self.packed) {
            (Way::Packed, Some(packed)) => packed,
            _ => &self.plain,
        }
    }

    /// The frame as text, with the head of its message.
    pub(super) fn plain(&self) -> &[u8] {
        &self.plain
    }

    /// How much memory it takes.
    pub(super) fn bytes(&self) -> usize {
        self.plain.len() + self.packed.as_ref().map_or(0, Bytes::len)
    }
}

/// A whole message with its head.
pub(crate) fn message(kind: Kind, payload: &[u8]) -> Bytes {
    let mut message = Vec::with_capacity(payload.len() + 10);
    message.push(kind as u8);
    match (u8::try_from(payload.len()), u16::try_from(payload.len())) {
        (Ok(short @ ..=125), _) => message.push(short),
        (_, Ok(length)) => {
            message.push(126);
            message.extend_from_slice(&length.to_be_bytes());
        }
        _ => {
            message.push(127);
            message.extend_from_slice(&(payload.len() as u64).to_be_bytes());
        }
    }
    message.extend_from_slice(payload);
    message.into()
}

#[cfg(test)]
mod tests {
    use tokio_tungstenite::tungstenite::{Message, protocol::Role, protocol::WebSocket};

    use super::*;

    fn read_by_a_client(bytes: Vec<u8>) -> Message {
        let stream = std::io::Cursor::new(bytes);
        WebSocket::from_raw_socket(stream, Role::Client, None).read().unwrap()
    }

    #[test]
    fn a_client_reads_messages_of_every_length() {
        for length in [0, 1, 125, 126, 127, 65_535, 65_536, 200_000] {
            let text = "x".repeat(length);
            let read = read_by_a_client(message(Kind::Text, text.as_bytes()).into());
            assert_eq!(read, Message::Text(text.into()), "{length}");
        }
    }

    #[test]
    fn who_reads_packed_frames_gets_larger_ones_packed() {
        let packer = Packer::default();
        let (small, large) = (Ready::of("{}", &packer), Ready::of(&"{} ".repeat(1_000), &packer));

        assert_eq!(small.told(Way::Packed), small.told(Way::Plain));
        assert_eq!(large.told(Way::Plain)[0], Kind::Text as u8);
        assert_eq!(large.told(Way::Packed)[0], Kind::Binary as u8);
        assert!(large.told(Way::Packed).len() * 5 < large.told(Way::Plain).len());
    }
}
