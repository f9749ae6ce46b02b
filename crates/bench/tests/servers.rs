//! The measurements of servers, small, as the program itself makes them.

use std::{error::Error, process::Command};

use serde_json::Value;

/// No relay's server: the others are measured all the same.
const NO_RELAY: [&str; 2] = ["--relay", "/nowhere/rollcall-relay"];

fn measured(args: &[&str]) -> Result<Value, Box<dyn Error>> {
    let output = Command::new(env!("CARGO_BIN_EXE_rollcall-bench")).args(args).output()?;
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    Ok(serde_json::from_slice(&output.stdout)?)
}

/// Measured, or said why not; never left out.
fn is_told(figures: &Value, figure: &str) -> bool {
    figures[figure].is_number() || figures["not_measured"].is_string()
}

#[test]
fn the_bare_handler_takes_every_delivery_and_what_is_missing_is_told() {
    let ingest =
        ["ingest", "--events", "400", "--rivet-events", "100", "--connections", "8", "--rounds", "2"];

    let figures = measured(&[&ingest[..], &NO_RELAY].concat()).unwrap();

    let rounds = figures["rounds"].as_array().unwrap();
    assert_eq!(rounds.len(), 2, "{figures:#}");
    for round in rounds {
        assert_eq!(round["bare"]["answers"]["204"], 380, "{figures:#}");
        assert!(round["relay"]["not_measured"].as_str().is_some_and(|why| why.contains("/nowhere")));
        assert!(is_told(&round["rivet"], "per_second"), "{figures:#}");
    }
    assert!(figures["relay_to_bare"].is_null());
}

#[test]
fn every_ready_frame_reaches_every_desk_and_what_is_missing_is_told() {
    let fanout = ["fanout", "--desks", "30", "--seconds", "2", "--rate", "60"];

    let figures = measured(&[&fanout[..], &NO_RELAY].concat()).unwrap();

    let size = &figures["sizes"][0];
    assert_eq!(size["ready"]["delivered_share"], 1.0, "{figures:#}");
    assert_eq!(size["ready"]["closed_by_server"], 0);
    for peer in ["nchan", "nats"] {
        let told = &size[peer];
        assert!(told["not_measured"].is_string() || told["in_frames"]["delivered_share"] == 1.0, "{told:#}");
    }
}
