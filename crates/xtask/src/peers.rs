//! `cargo xtask peers`: installs the peers into an environment of their own and compares.

use std::path::Path;

use crate::steps::{Step, binary, root, run};

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
    // A million rows for the files, whatever the words say of the rest.
    run("cargo", &["build", "--release", "--package", "xinpei-cli"])?;
    let dossiers = folder.join("files").display().to_string();
    let rows = if words.contains(&"--quick") { "20000" } else { "1000000" };
    let make = ["run", "--release", "--quiet", "--package", "xinpei-tests", "--example", "dossiers", "--", rows];
    run("cargo", &[&make[..], &[&dossiers]].concat())?;
    let manifest = ["--manifest-path", "benches/peers/Cargo.toml"];
    let folder = folder.display().to_string();
    let command = binary("release");
    let mut call = vec!["run", "--release", "--locked", manifest[0], manifest[1], "--", "--folder", &folder];
    call.extend(["--python", &python, "--command", &command, "--dossiers", &dossiers]);
    call.extend(words);
    run("cargo", &call)
}
