//! The words of decisions in Chinese and in English, for whoever shows them.
//!
//! A language is `zh` or anything else, which is English. A minus is `−`, which is as wide as a digit.

mod noun;

use rust_decimal::Decimal;

use super::decision::{CharacteristicPoints, Fired, Status};
use crate::evaluate::outcome::{Characteristic, FactKind, NodeId, Op, Program, Scoring, Type};
use crate::fault::FaultKind;

pub use noun::Noun;

fn pick<'a>(language: &str, zh: &'a str, en: &'a str) -> &'a str {
    if language == "zh" { zh } else { en }
}

/// A status.
#[must_use]
pub fn status(status: Status, language: &str) -> &'static str {
    match status {
        Status::Rated => pick(language, "已评级", "rated"),
        Status::Unrated => pick(language, "不予评级", "unrated"),
        Status::Refer => pick(language, "转人工", "refer"),
    }
}

/// What an override did.
#[must_use]
pub fn effect(fired: &Fired, language: &str) -> String {
    effect_of(fired.effect, fired.grade.as_deref(), fired.notch.unwrap_or(0).into(), language)
}

/// What an override does: `cap` and `veto` to a grade, `notch` by so many grades, `unrated`.
#[must_use]
pub fn effect_of(effect: &str, grade: Option<&str>, notch: Decimal, language: &str) -> String {
    let grade = grade.unwrap_or("");
    match effect {
        "cap" => format!("{} {grade}", pick(language, "不高于", "not above")),
        "veto" => format!("{} {grade}", pick(language, "直接定为", "set to")),
        "notch" => {
            let count = notch.abs().normalize();
            let down = notch.is_sign_negative();
            match language {
                "zh" => format!("{} {count} 级", if down { "降" } else { "升" }),
                _ => format!("{count} {}", if down { "down" } else { "up" }),
            }
        }
        _ => status(Status::Unrated, language).to_owned(),
    }
}

/// What brings a section back between its limits: its cap where points are taken, its floor where they
/// are added.
#[must_use]
pub fn limit(amount: Decimal, language: &str) -> &'static str {
    if amount.is_sign_negative() {
        pick(language, "超出上限", "above the cap")
    } else {
        pick(language, "补足下限", "up to the floor")
    }
}

/// Whose clause a rule rests on: the zone's own choice is said in words.
#[must_use]
pub fn basis<'a>(basis: &'a str, language: &str) -> &'a str {
    if basis == "pilot" { pick(language, "试点自定", "the zone's own choice") } else { basis }
}

/// Records that the public may see.
#[must_use]
pub fn publicity<'a>(word: &'a str, language: &str) -> &'a str {
    match word {
        "honest" => pick(language, "诚信公示", "public lists of the honest"),
        "dishonest" => pick(language, "失信公示", "public lists of the dishonest"),
        _ => word,
    }
}

/// How severe an alert is.
#[must_use]
pub fn severity<'a>(word: &'a str, language: &str) -> &'a str {
    match word {
        "high" => pick(language, "重大", "high"),
        "medium" => pick(language, "一般", "medium"),
        "low" => pick(language, "提示", "low"),
        _ => word,
    }
}

/// The kind of an outcome.
#[must_use]
pub fn kind<'a>(kind: &'a str, language: &str) -> &'a str {
    match kind {
        "entitlement" => pick(language, "激励", "entitlement"),
        "sanction" => pick(language, "惩戒", "sanction"),
        "alert" => pick(language, "预警", "alert"),
        "listing" => pick(language, "名单", "listing"),
        "product" => pick(language, "产品", "product"),
        _ => kind,
    }
}

/// The kind of an outcome, with the severity of an alert.
#[must_use]
pub fn graded(word: &str, grave: Option<&str>, language: &str) -> String {
    let kind = kind(word, language);
    match grave {
        Some(word) => format!("{kind}{}{}", pick(language, "·", ", "), severity(word, language)),
        None => kind.to_owned(),
    }
}

/// What is wrong with a value.
#[must_use]
pub fn fault(kind: FaultKind, language: &str) -> &'static str {
    match kind {
        FaultKind::WrongCode => pick(language, "统一社会信用代码有误", "the code is wrong"),
        FaultKind::RequiredMissing => pick(language, "必填项缺失", "required, but missing"),
        FaultKind::NotANumber => pick(language, "不是数字", "not a number"),
        FaultKind::TooManyDigits => pick(language, "小数位过多", "too many digits"),
        FaultKind::OutOfRange => pick(language, "超出取值范围", "out of range"),
        FaultKind::NotADate => pick(language, "不是日期", "not a date"),
        FaultKind::NotAFlag => pick(language, "不是是/否", "not yes or no"),
        FaultKind::UnknownMember => pick(language, "未知类别", "unknown member"),
        FaultKind::WrongType => pick(language, "类型不符", "wrong type"),
        FaultKind::UnknownFact => pick(language, "未知事实", "unknown fact"),
        FaultKind::TooManyEvents => pick(language, "记录过多", "too many events"),
        FaultKind::Script => pick(language, "函数出错", "the function failed"),
    }
}

/// A number in its plain spelling, with the digits before the point in groups of three.
#[must_use]
pub fn grouped(number: &str) -> String {
    let (sign, digits) = number.strip_prefix('-').map_or(("", number), |rest| ("−", rest));
    let (whole, fraction) = digits.split_once('.').map_or((digits, None), |(w, f)| (w, Some(f)));
    let mut text = sign.to_owned();
    for (at, digit) in whole.chars().enumerate() {
        if at > 0 && (whole.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    if let Some(fraction) = fraction {
        text.push('.');
        text.push_str(fraction);
    }
    text
}

/// A share in per cent with one digit, half up; nothing has no share.
#[must_use]
pub fn percent(part: u64, whole: u64) -> String {
    let (part, whole) = (u128::from(part), u128::from(whole));
    let tenths = (part * 2000 + whole).checked_div(whole * 2).unwrap_or(0);
    format!("{}.{} %", tenths / 10, tenths % 10)
}

/// A number with its sign, as it is added or taken; nothing has a plus.
#[must_use]
pub fn signed(number: Decimal) -> String {
    if number.is_sign_negative() { format!("−{}", number.abs()) } else { format!("+{number}") }
}

/// Whether a line has no value of its own: what a formula comes to are its points, and a list of
/// conditions looks at facts. Such a line is told by the facts that it reads.
#[must_use]
pub const fn told_by_facts(rule: &Characteristic) -> bool {
    matches!(rule.scoring, Scoring::Formula(..) | Scoring::First(_))
}

/// The value of a line as people write it: labels of members, yes and no, digits in groups of three.
/// Empty where it has none, as a formula has; whether it is missing says the line.
#[must_use]
pub fn value(program: &Program, rule: &Characteristic, line: &CharacteristicPoints, language: &str) -> String {
    let Some(plain) = line.value.as_ref().filter(|_| !told_by_facts(rule)) else { return String::new() };
    // Several values are joined the same way.
    let parts: Vec<&str> = if rule.values.len() > 1 { plain.split(" / ").collect() } else { vec![plain] };
    let shown = parts.iter().zip(&rule.values).map(|(part, node)| one(program, *node, part, language));
    shown.collect::<Vec<_>>().join(" / ")
}

/// A value of a characteristic as people write it, given its id and its plain spelling; `None` where its
/// value is no more than its points.
#[must_use]
pub fn value_of(program: &Program, characteristic: &str, plain: &str, language: &str) -> Option<String> {
    let rule = program.typed.characteristics.iter().find(|c| c.id == characteristic)?;
    let node = rule.values.first().filter(|_| !told_by_facts(rule))?;
    Some(one(program, *node, plain, language))
}

/// A value of a fact as people write it, given its id and its plain spelling; of a table, the number of
/// its events.
#[must_use]
pub fn fact_value(program: &Program, fact: &str, plain: &str, language: &str) -> String {
    let Some(at) = program.typed.facts.iter().position(|f| f.id == fact) else { return plain.to_owned() };
    let Some(FactKind::Value(value)) = program.typed.facts.get(at).map(|f| &f.kind) else { return grouped(plain) };
    match (&value.ty, u32::try_from(at)) {
        (Type::Flag, _) => flag(plain, language).to_owned(),
        (Type::Number(_), _) => grouped(plain),
        (Type::Category(category), Ok(at)) => {
            member(program, at, *category, plain, language).unwrap_or_else(|| plain.to_owned())
        }
        _ => plain.to_owned(),
    }
}

fn flag<'a>(plain: &str, language: &str) -> &'a str {
    if plain == "true" { pick(language, "是", "yes") } else { pick(language, "否", "no") }
}

fn one(program: &Program, node: NodeId, plain: &str, language: &str) -> String {
    let node = program.typed.arena.node(node);
    match (&node.ty, &node.op) {
        (Type::Flag, _) => flag(plain, language).to_owned(),
        (Type::Number(_), _) => grouped(plain),
        (Type::Category(category), Op::Fact(fact)) => {
            member(program, *fact, *category, plain, language).unwrap_or_else(|| plain.to_owned())
        }
        _ => plain.to_owned(),
    }
}

/// The name of a fact, or of a field of its events: `court.cases.status` is a field of `court.cases`.
/// An id that the dictionary does not have stands for itself.
#[must_use]
pub fn fact(program: &Program, id: &str, language: &str) -> String {
    let find = |id: &str| program.typed.facts.iter().find(|fact| fact.id == id);
    if let Some(fact) = find(id) {
        return fact.label.text(language).to_owned();
    }
    let field = id.rsplit_once('.').and_then(|(table, field)| {
        let table = find(table)?;
        let FactKind::Events(events) = &table.kind else { return None };
        let field = events.fields.iter().find(|f| f.id == field)?;
        Some(format!("{}{}{}", table.label.text(language), pick(language, "：", ": "), field.label.text(language)))
    });
    field.unwrap_or_else(|| id.to_owned())
}

fn member(program: &Program, fact: u32, category: u32, plain: &str, language: &str) -> Option<String> {
    let fact = program.typed.facts.get(usize::try_from(fact).ok()?)?;
    let FactKind::Value(value) = &fact.kind else { return None };
    let at = program.dictionary.members(category)?.index(plain)?;
    Some(value.labels.get(usize::try_from(at).ok()?)?.text(language).to_owned())
}

#[cfg(test)]
mod tests {
    use super::{grouped, percent, signed};

    #[test]
    fn shares_are_rounded_to_one_digit() {
        assert_eq!(percent(1, 3), "33.3 %");
        assert_eq!(percent(2, 3), "66.7 %");
        assert_eq!(percent(1, 2000), "0.1 %");
        assert_eq!(percent(500, 500), "100.0 %");
        assert_eq!(percent(0, 0), "0.0 %");
    }

    #[test]
    fn numbers_stand_in_groups_of_three() {
        assert_eq!(grouped("1234567.50"), "1,234,567.50");
        assert_eq!(grouped("-100000"), "−100,000");
        assert_eq!(grouped("-999"), "−999");
        assert_eq!(grouped("999"), "999");
        assert_eq!(grouped("0.1234567"), "0.1234567");
    }

    #[test]
    fn what_is_added_or_taken_has_a_sign() {
        assert_eq!(signed(5.into()), "+5");
        assert_eq!(signed((-12).into()), "−12");
        assert_eq!(signed(0.into()), "+0");
    }
}
