//! `cargo xtask test`: sets up and runs everything that a change must pass, in the order of cost;
//! `cargo xtask peers`: the comparison with everything else.

mod peers;
mod steps;

use std::process::ExitCode;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let result = match words.as_slice() {
        ["test"] => steps::test(60),
        ["test", "--quick"] => steps::test(0),
        ["fuzz", seconds] => {
            seconds.parse().map_err(|_| "the seconds are a whole number".to_owned()).and_then(steps::fuzz)
        }
        ["rules"] => steps::rules(),
        ["peers", rest @ ..] => peers::peers(rest),
        _ => Err("usage: cargo xtask test [--quick] | rules | fuzz SECONDS | peers [--rows N] [--quick]".to_owned()),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            eprintln!("xtask: {message}");
            ExitCode::FAILURE
        }
    }
}
