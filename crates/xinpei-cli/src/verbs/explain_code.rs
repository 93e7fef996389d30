//! `xinpei explain-code`: the page on a diagnostic's code.

use serde_json::json;
use xinpei::diagnostic::{Code, suggest};

use crate::cli::Format;
use crate::columns::Columns;
use crate::failure::Failure;
use crate::output;

/// Arguments of the verb.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The code, such as X0406; without it all codes are listed
    code: Option<String>,
    /// How the result is written
    #[arg(long, value_enum, default_value_t)]
    format: Format,
}

/// Runs the verb.
pub(crate) fn run(args: &Args) -> Result<(), Failure> {
    let Some(name) = &args.code else { return list(args.format) };
    let Some(code) = Code::parse(name) else {
        let known: Vec<&str> = Code::all().map(Code::name).collect();
        return Err(Failure::error(format!(
            "there is no code `{name}`; {}",
            suggest(&name.to_ascii_uppercase(), known)
        )));
    };
    match args.format {
        Format::Text => output::print(code.page()),
        Format::Json => output::print_json(&json!({"code": code.name(), "title": code.title(), "page": code.page()})),
    }
}

fn list(format: Format) -> Result<(), Failure> {
    match format {
        Format::Text => {
            let mut columns = Columns::default();
            Code::all().for_each(|code| columns.row([code.name(), code.title()]));
            output::print(&columns.render(None))
        }
        Format::Json => {
            let all: Vec<_> = Code::all().map(|code| json!({"code": code.name(), "title": code.title()})).collect();
            output::print_json(&all)
        }
    }
}
