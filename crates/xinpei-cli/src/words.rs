//! The words of a decision in both languages.

use console::Style;
use xinpei::FaultKind;
use xinpei::explain::decision::{Fired, Status};
use xinpei_tables::Notice;

use crate::language::Lang;

/// A status.
pub(crate) const fn status(status: Status, lang: Lang) -> &'static str {
    match status {
        Status::Rated => lang.pick("已评级", "rated"),
        Status::Unrated => lang.pick("不予评级", "unrated"),
        Status::Refer => lang.pick("转人工", "refer"),
    }
}

/// The style of a status.
pub(crate) fn style(status: Status) -> Style {
    match status {
        Status::Rated => Style::new(),
        Status::Unrated => Style::new().dim(),
        Status::Refer => Style::new().yellow(),
    }
}

/// What an override does.
pub(crate) fn effect(fired: &Fired, lang: Lang) -> String {
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
pub(crate) fn kind(kind: &str, lang: Lang) -> &str {
    match (lang, kind) {
        (Lang::Zh, "entitlement") => "激励",
        (Lang::Zh, "sanction") => "惩戒",
        (Lang::Zh, "alert") => "预警",
        (Lang::Zh, "listing") => "名单",
        (Lang::Zh, "product") => "产品",
        _ => kind,
    }
}

/// The kind of an outcome, with the severity of an alert.
pub(crate) fn graded(word: &str, severity: Option<&str>, lang: Lang) -> String {
    let severity = match severity {
        Some("high") => lang.pick("·重大", ", high"),
        Some("medium") => lang.pick("·一般", ", medium"),
        Some("low") => lang.pick("·提示", ", low"),
        _ => "",
    };
    format!("{}{severity}", kind(word, lang))
}

/// What is wrong with a value.
pub(crate) const fn fault(kind: FaultKind, lang: Lang) -> &'static str {
    match kind {
        FaultKind::WrongCode => lang.pick("统一社会信用代码有误", "the code is wrong"),
        FaultKind::RequiredMissing => lang.pick("必填项缺失", "required, but missing"),
        FaultKind::NotANumber => lang.pick("不是数字", "not a number"),
        FaultKind::TooManyDigits => lang.pick("小数位过多", "too many digits"),
        FaultKind::OutOfRange => lang.pick("超出取值范围", "out of range"),
        FaultKind::NotADate => lang.pick("不是日期", "not a date"),
        FaultKind::NotAFlag => lang.pick("不是是/否", "not yes or no"),
        FaultKind::UnknownMember => lang.pick("未知类别", "unknown member"),
        FaultKind::WrongType => lang.pick("类型不符", "wrong type"),
        FaultKind::UnknownFact => lang.pick("未知事实", "unknown fact"),
        FaultKind::TooManyEvents => lang.pick("记录过多", "too many events"),
        FaultKind::Script => lang.pick("函数出错", "the function failed"),
    }
}

/// What a reader should know about a file.
pub(crate) fn notice(notice: &Notice, lang: Lang) -> String {
    if lang == Lang::En {
        return notice.to_string();
    }
    match notice {
        Notice::Absent { file, facts } => format!("缺少文件 {file}；所有企业的下列事实未知：{}", facts.join("、")),
        Notice::Late { file, delivered, due, days, .. } => {
            format!("{file} 于 {delivered} 报送，有效至 {due}，已逾期 {days} 天")
        }
        Notice::AfterAsOf { file, delivered } => format!("{file} 于 {delivered} 报送，晚于评价日"),
        Notice::Unclaimed { file, columns } => format!("{file} 中有未使用也未忽略的列：{}", columns.join("、")),
        Notice::NoFact { file, columns } => {
            let one = |(column, near): &(String, Option<String>)| match near {
                Some(near) => format!("{column}（是否为 {near}？）"),
                None => column.clone(),
            };
            let all: Vec<String> = columns.iter().map(one).collect();
            format!("{file} 中有不是事实的列，未读取：{}", all.join("、"))
        }
    }
}
