//! A comparison as tables for people, in one language: the same words on a terminal and in a notebook.

use std::cmp::Reverse;

use rust_decimal::Decimal;
use xinpei::Label;
use xinpei::check::typed::Typed;
use xinpei::explain::decision::Status;
use xinpei::explain::words::{self, Noun, percent};

use super::{Count, Moved, PointShift, Report, ShiftKind, Standing};
use crate::words::{number, signed};

/// How many shifts of an enterprise are told.
const SHIFTS: usize = 4;

/// A table of a page. All texts are plain, and some come from the data.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Sheet {
    /// What stands above it; empty for the first one.
    pub title: String,
    /// The names of the columns; empty where they need none.
    pub head: Vec<String>,
    /// The rows.
    pub rows: Vec<Vec<String>>,
    /// The columns that hold numbers.
    pub right: Vec<usize>,
    /// Whether its cells are sentences, which a narrow screen must not cut.
    pub long: bool,
}

/// The words of one language, and what they are about.
struct Page<'a> {
    report: &'a Report,
    new: &'a Typed,
    zh: bool,
}

/// The line above a comparison: which rulebooks.
#[must_use]
pub fn title(report: &Report, language: &str) -> String {
    let (old, new) = (&report.old, &report.new);
    let name = if old.id == new.id { String::new() } else { format!("{} ", new.id) };
    format!("{} {} → {name}{}  {}", old.id, old.version, new.version, new.title.text(language))
}

/// The tables of a comparison with the rules after, in `zh` or `en`: counts, grades, scores,
/// characteristics, sections, overrides, outcomes; those where nothing changed are left out.
#[must_use]
pub fn sheets(report: &Report, new: &Typed, language: &str) -> Vec<Sheet> {
    let page = Page { report, new, zh: language == "zh" };
    let mut all = vec![page.counts()];
    if report.changed > 0 {
        let pick = |zh, en| page.pick(zh, en);
        all.extend([page.matrix(), page.score()]);
        all.extend(page.points(pick("指标得分变动", "characteristics"), &report.characteristics));
        let sections = pick("部分得分变动（按上限、下限取值之后）", "sections, after floor and cap");
        all.extend(page.points(sections, &report.sections));
        all.extend(page.holds(Noun::Override.many(language), &report.overrides));
        all.extend(page.holds(Noun::Outcome.many(language), &report.outcomes));
    }
    all
}

/// Enterprises that moved, their names, and what moved them.
#[must_use]
pub fn enterprises(report: &Report, moves: &[Moved], names: &[String], new: &Typed, language: &str) -> Option<Sheet> {
    let page = Page { report, new, zh: language == "zh" };
    let rows = moves.iter().zip(names).map(|(moved, name)| {
        let step = format!("{} → {}", page.standing(&moved.old), page.standing(&moved.new));
        vec![moved.enterprise.clone(), name.clone(), step, page.why(moved).join(page.pick("；", "; "))]
    });
    let title = page.pick("等级或状态改变的企业", "enterprises with another grade or status");
    let rows: Vec<Vec<String>> = rows.collect();
    (!rows.is_empty()).then(|| Sheet { title: title.to_owned(), rows, ..Sheet::default() })
}

/// Where an enterprise stands, and its score.
#[must_use]
pub fn standing(standing: &Standing, language: &str) -> String {
    let score = standing.score.map_or_else(|| "–".to_owned(), number);
    match standing.status {
        "rated" => format!("{} {score}", standing.grade.as_deref().unwrap_or("–")),
        other => format!("{} {score}", name(other, language)),
    }
}

/// A grade, or a status that is none.
fn name<'a>(name: &'a str, language: &str) -> &'a str {
    let known = [Status::Unrated, Status::Refer].into_iter().find(|known| known.word() == name);
    known.map_or(name, |known| words::status(known, language))
}

impl Page<'_> {
    const fn pick<'a>(&self, zh: &'a str, en: &'a str) -> &'a str {
        if self.zh { zh } else { en }
    }

    const fn language(&self) -> &'static str {
        if self.zh { "zh" } else { "en" }
    }

    fn label(&self, label: &Label) -> String {
        label.text(self.language()).to_owned()
    }

    fn standing(&self, of: &Standing) -> String {
        standing(of, self.language())
    }

    fn counts(&self) -> Sheet {
        let report = self.report;
        let mut rows = vec![vec![self.pick("企业", "enterprises").to_owned(), report.rows.to_string()]];
        let mut row = |label: &str, part: u64| {
            let share = if report.rows == 0 { String::new() } else { percent(part, report.rows) };
            rows.push(vec![format!("  {label}"), part.to_string(), share]);
        };
        row(self.pick("结果完全不变", "nothing changes"), report.rows - report.changed);
        row(self.pick("有变化", "something changes"), report.changed);
        row(self.pick("等级或状态改变", "another grade or status"), report.moved);
        row(self.pick("  等级上升", "  a better grade"), report.better);
        row(self.pick("  等级下降", "  a worse grade"), report.worse);
        Sheet { rows, right: vec![1, 2], ..Sheet::default() }
    }

    /// From which grade to which; rows and columns without anybody are left out.
    fn matrix(&self) -> Sheet {
        let matrix = &self.report.matrix;
        let sum = |column: usize| matrix.counts.iter().filter_map(|cells| cells.get(column)).sum::<u64>();
        let columns: Vec<usize> = (0..matrix.new.len()).filter(|column| sum(*column) > 0).collect();
        let total = self.pick("合计", "total");
        let named = |at: &usize| matrix.new.get(*at).map(|grade| name(grade, self.language()));
        let head = [""].into_iter().chain(columns.iter().filter_map(named)).chain([total]);
        let mut rows = Vec::new();
        for (grade, cells) in matrix.old.iter().zip(&matrix.counts) {
            let all: u64 = cells.iter().sum();
            if all == 0 {
                continue;
            }
            let cell = |column: &usize| match cells.get(*column) {
                None | Some(0) => "·".to_owned(),
                Some(rows) => rows.to_string(),
            };
            let mut row = vec![name(grade, self.language()).to_owned()];
            row.extend(columns.iter().map(cell));
            row.push(all.to_string());
            rows.push(row);
        }
        let mut last = vec![total.to_owned()];
        last.extend(columns.iter().map(|column| sum(*column).to_string()));
        last.push(self.report.rows.to_string());
        rows.push(last);
        Sheet {
            title: self.pick("等级迁移（行：原等级；列：新等级）", "grades (rows: before; columns: after)").to_owned(),
            head: head.map(str::to_owned).collect(),
            rows,
            right: (1..columns.len() + 2).collect(),
            long: false,
        }
    }

    fn score(&self) -> Sheet {
        let score = &self.report.score;
        let sums = format!("{} → {} ({})", number(score.old_sum), number(score.new_sum), signed(score.sum));
        let (up, down, same) = (score.up, score.down, score.rows - score.up - score.down);
        let counts = if self.zh {
            format!("升 {up}，降 {down}，不变 {same}")
        } else {
            format!("{up} up, {down} down, {same} the same")
        };
        let quantile = |percent: u32| match percent {
            0 => self.pick("最小", "least").to_owned(),
            100 => self.pick("最大", "most").to_owned(),
            50 => self.pick("中位", "median").to_owned(),
            percent => format!("{percent} %"),
        };
        let quantiles: Vec<String> =
            score.quantiles.iter().map(|q| format!("{}: {}", quantile(q.percent), signed(q.shift))).collect();
        let rows = [
            (self.pick("得分合计", "sum of all scores"), sums),
            (self.pick("企业", "enterprises"), counts),
            (self.pick("变动的分位", "shift"), quantiles.join("   ")),
        ];
        Sheet {
            title: self.pick("得分变动", "scores").to_owned(),
            rows: rows.into_iter().map(|(noun, text)| vec![noun.to_owned(), text]).collect(),
            long: true,
            ..Sheet::default()
        }
    }

    fn points(&self, title: &str, all: &[PointShift]) -> Option<Sheet> {
        let mut list: Vec<&PointShift> = all.iter().filter(|shift| shift.up + shift.down > 0).collect();
        // The heaviest first; of equal ones the first in the rulebook.
        list.sort_by_key(|shift| Reverse(shift.sum.abs()));
        let head = ["", "", self.pick("升", "up"), self.pick("降", "down"), self.pick("合计", "sum")];
        let row = |shift: &&PointShift| {
            let label = self.label(&shift.label);
            vec![shift.id.clone(), label, shift.up.to_string(), shift.down.to_string(), signed(shift.sum)]
        };
        (!list.is_empty()).then(|| Sheet {
            title: title.to_owned(),
            head: head.map(str::to_owned).to_vec(),
            rows: list.iter().map(row).collect(),
            right: vec![2, 3, 4],
            long: false,
        })
    }

    fn holds(&self, title: &str, all: &[Count]) -> Option<Sheet> {
        let list: Vec<&Count> = all.iter().filter(|c| c.gained + c.lost + c.changed > 0).collect();
        let money = list.iter().any(|c| c.old_amount != c.new_amount);
        let dated = list.iter().any(|c| c.changed > 0);
        let pick = |zh, en| self.pick(zh, en);
        let mut head =
            vec!["", "", pick("原", "before"), pick("新", "after"), pick("增", "gained"), pick("减", "lost")];
        head.extend(dated.then(|| pick("另期限或金额变动", "other date or amount")));
        head.extend(money.then(|| pick("金额变动", "amount")));
        let row = |count: &&Count| {
            let mut cells = vec![count.id.clone(), self.label(&count.label)];
            cells.extend([count.old, count.new, count.gained, count.lost].map(|n| n.to_string()));
            cells.extend(dated.then(|| count.changed.to_string()));
            let shift = count.new_amount - count.old_amount;
            let amount = if shift == Decimal::ZERO { String::new() } else { signed(shift) };
            cells.extend(money.then_some(amount));
            cells
        };
        (!list.is_empty()).then(|| Sheet {
            title: title.to_owned(),
            right: (2..head.len()).collect(),
            head: head.into_iter().map(str::to_owned).collect(),
            rows: list.iter().map(row).collect(),
            long: false,
        })
    }

    /// What moved an enterprise: the largest shifts, then overrides.
    fn why(&self, moved: &Moved) -> Vec<String> {
        let language = self.language();
        let mut shifts: Vec<_> = moved.shifts.iter().collect();
        shifts.sort_by_key(|shift| Reverse(shift.shift.abs()));
        let mut all: Vec<String> = shifts
            .iter()
            .take(SHIFTS)
            .map(|shift| format!("{} {}", noun(shift.kind, &shift.id, self.new, language), signed(shift.shift)))
            .collect();
        if shifts.len() > SHIFTS {
            let more = shifts.len() - SHIFTS;
            all.push(if self.zh { format!("另 {more} 项") } else { format!("{more} more") });
        }
        let rule = |id: &String| {
            let found = self.new.overrides.iter().find(|o| o.id == *id);
            found.map_or_else(|| id.clone(), |o| self.label(&o.label))
        };
        all.extend(moved.overrides_gained.iter().map(|id| format!("+ {}", rule(id))));
        all.extend(moved.overrides_lost.iter().map(|id| format!("− {}", rule(id))));
        all
    }
}

/// What a shift comes from, by the labels of the rules after.
#[must_use]
pub fn noun(kind: ShiftKind, id: &str, new: &Typed, language: &str) -> String {
    let pick = |zh: &'static str, en: &'static str| if language == "zh" { zh } else { en };
    let said = |label: Option<&Label>| label.map_or_else(|| id.to_owned(), |label| label.text(language).to_owned());
    match kind {
        ShiftKind::Characteristic => said(new.characteristics.iter().find(|c| c.id == id).map(|c| &c.label)),
        ShiftKind::Limit => {
            let section = said(new.sections.iter().find(|s| s.id == id).map(|s| &s.label));
            format!("{}{section}", pick("上限、下限：", "limits of "))
        }
        ShiftKind::Rounding => Noun::Rounding.one(language).to_owned(),
    }
}
