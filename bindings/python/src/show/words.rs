//! The words of decisions in the language that was chosen.

use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;
use xinpei::FaultKind;
use xinpei::check::typed::Characteristic;
use xinpei::explain::decision::{CharacteristicPoints, Fired, Status};
use xinpei::explain::words;
pub(super) use xinpei::explain::words::signed;

use crate::language::Lang;
use crate::rulebook::Loaded;

/// A status.
pub(super) fn status(status: Status, lang: Lang) -> &'static str {
    words::status(status, lang.code())
}

/// The word of a status.
pub(super) fn status_word(word: &str, lang: Lang) -> &str {
    let all = [Status::Rated, Status::Unrated, Status::Refer];
    all.into_iter().find(|known| known.word() == word).map_or(word, |known| status(known, lang))
}

/// What an override does.
pub(super) fn effect(fired: &Fired, lang: Lang) -> String {
    words::effect(fired, lang.code())
}

/// Whose clause a rule rests on.
pub(super) fn basis(basis: &str, lang: Lang) -> &str {
    words::basis(basis, lang.code())
}

/// What brings a section back between its limits.
pub(super) fn limit(amount: Decimal, lang: Lang) -> &'static str {
    words::limit(amount, lang.code())
}

/// The kind of an outcome.
pub(super) fn kind(kind: &str, lang: Lang) -> &str {
    words::kind(kind, lang.code())
}

/// What is wrong with a value, by the word in a decision.
pub(super) fn fault(kind: &str, lang: Lang) -> &str {
    let known = FaultKind::ALL.iter().find(|known| known.word() == kind);
    known.map_or(kind, |known| words::fault(*known, lang.code()))
}

/// A share in thousandths.
pub(super) fn thousandths(part: Decimal, whole: Decimal) -> i128 {
    let share = part.checked_mul(Decimal::ONE_THOUSAND).and_then(|p| p.checked_div(whole));
    share.and_then(|s| s.to_i128()).unwrap_or(0)
}

/// The value of a line as people write it.
pub(super) fn value(loaded: &Loaded, rule: &Characteristic, line: &CharacteristicPoints, lang: Lang) -> String {
    if line.missing {
        return lang.noun(words::Noun::Missing).to_owned();
    }
    words::value(loaded.rulebook.program(), rule, line, lang.code())
}
