//! The verbs, one file each.

mod check;
mod compare;
mod diff;
mod explain;
mod explain_code;
mod export;
mod find;
mod import;
mod matching;
mod new;
mod plan;
mod progress;
mod replay;
mod report;
mod schema;
mod score;
mod shortlist;
mod test;
mod then;
mod watch;

use clap::Subcommand;

use crate::failure::Failure;
use crate::output::Context;

/// What the command does.
#[derive(Debug, Subcommand)]
pub(crate) enum Verb {
    /// Checks rulebooks and prints every mistake with its place
    Check(check::Args),
    /// Scores every enterprise of a department folder or a file
    Score(score::Args),
    /// Shows how one enterprise came to its score, and what is missing
    Explain(explain::Args),
    /// Plans what one enterprise should do to reach the next grade, or shows why nothing helps
    Plan(plan::Args),
    /// Says which lenders' products admit enterprises, why others do not, and what would open them
    Match(matching::Args),
    /// Chooses which enterprises to cultivate, so that most reach the admission line
    Shortlist(shortlist::Args),
    /// Tells what has become of enterprises between two dates or two deliveries
    Watch(watch::Args),
    /// Reports on the zone: archives, grades, public lists, support and sanctions, cultivation
    Report(report::Args),
    /// Runs the cases of rulebooks
    Test(test::Args),
    /// Decides recorded decisions again and names the first difference of each
    Replay(replay::Args),
    /// Says in words what is different between two rulebooks
    Diff(diff::Args),
    /// Scores enterprises by two rulebooks: who moves, why, and what follows
    Compare(compare::Args),
    /// Reads a scorecard of another program, PMML or a points table, into rule files
    Import(import::Args),
    /// Writes a rulebook as PMML, SQL or a points table
    Export(export::Args),
    /// Prints the JSON Schema of a rule file, for editors
    Schema(schema::Args),
    /// Writes a small rulebook to start from
    New(new::Args),
    /// Explains the code of a diagnostic
    ExplainCode(explain_code::Args),
}

/// Runs a verb.
pub(crate) fn run(verb: Verb, context: &Context) -> Result<(), Failure> {
    match verb {
        Verb::Check(args) => check::run(&args, context),
        Verb::Score(args) => score::run(&args, context),
        Verb::Explain(args) => explain::run(&args, context),
        Verb::Plan(args) => plan::run(&args, context),
        Verb::Match(args) => matching::run(&args, context),
        Verb::Shortlist(args) => shortlist::run(&args, context),
        Verb::Watch(args) => watch::run(&args, context),
        Verb::Report(args) => report::run(&args, context),
        Verb::Test(args) => test::run(&args, context),
        Verb::Replay(args) => replay::run(&args, context),
        Verb::Diff(args) => diff::run(&args, context),
        Verb::Compare(args) => compare::run(&args, context),
        Verb::Import(args) => import::run(&args, context),
        Verb::Export(args) => export::run(&args, context),
        Verb::Schema(args) => schema::run(&args),
        Verb::New(args) => new::run(&args, context),
        Verb::ExplainCode(args) => explain_code::run(&args),
    }
}
