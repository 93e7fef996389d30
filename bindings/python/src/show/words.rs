//! The words of decisions in both languages.

use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;
use xinpei::check::typed::{Characteristic, FactKind, Op, Type};
use xinpei::explain::decision::{CharacteristicPoints, Fired, Status};

use crate::language::Lang;
use crate::rulebook::Loaded;

/// A status.
pub(super) const fn status(status: Status, lang: Lang) -> &'static str {
    match status {
        Status::Rated => lang.pick("已评级", "rated"),
        Status::Unrated => lang.pick("不予评级", "unrated"),
        Status::Refer => lang.pick("转人工", "refer"),
    }
}

/// The word of a status.
pub(super) fn status_word(word: &str, lang: Lang) -> &str {
    match word {
        "rated" => status(Status::Rated, lang),
        "unrated" => status(Status::Unrated, lang),
        "refer" => status(Status::Refer, lang),
        other => other,
    }
}

/// What an override does.
pub(super) fn effect(fired: &Fired, lang: Lang) -> String {
    let grade = fired.grade.as_deref().unwrap_or("");
    match fired.effect {
        "cap" => format!("{} {grade}", lang.pick("不高于", "cap")),
        "veto" => format!("{} {grade}", lang.pick("直接定为", "veto")),
        "notch" => {
            let notch = fired.notch.unwrap_or(0);
            let sign = if notch < 0 { "−" } else { "+" };
            format!("{} {sign}{}", lang.pick("升降级", "notch"), notch.unsigned_abs())
        }
        _ => lang.pick("不予评级", "unrated").to_owned(),
    }
}

/// The kind of an outcome.
pub(super) fn kind(kind: &str, lang: Lang) -> &str {
    match (lang, kind) {
        (Lang::Zh, "entitlement") => "激励",
        (Lang::Zh, "sanction") => "惩戒",
        (Lang::Zh, "alert") => "预警",
        (Lang::Zh, "listing") => "名单",
        (Lang::Zh, "product") => "产品",
        _ => kind,
    }
}

/// What is wrong with a value, by the word in a decision.
pub(super) fn fault(kind: &str, lang: Lang) -> &str {
    match kind {
        "wrong_code" => lang.pick("统一社会信用代码有误", "the code is wrong"),
        "required_missing" => lang.pick("必填项缺失", "required, but missing"),
        "not_a_number" => lang.pick("不是数字", "not a number"),
        "too_many_digits" => lang.pick("小数位过多", "too many digits"),
        "out_of_range" => lang.pick("超出取值范围", "out of range"),
        "not_a_date" => lang.pick("不是日期", "not a date"),
        "not_a_flag" => lang.pick("不是是/否", "not yes or no"),
        "unknown_member" => lang.pick("未知类别", "unknown member"),
        "wrong_type" => lang.pick("类型不符", "wrong type"),
        "unknown_fact" => lang.pick("未知事实", "unknown fact"),
        "too_many_events" => lang.pick("记录过多", "too many events"),
        "script" => lang.pick("函数出错", "the function failed"),
        other => other,
    }
}

/// A number with its sign.
pub(super) fn signed(number: Decimal) -> String {
    if number.is_sign_negative() { format!("−{}", number.abs()) } else { format!("+{number}") }
}

/// A share in thousandths.
pub(super) fn thousandths(part: Decimal, whole: Decimal) -> i128 {
    let share = part.checked_mul(Decimal::ONE_THOUSAND).and_then(|p| p.checked_div(whole));
    share.and_then(|s| s.to_i128()).unwrap_or(0)
}

/// The value of a line as people write it: labels of members, yes and no, digits in groups of three.
pub(super) fn value(loaded: &Loaded, rule: &Characteristic, line: &CharacteristicPoints, lang: Lang) -> String {
    if line.missing {
        return lang.pick("缺失", "missing").to_owned();
    }
    let Some(plain) = &line.value else { return String::new() };
    let parts: Vec<&str> = if rule.values.len() > 1 { plain.split(" / ").collect() } else { vec![plain] };
    let arena = &loaded.rulebook.typed().arena;
    let shown = parts.iter().zip(&rule.values).map(|(part, node)| {
        let node = arena.node(*node);
        match (&node.ty, &node.op) {
            (Type::Flag, _) => lang.pick(yes(part, "是", "否"), yes(part, "yes", "no")).to_owned(),
            (Type::Number(_), _) => grouped(part),
            (Type::Category(category), Op::Fact(fact)) => {
                member(loaded, *fact, *category, part, lang).unwrap_or_else(|| (*part).to_owned())
            }
            _ => (*part).to_owned(),
        }
    });
    shown.collect::<Vec<_>>().join(" / ")
}

fn yes<'a>(plain: &str, yes: &'a str, no: &'a str) -> &'a str {
    if plain == "true" { yes } else { no }
}

fn member(loaded: &Loaded, fact: u32, category: u32, plain: &str, lang: Lang) -> Option<String> {
    let fact = loaded.rulebook.typed().facts.get(usize::try_from(fact).ok()?)?;
    let FactKind::Value(value) = &fact.kind else { return None };
    let at = loaded.rulebook.dictionary().members(category)?.index(plain)?;
    Some(value.labels.get(usize::try_from(at).ok()?)?.text(lang.code()).to_owned())
}

/// Digits before the point in groups of three.
pub(super) fn grouped(number: &str) -> String {
    let (sign, digits) = number.strip_prefix('-').map_or(("", number), |rest| ("−", rest));
    let (whole, fraction) = digits.split_once('.').map_or((digits, None), |(w, f)| (w, Some(f)));
    let mut text = sign.to_owned();
    for (at, digit) in whole.chars().enumerate() {
        if at > 0 && (whole.len() - at) % 3 == 0 {
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
