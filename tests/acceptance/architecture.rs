//! Who may know whom, as `cargo metadata` tells it.

use std::collections::{BTreeMap, BTreeSet};

use cargo_metadata::{DependencyKind, Metadata, MetadataCommand};

/// The rooms of the house and the rooms that each may know.
const MAY_KNOW: &[(&str, &[&str])] = &[
    ("rollcall-model", &[]),
    ("rollcall-wire", &["rollcall-model"]),
    ("rollcall-zoom", &["rollcall-model", "rollcall-wire"]),
    ("rollcall-relay", &["rollcall-model", "rollcall-wire", "rollcall-zoom"]),
    ("rollcall-desk", &["rollcall-model", "rollcall-wire"]),
    // The fake takes the clock from the model and nothing else: it must stay a witness of its own.
    ("rollcall-fake-zoom", &["rollcall-model"]),
    ("rollcall-promises", &["rollcall-wire", "rollcall-zoom"]),
];

/// Libraries that only these rooms may use.
const ONLY: &[(&str, &[&str])] = &[
    ("tauri", &["rollcall"]),
    ("sqlx", &["rollcall-desk", "rollcall-relay", "rollcall-bench", "rollcall-tests"]),
    ("keyring", &["rollcall-desk"]),
    ("oauth2", &["rollcall-zoom"]),
    ("governor", &["rollcall-zoom", "rollcall-relay"]),
];

/// What the model must do without.
const NEVER_IN_THE_MODEL: &[&str] = &["tokio", "sqlx", "reqwest", "tauri", "axum"];

fn metadata() -> Metadata {
    let manifest = concat!(env!("CARGO_MANIFEST_DIR"), "/../Cargo.toml");
    MetadataCommand::new().manifest_path(manifest).no_deps().exec().unwrap()
}

/// Each package of the workspace with the packages that it needs to be built (not to be tested).
fn needs(metadata: &Metadata) -> BTreeMap<&str, BTreeSet<&str>> {
    let normal = |kind: DependencyKind| kind == DependencyKind::Normal;
    metadata
        .packages
        .iter()
        .map(|package| {
            let names =
                package.dependencies.iter().filter(|dep| normal(dep.kind)).map(|dep| dep.name.as_str());
            (package.name.as_str(), names.collect())
        })
        .collect()
}

#[test]
fn every_room_knows_only_the_rooms_it_may() {
    let metadata = metadata();
    let needs = needs(&metadata);

    for (room, may) in MAY_KNOW {
        let rooms = needs[room].iter().filter(|name| name.starts_with("rollcall"));
        let strangers: Vec<_> = rooms.filter(|name| !may.contains(name)).collect();
        assert!(strangers.is_empty(), "{room} must not know {strangers:?}");
    }
}

#[test]
fn a_library_that_belongs_to_a_room_is_used_there_alone() {
    let metadata = metadata();

    for (package, libraries) in needs(&metadata) {
        for (library, rooms) in ONLY {
            assert!(
                !libraries.contains(library) || rooms.contains(&package),
                "{package} must not use {library}"
            );
        }
    }
}

#[test]
fn the_model_is_free_of_io() {
    let metadata = metadata();

    let found: Vec<_> = needs(&metadata)["rollcall-model"]
        .iter()
        .copied()
        .filter(|name| NEVER_IN_THE_MODEL.contains(name))
        .collect();

    assert!(found.is_empty(), "{found:?}");
}
