//! The figures that a server shows: their names, each with what it means, in one place.
//!
//! What happens often is counted where it happens, in plain numbers; those are put under these names only when
//! somebody reads them.

use metrics::{describe_counter, describe_gauge, describe_histogram};

/// What a figure is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// Only goes up.
    Counter,
    /// What is now.
    Gauge,
    /// How often which size came.
    Histogram,
}

/// One figure.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Figure {
    pub(crate) name: &'static str,
    pub(crate) kind: Kind,
    pub(crate) about: &'static str,
}

macro_rules! figures {
    ($($(#[doc = $about:literal])+ $kind:ident $constant:ident = $name:literal;)+) => {
        $($(#[doc = $about])+ pub(crate) const $constant: &str = $name;)+

        /// All figures.
        pub(crate) const ALL: &[Figure] =
            &[$(Figure { name: $constant, kind: Kind::$kind, about: concat!($($about),+) }),+];
    };
}

figures! {
    /// Deliveries of Zoom that were recognised as its own, by organisation.
    Counter DELIVERIES = "rollcall_deliveries_total";
    /// Deliveries that had come before and changed nothing, by organisation.
    Counter REPEATS = "rollcall_deliveries_repeated_total";
    /// Deliveries of Zoom that could not be read, by organisation; their shapes are in the doctor's report.
    Counter MALFORMED = "rollcall_deliveries_malformed_total";
    /// Deliveries with an event that this version does not know, by organisation.
    Counter UNKNOWN = "rollcall_deliveries_unknown_total";
    /// Deliveries that were not taken, by reason: `busy` and `not_kept` come again, the others do not.
    Counter REFUSED = "rollcall_deliveries_refused_total";
    /// Events that this node appended to the log, by organisation.
    Counter EVENTS = "rollcall_events_total";
    /// Transactions in which they were appended, by organisation.
    Counter COMMITS = "rollcall_commits_total";
    /// How many seconds a commit takes, by organisation.
    Histogram COMMIT_SECONDS = "rollcall_commit_seconds";
    /// Deliveries and answers of Zoom that wait to be committed, by organisation; from 4,096 on Zoom is told to come
    /// again.
    Gauge QUEUE = "rollcall_log_queue";
    /// The last position of the log that this node knows, by organisation.
    Gauge HEAD = "rollcall_log_head";
    /// People that the directory knows, by organisation.
    Gauge PEOPLE = "rollcall_people";
    /// Sockets that were closed because their desk read too slowly, by organisation.
    Counter SLOW_DESKS = "rollcall_desks_slow_total";
    /// Requests to Zoom, by organisation, by Zoom's `label` for their cost, and by HTTP `status` (`none` without an
    /// answer).
    Counter ZOOM_REQUESTS = "rollcall_zoom_requests_total";
    /// 1 on the node that lists the directory, asks Zoom and holds the subscription, else 0; by organisation.
    Gauge LEADS = "rollcall_leads";
    /// Desks that follow the stream, by organisation.
    Gauge DESKS = "rollcall_desks";
    /// Frames that desks took, by organisation; each desk adds its own every fifteen seconds.
    Counter FRAMES = "rollcall_frames_total";
    /// Bytes of those frames, by organisation.
    Counter FRAME_BYTES = "rollcall_frame_bytes_total";
    /// Streams that began, by organisation and `kind`: `tail` where the desk was, `snapshot` where it has to read all.
    Counter RESUMES = "rollcall_resumes_total";
    /// Open sessions, by organisation.
    Gauge SESSIONS = "rollcall_sessions";
    /// Open connections of every kind.
    Gauge CONNECTIONS = "rollcall_connections";
    /// Connections that were turned away because there was no room.
    Counter TURNED_AWAY = "rollcall_connections_turned_away_total";
}

/// The name of the label that tells the organisation.
pub(crate) const ORGANISATION: &str = "organisation";

/// The upper ends, in seconds, of the sizes that are told apart in [`COMMIT_SECONDS`].
pub(crate) const COMMIT_ENDS: [f64; 12] =
    [0.000_5, 0.001, 0.002_5, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5];

/// Tells the recorder what each figure means.
pub(crate) fn describe() {
    for Figure { name, kind, about } in ALL {
        let about = about.trim();
        match kind {
            Kind::Counter => describe_counter!(*name, about),
            Kind::Gauge => describe_gauge!(*name, about),
            Kind::Histogram => describe_histogram!(*name, about),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn every_figure_has_a_name_of_its_own_in_the_usual_form() {
        let names: HashSet<&str> = ALL.iter().map(|figure| figure.name).collect();

        assert_eq!(names.len(), ALL.len());
        for Figure { name, kind, about } in ALL {
            assert!(name.starts_with("rollcall_"), "{name}");
            assert_eq!(name.ends_with("_total"), *kind == Kind::Counter, "{name}");
            assert!(about.trim().ends_with('.'), "{name}");
        }
    }
}
