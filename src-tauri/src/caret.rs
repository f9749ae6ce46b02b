//! The caret of the search box does not blink: on Linux each blink repaints the window, twice a second, for as
//! long as it is open, which took most of the processor time of an app at rest (1.2 % of a core without a GPU
//! became 0.2 %).

/// How long the caret stays before it would blink.
#[cfg(target_os = "linux")]
const STAYS_MS: i32 = 3_600_000;

/// Makes carets stay. `gtk-cursor-blink` itself is no help: with that off, `WebKitGTK` blinks without a pause.
#[cfg(target_os = "linux")]
pub(crate) fn stays() {
    use gtk::prelude::GtkSettingsExt as _;
    if let Some(settings) = gtk::Settings::default() {
        settings.set_gtk_cursor_blink(true);
        settings.set_gtk_cursor_blink_time(STAYS_MS);
    }
}

/// Elsewhere a blink costs nothing worth mentioning.
#[cfg(not(target_os = "linux"))]
pub(crate) const fn stays() {}
