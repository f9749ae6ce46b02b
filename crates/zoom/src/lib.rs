//! Zoom's contract: OAuth, REST, webhook signatures and payloads, WebSocket subscription, pacing.
