//! The `xinpei` command.

mod cli;
mod columns;
mod diagnose;
mod failure;
mod input;
mod language;
mod output;
mod page;
mod pipeline;
mod rules;
mod stop;
mod verbs;
mod words;
mod zone;

use std::panic;
use std::process::ExitCode;

use clap::Parser;
use xinpei_tables::guard;

fn main() -> ExitCode {
    let told = panic::take_hook();
    panic::set_hook(Box::new(move |panic| {
        // Where a library gives up on a file, the sentence about the file says enough.
        if !guard::inside() {
            told(panic);
        }
    }));
    let cli = cli::Cli::parse();
    let context = output::Context::new(cli.lang.unwrap_or_else(language::Lang::of_environment));
    match verbs::run(cli.verb, &context) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => failure.report(&context),
    }
}
