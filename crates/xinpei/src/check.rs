//! Stage 2, check: [`crate::author::source::Source`] → [`typed::Typed`], with every mistake of meaning.

mod bands;
mod builtins;
mod card;
mod conditions;
mod dictionary;
mod expression;
mod lower;
mod measure;
mod measures;
mod numbers;
mod parse;
mod script;
mod statements;
mod tables;
pub mod typed;
pub mod types;
mod ways;

use crate::author::source::Source;
use crate::diagnostic::Diagnostics;

/// Checks a whole rulebook. `None` only when nothing could be made of it; the diagnostics say
/// whether the result may be used.
pub fn check(source: &Source, out: &mut Diagnostics) -> Option<typed::Typed> {
    let dictionary = dictionary::check(source, out);
    let mut lowerer = lower::Lowerer::new(source, dictionary, out);
    let card = card::check(&mut lowerer, source);
    let conditions = conditions::check(&mut lowerer, source, &card);
    let measures = measures::check(&mut lowerer, source);
    lowerer.finish(source, card, conditions, measures)
}
