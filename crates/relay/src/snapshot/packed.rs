//! Parts of a snapshot as desks read them: each a zstd frame of its own, so that parts which all desks get
//! alike stand between parts of one desk. One after the other they are one zstd stream.

use axum::body::Bytes;
use rollcall_wire::relay::SnapshotLine;
use zstd::zstd_safe::get_frame_content_size;

use super::written;

/// Level 3 packs a person's record to a sixth; higher levels take several times as long for a tenth less.
const LEVEL: i32 = 3;

/// Some lines of a snapshot, packed.
pub(crate) type Part = Bytes;

/// A part cannot be had.
#[derive(Debug, thiserror::Error)]
pub(crate) enum PartError {
    /// A line cannot be written as JSON.
    #[error("a line of a snapshot cannot be written as JSON")]
    Encoding(#[from] serde_json::Error),
    /// The making ended before the last part.
    #[error("a snapshot was cut short")]
    CutShort,
    /// There is no memory, or it is no part.
    #[error("a part of a snapshot cannot be packed or unpacked")]
    Packing(#[from] std::io::Error),
}

/// Packs lines.
pub(super) fn packed(lines: &[SnapshotLine]) -> Result<Part, PartError> {
    Ok(zstd::bulk::compress(written(lines)?.as_bytes(), LEVEL)?.into())
}

/// The text of a part that was packed here.
pub(crate) fn unpacked(part: &Part) -> Result<Vec<u8>, PartError> {
    let size = get_frame_content_size(part).ok().flatten().and_then(|size| usize::try_from(size).ok());
    Ok(zstd::bulk::decompress(part, size.unwrap_or_default())?)
}

/// The lines of a part that was packed here.
pub(super) fn lines(part: &Part) -> Result<Vec<SnapshotLine>, PartError> {
    let text = unpacked(part)?;
    let lines = text.split(|&byte| byte == b'\n').filter(|line| !line.is_empty());
    lines.map(|line| Ok(serde_json::from_slice(line)?)).collect()
}
