//! Numbers, dates and units as people write them, in both languages.

use rust_decimal::Decimal;
use xinpei::Label;
use xinpei::check::typed::{Type, Unit};
use xinpei::explain::words::{Noun, grouped};

/// The same thing said in Chinese and in English.
pub(crate) fn both(zh: impl AsRef<str>, en: impl AsRef<str>) -> Label {
    Label::new([("zh", zh.as_ref()), ("en", en.as_ref())])
}

/// The noun of one thing.
pub(crate) fn noun(noun: Noun) -> Label {
    both(noun.one("zh"), noun.one("en"))
}

/// A word of the format, as it is said to people.
pub(crate) fn told(said: for<'a> fn(&'a str, &str) -> &'a str, word: &str) -> Label {
    both(said(word, "zh"), said(word, "en"))
}

/// One text for both languages.
pub(crate) fn plain(text: impl AsRef<str>) -> Label {
    both(text.as_ref(), text.as_ref())
}

/// A label in both languages, whatever the languages of the rulebook.
pub(crate) fn label(label: &Label) -> Label {
    both(label.text("zh"), label.text("en"))
}

/// A sentence made of labels, the same way in both languages.
pub(crate) fn join(parts: &[&Label], zh: &str, en: &str) -> Label {
    let of = |language: &str| parts.iter().map(|p| p.text(language)).collect::<Vec<_>>();
    both(of("zh").join(zh), of("en").join(en))
}

/// A number in its shortest spelling, thousands parted by commas.
#[must_use]
pub fn number(value: Decimal) -> String {
    grouped(&value.normalize().to_string())
}

/// A number with its sign: what is added or taken.
#[must_use]
pub fn signed(value: Decimal) -> String {
    if value > Decimal::ZERO { format!("+{}", number(value)) } else { number(value) }
}

/// Points.
pub(crate) fn points(value: Decimal) -> Label {
    let number = number(value);
    let noun = if number == "1" || number == "−1" { "point" } else { "points" };
    both(format!("{number} 分"), format!("{number} {noun}"))
}

/// The unit of a value, if it has a simple one: money is in yuan.
pub(crate) fn unit(ty: &Type) -> Option<Label> {
    let Type::Number(numeric) = ty else { return None };
    let Unit::Of(powers) = &numeric.unit else { return None };
    let mut powers = powers.iter();
    let (Some((name, 1)), None) = (powers.next(), powers.next()) else { return None };
    Some(match name.as_str() {
        "cny" => both("元", "CNY"),
        "day" => both("天", "days"),
        "month" => both("个月", "months"),
        "year" => both("年", "years"),
        "person" => both("人", "persons"),
        "percent" => both("%", "%"),
        other => plain(other),
    })
}

/// A value with its unit behind it.
pub(crate) fn with_unit(value: &Label, unit: Option<&Label>) -> Label {
    match unit {
        Some(unit) if unit.text("zh") == "%" => join(&[value, unit], "", " "),
        Some(unit) => join(&[value, unit], " ", " "),
        None => value.clone(),
    }
}

/// A text on one line.
pub(crate) fn squeeze(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::{number, signed};

    #[test]
    fn thousands_are_parted() {
        let spell = |text: &str| number(text.parse().unwrap_or_default());
        assert_eq!(spell("1234567.50"), "1,234,567.5");
        assert_eq!(spell("-999"), "−999");
        assert_eq!(spell("-1000"), "−1,000");
        assert_eq!(spell("0.00"), "0");
        assert_eq!(signed(5.into()), "+5");
    }
}
