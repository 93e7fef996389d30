//! The `xinpei` command.

mod cli;
mod columns;
mod diagnose;
mod failure;
mod input;
mod language;
mod output;
mod pipeline;
mod rules;
mod stop;
mod verbs;
mod words;

use std::process::ExitCode;

use clap::Parser;

fn main() -> ExitCode {
    let cli = cli::Cli::parse();
    let context = output::Context::new(cli.lang.unwrap_or_else(language::Lang::of_environment));
    match verbs::run(cli.verb, &context) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => failure.report(&context),
    }
}
