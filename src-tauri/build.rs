//! Prepares what Tauri reads at compile time, with the repository's root as Tauri's root.

use std::{fs, path::Path};

use tauri_build::{AppManifest, Attributes};

const CAPABILITIES: &str = "src-tauri/capabilities";
const PERMISSIONS: &str = "src-tauri/permissions";

fn main() {
    placeholder_for_an_unbuilt_window();
    // With path patterns of our own, tauri-build watches only tauri.conf.json.
    println!("cargo:rerun-if-changed={CAPABILITIES}");
    println!("cargo:rerun-if-changed={PERMISSIONS}");
    let attributes = Attributes::new()
        .capabilities_path_pattern("./src-tauri/capabilities/**/*")
        .app_manifest(AppManifest::new().permissions_path_pattern("./src-tauri/permissions/**/*"));
    if let Err(error) = tauri_build::try_build(attributes) {
        panic!("tauri-build failed: {error:#}");
    }
}

/// A missing `frontendDist` is a compile-time panic; a checkout whose window was never built must still compile.
fn placeholder_for_an_unbuilt_window() {
    let dist = Path::new("ui/dist");
    if dist.exists() {
        return;
    }
    let written = fs::create_dir_all(dist)
        .and_then(|()| fs::write(dist.join("index.html"), "<!doctype html><p>Run make ui first.</p>"));
    if let Err(error) = written {
        panic!("cannot write {}: {error}", dist.display());
    }
}
