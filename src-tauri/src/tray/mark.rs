//! The mark that watches leave on the tray icon: a ring while somebody is waited for, a disc when somebody is free.

use rollcall_wire::window::Watch;
use tauri::image::Image;

/// What the watches have to say.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Mark {
    /// Nobody is waited for.
    #[default]
    None,
    /// Somebody is waited for.
    Waiting,
    /// Somebody who was waited for is free.
    Free,
}

/// The colour of both marks, and of the line that sets them off from the icon.
const INK: [u8; 4] = [240, 164, 74, 255];
const EDGE: [u8; 4] = [24, 25, 29, 255];

impl Mark {
    /// What these watches have to say.
    pub(crate) fn of(watches: &[Watch]) -> Self {
        if watches.iter().any(|watch| watch.raised.is_some()) {
            Self::Free
        } else if watches.is_empty() {
            Self::None
        } else {
            Self::Waiting
        }
    }

    /// The icon with this mark in its upper corner.
    pub(super) fn on(self, icon: Image<'static>) -> Image<'static> {
        if self == Self::None {
            return icon;
        }
        let (width, height) = (icon.width(), icon.height());
        let mut rgba = icon.rgba().to_vec();
        for (place, pixel) in (0_u32..).zip(rgba.as_chunks_mut::<4>().0) {
            if let Some(colour) = self.colour(place % width, place / width, width) {
                *pixel = colour;
            }
        }
        Image::new_owned(rgba, width, height)
    }

    /// The colour of a pixel of the mark; nothing outside of it.
    fn colour(self, x: u32, y: u32, width: u32) -> Option<[u8; 4]> {
        let part = |of: u32| f64::from(of) + 0.5;
        let radius = f64::from(width) * 0.28;
        let (dx, dy) = (part(x) - (f64::from(width) - radius), part(y) - radius);
        let away = dx.hypot(dy) / radius;
        match self {
            _ if away > 1.0 => None,
            Self::None => None,
            _ if away > 0.8 => Some(EDGE),
            Self::Waiting if away < 0.4 => Some(EDGE),
            Self::Waiting | Self::Free => Some(INK),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_marks_differ_by_their_shape_and_leave_the_rest_of_the_icon_alone() {
        let icon = || Image::new_owned(vec![7; 32 * 32 * 4], 32, 32);
        let drawn = |mark: Mark| mark.on(icon()).rgba().to_vec();
        let pixel =
            |rgba: &[u8], x: usize, y: usize| <[u8; 4]>::try_from(&rgba[(y * 32 + x) * 4..][..4]).unwrap();
        let (waiting, free) = (drawn(Mark::Waiting), drawn(Mark::Free));

        assert_eq!(drawn(Mark::None), icon().rgba());
        assert_eq!((pixel(&waiting, 23, 8), pixel(&free, 23, 8)), (EDGE, INK));
        assert_eq!((pixel(&waiting, 2, 29), pixel(&free, 2, 29)), ([7; 4], [7; 4]));
    }
}
