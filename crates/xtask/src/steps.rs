//! The steps of `cargo xtask test`; each says what it runs and how long it took.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Instant;

pub(crate) type Step = Result<(), String>;

/// The folder of the workspace.
pub(crate) fn root() -> PathBuf {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    here.ancestors().nth(2).unwrap_or(here).to_owned()
}

/// Runs everything. `fuzz` is how many seconds each fuzz target gets; 0 leaves fuzzing out.
pub(crate) fn test(fuzz_seconds: u32) -> Step {
    run("cargo", &["fmt", "--all", "--check"])?;
    run("cargo", &["clippy", "--workspace", "--all-targets", "--", "-D", "warnings"])?;
    run("cargo", &["test", "--workspace"])?;
    rules()?;
    python()?;
    bindings()?;
    cards()?;
    determinism()?;
    large()?;
    if fuzz_seconds > 0 {
        fuzz(fuzz_seconds)?;
    } else {
        println!("skipped: fuzzing (left out by --quick)");
    }
    Ok(())
}

/// Every rulebook that ships checks clean and passes its cases.
pub(crate) fn rules() -> Step {
    run("cargo", &["build", "--release", "--package", "xinpei-cli"])?;
    let command = binary("release");
    for folder in rulebooks()? {
        run(&command, &["check", &folder])?;
        run(&command, &["test", &folder])?;
    }
    Ok(())
}

/// The command as a profile builds it.
pub(crate) fn binary(profile: &str) -> String {
    let target = std::env::var("CARGO_TARGET_DIR").map_or_else(|_| root().join("target"), PathBuf::from);
    target.join(profile).join("xinpei").display().to_string()
}

/// Folders of rulebooks: those that ship and those of the conformance tests.
fn rulebooks() -> Result<Vec<String>, String> {
    let mut folders = Vec::new();
    for parent in ["rules", "tests/rulesets"] {
        let parent = root().join(parent);
        let entries = std::fs::read_dir(&parent).map_err(|e| format!("{}: {e}", parent.display()))?;
        folders.extend(entries.flatten().map(|e| e.path()).filter(|p| p.is_dir()).map(|p| p.display().to_string()));
    }
    folders.sort();
    Ok(folders)
}

/// Python tools of the tests, each of one version.
const PYTHON_TOOLS: &[&str] = &[
    "ruff==0.14.5",
    "mypy==1.18.2",
    "jsonschema==4.25.1",
    "types-jsonschema==4.25.1.20250822",
    "ruamel.yaml==0.18.16",
];

/// The generator of the example remakes it byte by byte, rule files fit their JSON Schema, and the
/// Python code is clean.
fn python() -> Step {
    let venv = root().join("target").join("python");
    let tool = |name: &str| venv.join("bin").join(name).display().to_string();
    run("python3", &["-m", "venv", &venv.display().to_string()])?;
    let mut install = vec!["install", "--quiet", "--disable-pip-version-check"];
    install.extend(PYTHON_TOOLS);
    run(&tool("pip"), &install)?;
    run(&tool("ruff"), &["check", "benches", "examples", "tests"])?;
    run(&tool("mypy"), &["--strict", "examples/yuanhe/generate.py"])?;
    run(&tool("mypy"), &["--strict", "tests/schema/check.py"])?;
    run("python3", &["examples/yuanhe/generate.py", "--check"])?;
    run(&tool("python"), &["tests/schema/check.py", &binary("release"), &root().display().to_string()])
}

/// Ends badly where plots have no font for Chinese.
const HAS_CHINESE: &str = "import sys; from xinpei.judging import _plots; sys.exit(_plots.chinese() is None)";

/// Makes matplotlib forget which fonts there were.
const LOOK_AGAIN: &str = "from matplotlib import font_manager; font_manager._load_fontmanager(try_read_cache=False)";

/// The Python package is built into an environment of its own, and its tests, types and style hold.
/// They call the command too: the tests of the workspace built it.
fn bindings() -> Step {
    let venv = root().join("target").join("python-bindings");
    let bin = venv.join("bin");
    let tool = |name: &str| bin.join(name).display().to_string();
    run("python3", &["-m", "venv", &venv.display().to_string()])?;
    let install = ["install", "--quiet", "--disable-pip-version-check", "-r", "bindings/python/requirements.txt"];
    run(&tool("pip"), &install)?;
    // The tools look for each other, and maturin for the environment.
    let path = format!("{}:{}", bin.display(), std::env::var("PATH").unwrap_or_default());
    let inside = [("VIRTUAL_ENV", venv.display().to_string()), ("PATH", path)];
    let folder = root().join("bindings").join("python");
    let step = |tool: String, arguments: &[&str]| run_in(&folder, &inside, &tool, arguments);
    step(tool("maturin"), &["develop", "--quiet"])?;
    step(tool("ruff"), &["check", "."])?;
    step(tool("ruff"), &["format", "--check", "."])?;
    step(tool("mypy"), &["python/xinpei", "tests"])?;
    step(tool("python"), &["-m", "mypy.stubtest", "--mypy-config-file", "pyproject.toml", "xinpei"])?;
    if step(tool("python"), &["-c", HAS_CHINESE]).is_err() {
        let install = "apt-get update -qq && apt-get install -y -qq fonts-wqy-microhei";
        let found = run("sh", &["-c", install]).and_then(|()| step(tool("python"), &["-c", LOOK_AGAIN]));
        if let Err(error) = found {
            println!("no font with Chinese characters could be installed, so a test is skipped: {error}");
        }
    }
    step(tool("python"), &["-m", "pytest"])
}

/// Cards of the real optbinning, scorecardpy and toad become rulebooks, in an environment of their own.
fn cards() -> Step {
    let venv = root().join("target").join("python-cards");
    let bin = venv.join("bin");
    let tool = |name: &str| bin.join(name).display().to_string();
    run("python3", &["-m", "venv", &venv.display().to_string()])?;
    let install = ["install", "--quiet", "--disable-pip-version-check", "-r", "bindings/python/cards/requirements.txt"];
    run(&tool("pip"), &install)?;
    let folder = root().join("bindings").join("python");
    let path = format!("{}:{}", bin.display(), std::env::var("PATH").unwrap_or_default());
    let inside = [("PYTHONPATH", folder.join("python").display().to_string()), ("PATH", path)];
    run_in(&folder, &inside, &tool("python"), &["-m", "pytest", "cards"])
}

/// Two runs, runs with one and two threads, and debug and release builds give the same bytes.
fn determinism() -> Step {
    let folder = root().join("target").join("determinism");
    std::fs::create_dir_all(&folder).map_err(|e| format!("{}: {e}", folder.display()))?;
    let mut first: Option<Vec<u8>> = None;
    for (profile, threads) in [("release", "1"), ("release", "1"), ("release", "2"), ("debug", "2")] {
        let out = folder.join("decisions.jsonl");
        let _ = std::fs::remove_file(&out);
        let path = out.display().to_string();
        let score = [
            "score",
            "examples/yuanhe",
            "--as-of",
            "2026-06-30",
            "--format",
            "json",
            "--threads",
            threads,
            "--out",
            &path,
        ];
        run(&binary(profile), &score)?;
        let bytes = std::fs::read(&out).map_err(|e| format!("{path}: {e}"))?;
        match &first {
            Some(first) if *first != bytes => return Err(format!("`score` differs: {profile}, {threads} threads")),
            _ => first = Some(bytes),
        }
        run(&binary(profile), &["replay", &path, "examples/yuanhe"])?;
    }
    println!("same bytes: 4 runs, 1 and 2 threads, debug and release");
    Ok(())
}

/// A million rows with one and two threads, cut in three ways: the same files.
fn large() -> Step {
    let folder = root().join("target").join("determinism").join("large");
    let place = |name: &str| folder.join(name).display().to_string();
    let rows = "1000000";
    let make = ["run", "--release", "--quiet", "--package", "xinpei-tests", "--example", "dossiers", "--", rows];
    run("cargo", &[&make[..], &[&folder.display().to_string()]].concat())?;
    let (out, rejects) = (place("decisions.parquet"), place("rejects.csv"));
    let read = |path: &str| std::fs::read(path).map_err(|e| format!("{path}: {e}"));
    let mut first: Option<(Vec<u8>, Vec<u8>)> = None;
    for batch_rows in ["8192", "1000", "65536"] {
        for threads in ["1", "2"] {
            let (input, rules) = (place("dossiers.parquet"), place("card"));
            let mut score = vec!["score", &input, "--rules", &rules, "--as-of", "2026-06-30", "--out", &out];
            score.extend(["--rejects", &rejects, "--threads", threads, "--batch-rows", batch_rows]);
            run(&binary("release"), &score)?;
            let bytes = (read(&out)?, read(&rejects)?);
            match &first {
                Some(first) if *first != bytes => {
                    return Err(format!("`score` differs: {threads} threads, {batch_rows} rows at a time"));
                }
                _ => first = Some(bytes),
            }
        }
    }
    println!("same bytes: a million rows, 1 and 2 threads, three batch sizes");
    std::fs::remove_dir_all(&folder).map_err(|e| format!("{}: {e}", folder.display()))
}

/// Each fuzz target for so many seconds.
pub(crate) fn fuzz(seconds: u32) -> Step {
    run("bash", &["tests/fuzz/run.sh", &seconds.to_string()])
}

pub(crate) fn run(program: &str, arguments: &[&str]) -> Step {
    run_in(&root(), &[], program, arguments)
}

/// Runs a program in a folder, with more in its environment.
fn run_in(folder: &Path, environment: &[(&str, String)], program: &str, arguments: &[&str]) -> Step {
    let shown = Path::new(program).file_name().map_or(program.into(), |n| n.to_string_lossy());
    println!("\n$ {shown} {}", arguments.join(" "));
    let start = Instant::now();
    let status = Command::new(program)
        .args(arguments)
        .envs(environment.iter().map(|(key, value)| (key, value)))
        .current_dir(folder)
        .status()
        .map_err(|e| format!("cannot run `{program}`: {e}"))?;
    println!("  ({} s)", start.elapsed().as_secs());
    if status.success() { Ok(()) } else { Err(format!("`{shown} {}` failed", arguments.join(" "))) }
}
