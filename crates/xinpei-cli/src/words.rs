//! Styles and words of the command in both languages.

use console::Style;
use xinpei::explain::decision::Status;
use xinpei_tables::Notice;

use crate::language::Lang;

/// The style of a status.
pub(crate) fn style(status: Status) -> Style {
    match status {
        Status::Rated => Style::new(),
        Status::Unrated => Style::new().dim(),
        Status::Refer => Style::new().yellow(),
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
        Notice::Sheets { file, sheets } => format!("{file} 只读取第一张工作表，未读取：{}", sheets.join("、")),
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
