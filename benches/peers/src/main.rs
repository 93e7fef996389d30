//! The comparison: all peers score the same rows, must agree on each, and are then timed in turn.

mod again;
mod bands;
mod bars;
mod batch;
mod clock;
mod engine;
mod files;
mod hands;
mod machine;
mod peer;
mod scripts;
mod single;
mod table;
mod threads;
mod worker;
mod zen;

use std::path::PathBuf;
use std::process::ExitCode;

use table::Table;

/// How the comparison was called.
pub struct Call {
    /// Rows of the large cases.
    pub rows: usize,
    /// How many times each peer runs.
    pub rounds: usize,
    /// Where data and tables go.
    pub folder: PathBuf,
    /// The Python of the peers' environment.
    pub python: PathBuf,
    /// The Python code of the peers.
    pub scripts: PathBuf,
    /// The `xinpei` command, and a folder with a card and dossiers for it.
    pub command: Option<PathBuf>,
    pub dossiers: Option<PathBuf>,
}

fn call() -> Result<Call, String> {
    let here = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
    let mut call = Call {
        rows: 1_000_000,
        rounds: 9,
        folder: here.join("../../target/peers"),
        python: PathBuf::from("python3"),
        scripts: here.join("python"),
        command: None,
        dossiers: None,
    };
    let mut words = std::env::args().skip(1);
    while let Some(word) = words.next() {
        let mut value = || words.next().ok_or_else(|| format!("`{word}` needs a value"));
        match word.as_str() {
            "--rows" => call.rows = value()?.parse().map_err(|_| "`--rows` is a whole number")?,
            "--quick" => (call.rows, call.rounds) = (call.rows.min(20_000), 3),
            "--folder" => call.folder = value()?.into(),
            "--python" => call.python = value()?.into(),
            "--command" => call.command = Some(value()?.into()),
            "--dossiers" => call.dossiers = Some(value()?.into()),
            _ => return Err(format!("`{word}` is not known; there are --rows and --quick")),
        }
    }
    if call.rows == 0 { Err("`--rows` is at least 1".to_owned()) } else { Ok(call) }
}

fn run() -> Result<(), String> {
    let call = call()?;
    let mut table = Table::default();
    batch::large(&call, &mut table)?;
    batch::growth(&call, &mut table)?;
    single::one(&call, &mut table)?;
    threads::two(&call, &mut table)?;
    again::changed(&call, &mut table)?;
    files::parquet(&call, &mut table)?;
    let mut text = machine::describe().join("\n");
    text.push_str(&format!("\n\n{}\n{}", table.text(), bars::bars(&table)));
    println!("\n{text}");
    for (name, text) in [("peers.txt", text), ("peers.tsv", table.tsv())] {
        let path = call.folder.join(name);
        std::fs::write(&path, text).map_err(|e| format!("{}: {e}", path.display()))?;
        println!("written: {}", path.display());
    }
    Ok(())
}

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            eprintln!("peers: {message}");
            ExitCode::FAILURE
        }
    }
}
