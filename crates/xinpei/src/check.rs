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
mod products;
mod script;
mod settled;
mod statements;
mod tables;
mod tiers;
pub mod typed;
pub mod types;
mod ways;
mod zone;

use crate::author::source::Source;
use crate::diagnostic::Diagnostics;

/// Checks a whole rulebook. `None` only when nothing could be made of it; the diagnostics say
/// whether the result may be used.
pub fn check(source: &Source, out: &mut Diagnostics) -> Option<typed::Typed> {
    let dictionary = dictionary::check(source, out);
    let mut lowerer = lower::Lowerer::new(source, dictionary, out);
    let card = card::check(&mut lowerer, source);
    let mut conditions = conditions::check(&mut lowerer, source, &card);
    let products = products::check(&mut lowerer, source, &mut conditions.outcomes);
    let tiers = tiers::check(&mut lowerer, source);
    let measures = measures::check(&mut lowerer, source);
    lowerer.finish(source, card, conditions, (products, tiers), measures)
}
