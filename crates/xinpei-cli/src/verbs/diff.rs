//! `xinpei diff`: what is different between two rulebooks, in words.

use std::path::PathBuf;

use xinpei_assure::Difference;

use crate::cli::Format;
use crate::failure::Failure;
use crate::output::{self, Context};
use crate::rules;

/// Arguments of the verb.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
What a rule means is compared, not how its file is laid out: comments, notes, the order of keys and the\n\
spelling of numbers are no difference. A condition whose words stayed the same is told where a function\n\
that it calls was changed.\n\n\
  xinpei diff rules/yuanhe/2025.1 rules/yuanhe/2026.1 --lang en")]
pub(crate) struct Args {
    /// The folder of the version before
    old: PathBuf,
    /// The folder of the version after
    new: PathBuf,
    /// How the result is written
    #[arg(long, value_enum, default_value_t)]
    format: Format,
}

/// Runs the verb.
pub(crate) fn run(args: &Args, context: &Context) -> Result<(), Failure> {
    let (old, new) = (rules::one(&args.old)?, rules::one(&args.new)?);
    let difference = Difference::between(&old, &new);
    match args.format {
        Format::Json => output::print_json(&difference),
        Format::Text => output::print(&difference.text(context.lang.code())),
    }
}
