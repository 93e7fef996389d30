//! `cargo xtask peers`: installs the peers into an environment of their own and compares.

use std::path::Path;

use crate::steps::{Step, root, run};

/// Installs, builds, checks and measures. The words are handed to the comparison.
pub(crate) fn peers(words: &[&str]) -> Step {
    let folder = root().join("target").join("peers");
    let venv = folder.join("venv");
    let python = venv.join("bin").join("python").display().to_string();
    if !Path::new(&python).exists() {
        run("python3", &["-m", "venv", &venv.display().to_string()])?;
    }
    let install = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "-r"];
    let (main, apart) = ("benches/peers/python/requirements.txt", "benches/peers/python/requirements-optbinning.txt");
    run(&python, &[&install[..], &[main]].concat())?;
    if let Err(why) = run(&python, &[&install[..], &[main, "-r", apart]].concat()) {
        println!("left out: {why}");
    }
    let manifest = ["--manifest-path", "benches/peers/Cargo.toml"];
    let folder = folder.display().to_string();
    let call =
        ["run", "--release", "--locked", manifest[0], manifest[1], "--", "--folder", &folder, "--python", &python];
    run("cargo", &[&call[..], words].concat())
}
