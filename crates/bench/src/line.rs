//! One HTTP/1.1 connection that costs the asking side as little as it can: the request is ready bytes, the
//! answer is looked at only as far as its end must be found.

use std::{io, net::SocketAddr};

use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
};

/// More than an answer to a delivery ever has.
const ANSWER: usize = 4_096;

/// A connection that is kept.
#[derive(Debug)]
pub(crate) struct Line {
    socket: TcpStream,
    buffer: Vec<u8>,
}

/// Where an answer ends, and what it says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Head {
    status: u16,
    /// How long the whole answer is; nothing when it comes in chunks.
    whole: Option<usize>,
}

impl Line {
    /// Connects.
    pub(crate) async fn open(to: SocketAddr) -> io::Result<Self> {
        let socket = TcpStream::connect(to).await?;
        socket.set_nodelay(true)?;
        Ok(Self { socket, buffer: vec![0; ANSWER] })
    }

    /// Sends a request and waits for the end of its answer; tells the status.
    pub(crate) async fn ask(&mut self, request: &[u8]) -> io::Result<u16> {
        self.socket.write_all(request).await?;
        let mut filled = 0;
        loop {
            let got = self.socket.read(&mut self.buffer[filled..]).await?;
            if got == 0 {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
            filled += got;
            if let Some(head) = head(&self.buffer[..filled])
                && head
                    .whole
                    .map_or_else(|| self.buffer[..filled].ends_with(b"0\r\n\r\n"), |end| filled >= end)
            {
                return Ok(head.status);
            }
        }
    }
}

/// Asks once on a connection of its own and reads the answer to its end: status and body.
pub(crate) async fn once(to: SocketAddr, request: &[u8]) -> io::Result<(u16, Vec<u8>)> {
    let mut socket = TcpStream::connect(to).await?;
    socket.write_all(request).await?;
    let mut answer = Vec::new();
    socket.read_to_end(&mut answer).await?;
    let end = body_at(&answer).ok_or(io::ErrorKind::InvalidData)?;
    let status = head(&answer).map_or(0, |head| head.status);
    let chunked = field(&answer[..end], b"transfer-encoding").is_some();
    let body = answer.split_off(end);
    Ok((status, if chunked { joined(&body) } else { body }))
}

/// A request without a body, after whose answer the connection closes; the answer may be packed as a desk
/// likes it.
pub(crate) fn get(path: &str, bearer: &str) -> Vec<u8> {
    format!(
        "GET {path} HTTP/1.1\r\nhost: localhost\r\nauthorization: Bearer {bearer}\r\n\
         accept-encoding: zstd\r\nconnection: close\r\n\r\n"
    )
    .into_bytes()
}

/// A request with a body; `headers` are whole lines.
pub(crate) fn post(path: &str, headers: &str, body: &[u8]) -> Vec<u8> {
    let length = body.len();
    let head =
        format!("POST {path} HTTP/1.1\r\nhost: localhost\r\n{headers}content-length: {length}\r\n\r\n");
    let mut request = head.into_bytes();
    request.extend_from_slice(body);
    request
}

/// Reads as much of an answer's head as is needed, once it is whole.
fn head(answer: &[u8]) -> Option<Head> {
    let end = body_at(answer)?;
    let status = str::from_utf8(answer.get(9..12)?).ok()?.parse().ok()?;
    let length = field(&answer[..end], b"content-length");
    let length = length.and_then(|value| str::from_utf8(value).ok()?.trim().parse::<usize>().ok());
    let chunked = length.is_none() && field(&answer[..end], b"transfer-encoding").is_some();
    Some(Head { status, whole: (!chunked).then_some(end + length.unwrap_or(0)) })
}

fn body_at(answer: &[u8]) -> Option<usize> {
    answer.windows(4).position(|four| four == b"\r\n\r\n").map(|at| at + 4)
}

fn field<'a>(head: &'a [u8], name: &[u8]) -> Option<&'a [u8]> {
    head.split(|&byte| byte == b'\n').find_map(|line| {
        let (own, value) = line.split_at_checked(name.len())?;
        if own.eq_ignore_ascii_case(name) { value.strip_prefix(b":") } else { None }
    })
}

/// The chunks of a body, joined.
fn joined(mut chunks: &[u8]) -> Vec<u8> {
    let mut body = Vec::with_capacity(chunks.len());
    while let Some(line) = chunks.windows(2).position(|two| two == b"\r\n") {
        let size =
            str::from_utf8(&chunks[..line]).ok().and_then(|hex| usize::from_str_radix(hex.trim(), 16).ok());
        let Some(chunk) = size.and_then(|size| chunks.get(line + 2..line + 2 + size)) else { break };
        if chunk.is_empty() {
            break;
        }
        body.extend_from_slice(chunk);
        chunks = chunks.get(line + 4 + chunk.len()..).unwrap_or_default();
    }
    body
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_ends_where_its_length_says() {
        let with_body = b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello";
        let without = b"HTTP/1.1 204 No Content\r\ndate: today\r\n\r\n";

        assert_eq!(head(with_body), Some(Head { status: 200, whole: Some(with_body.len()) }));
        assert_eq!(head(without), Some(Head { status: 204, whole: Some(without.len()) }));
        assert_eq!(head(&with_body[..20]), None);
    }

    #[test]
    fn a_body_in_chunks_is_joined() {
        let chunked = b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n";

        assert_eq!(head(chunked), Some(Head { status: 200, whole: None }));
        assert_eq!(joined(b"3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n"), b"abcde");
    }
}
