//! How a request becomes a socket of frames: the checks of RFC 6455, and which way of this protocol is
//! spoken.
//!
//! The socket is taken over bare, without a library's buffers: frames are ready to be written as they are,
//! and desks have nothing to say.

use axum::{
    extract::Request,
    http::{HeaderMap, HeaderValue, Method, StatusCode, header},
    response::{IntoResponse, Response},
};
use hyper::upgrade::OnUpgrade;
use rollcall_wire::{Failure, relay::Way};
use tokio_tungstenite::tungstenite::handshake::derive_accept_key;

use crate::door::refuse;

const UPGRADE: HeaderValue = HeaderValue::from_static("upgrade");
const WEBSOCKET: HeaderValue = HeaderValue::from_static("websocket");

/// A request for a socket that can be granted.
pub(super) struct Handshake {
    /// Becomes the connection once the answer has left.
    pub(super) connection: OnUpgrade,
    /// How frames are to be sent.
    pub(super) way: Way,
    accept: HeaderValue,
}

/// Why a request is refused.
pub(super) enum NoSocket {
    /// It asks for no WebSocket.
    NotAsked,
    /// It asks for another version of the WebSocket protocol.
    OtherWebSocket,
    /// It offers no way in which this relay tells frames.
    NoWay(Failure),
}

impl Handshake {
    /// Looks at a request.
    pub(super) fn of(request: &mut Request) -> Result<Self, NoSocket> {
        let headers = request.headers();
        let is_websocket = request.method() == Method::GET
            && any(headers, &header::CONNECTION, "upgrade")
            && any(headers, &header::UPGRADE, "websocket");
        let key = headers.get(header::SEC_WEBSOCKET_KEY).filter(|_| is_websocket);
        let key = key.ok_or(NoSocket::NotAsked)?.as_bytes();
        let accept = HeaderValue::try_from(derive_accept_key(key)).map_err(|_| NoSocket::NotAsked)?;
        if !any(headers, &header::SEC_WEBSOCKET_VERSION, "13") {
            return Err(NoSocket::OtherWebSocket);
        }
        let offered = words(headers, &header::SEC_WEBSOCKET_PROTOCOL);
        let way = Way::choose(offered).map_err(NoSocket::NoWay)?;
        let connection = request.extensions_mut().remove::<OnUpgrade>().ok_or(NoSocket::NotAsked)?;
        Ok(Self { connection, way, accept })
    }

    /// The answer after which the connection is a socket.
    pub(super) fn granted(&self) -> Response {
        let headers = [
            (header::CONNECTION, UPGRADE),
            (header::UPGRADE, WEBSOCKET),
            (header::SEC_WEBSOCKET_ACCEPT, self.accept.clone()),
            (header::SEC_WEBSOCKET_PROTOCOL, HeaderValue::from_static(self.way.name())),
        ];
        (StatusCode::SWITCHING_PROTOCOLS, headers).into_response()
    }
}

impl IntoResponse for NoSocket {
    fn into_response(self) -> Response {
        match self {
            Self::NotAsked => StatusCode::BAD_REQUEST.into_response(),
            Self::OtherWebSocket => {
                (StatusCode::UPGRADE_REQUIRED, [(header::SEC_WEBSOCKET_VERSION, "13")]).into_response()
            }
            Self::NoWay(failure) => {
                let headers = [(header::CONNECTION, UPGRADE), (header::UPGRADE, WEBSOCKET)];
                (headers, refuse(StatusCode::UPGRADE_REQUIRED, failure)).into_response()
            }
        }
    }
}

/// The words of a header that is a list.
fn words<'a>(headers: &'a HeaderMap, name: &header::HeaderName) -> impl Iterator<Item = &'a str> {
    let lines = headers.get_all(name).into_iter().filter_map(|line| line.to_str().ok());
    lines.flat_map(|line| line.split(',')).map(str::trim)
}

fn any(headers: &HeaderMap, name: &header::HeaderName, wanted: &str) -> bool {
    words(headers, name).any(|word| word.eq_ignore_ascii_case(wanted))
}
