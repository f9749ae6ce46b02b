//! The fuzz targets' corpus, and inputs near it, keep their promises in an ordinary test, too.

use std::{fs, path::PathBuf};

use proptest::prelude::*;
use rollcall_promises::{NOW, delivery, frame, signature, signed_by_secret};
use rollcall_wire::packed::Packer;

#[expect(clippy::unwrap_used, reason = "a test ends where its premise fails")]
fn corpus(target: &str) -> Vec<Vec<u8>> {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../fuzz/corpus").join(target);
    let files = fs::read_dir(folder).unwrap().map(|file| fs::read(file.unwrap().path()).unwrap());
    let inputs: Vec<Vec<u8>> = files.collect();
    assert!(inputs.len() >= 5, "{target}: {} inputs", inputs.len());
    inputs
}

#[test]
fn every_kept_delivery_keeps_its_promise() {
    for input in corpus("delivery") {
        delivery(&input);
    }
}

#[test]
fn every_kept_signature_keeps_its_promise() {
    for input in corpus("signature") {
        signature(&input);
    }
}

#[test]
fn every_kept_frame_keeps_its_promise_as_it_is_and_packed() {
    let dictionary = Packer::default();
    for input in corpus("frame") {
        frame(&input);
        let packed = std::str::from_utf8(&input).ok().and_then(|text| dictionary.pack(text));
        if let Some(packed) = packed {
            frame(&packed);
        }
    }
}

#[test]
fn what_was_signed_is_taken_and_one_changed_bit_is_not() {
    let body = br#"{"event":"user.deleted"}"#;
    let signed = signed_by_secret(&NOW.to_string(), body);
    let input = [signed.as_bytes(), b"\n", NOW.to_string().as_bytes(), b"\n", body].concat();

    for bit in 0..input.len() * 8 {
        let mut changed = input.clone();
        changed[bit / 8] ^= 1 << (bit % 8);
        signature(&changed);
    }
    signature(&input);
}

proptest! {
    #[test]
    fn a_kept_input_with_any_part_of_it_replaced_keeps_its_promise(
        which in 0_usize..1_000, at in 0.0_f64..1.0, len in 0_usize..16, by in prop::collection::vec(any::<u8>(), 0..16),
    ) {
        for (target, promise) in [("delivery", delivery as fn(&[u8])), ("signature", signature), ("frame", frame)] {
            let inputs = corpus(target);
            let mut input = inputs[which % inputs.len()].clone();
            #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, clippy::cast_precision_loss,
                     reason = "a place within the input")]
            let at = (at * input.len() as f64) as usize;
            let end = (at + len).min(input.len());
            input.splice(at..end, by.clone());
            promise(&input);
        }
    }
}
