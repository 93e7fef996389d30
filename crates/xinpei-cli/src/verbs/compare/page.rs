//! A comparison as a page for people.

use std::cmp::Reverse;
use std::fmt::Write;

use rust_decimal::Decimal;
use xinpei::{Label, Rulebook};
use xinpei_assure::compare::{Count, PointShift, ShiftKind, Standing};
use xinpei_assure::words::{number, signed};
use xinpei_assure::{Moved, Report};

use crate::columns::{Columns, safe};
use crate::output::Context;

/// How many shifts of an enterprise are told.
const SHIFTS: usize = 4;

/// What a page is made of.
pub(super) struct Page<'a> {
    pub(super) context: &'a Context,
    pub(super) report: &'a Report,
    pub(super) moves: &'a [Moved],
    /// Names of the enterprises of `moves`.
    pub(super) names: &'a [String],
    pub(super) new: &'a Rulebook,
    pub(super) rejects: usize,
}

impl Page<'_> {
    pub(super) fn render(&self) -> String {
        let report = self.report;
        let mut text = String::new();
        let (old, new) = (&report.old, &report.new);
        let name = if old.id == new.id { String::new() } else { format!("{} ", new.id) };
        let title = new.title.text(self.context.lang.code());
        let _ = writeln!(text, "{} {} → {name}{}  {title}\n", old.id, old.version, new.version);
        self.counts(&mut text);
        if report.changed == 0 {
            return text;
        }
        self.matrix(&mut text);
        self.score(&mut text);
        let pick = |zh, en| self.context.lang.pick(zh, en);
        self.points(&mut text, pick("指标得分变动", "characteristics"), &report.characteristics);
        self.points(
            &mut text,
            pick("部分得分变动（封顶、托底之后）", "sections, after floor and cap"),
            &report.sections,
        );
        self.holds(&mut text, pick("特别规定", "overrides"), &report.overrides);
        self.holds(&mut text, pick("应用措施", "outcomes"), &report.outcomes);
        self.enterprises(&mut text);
        text
    }

    fn label(&self, label: &Label) -> String {
        safe(label.text(self.context.lang.code()))
    }

    fn heading(&self, text: &mut String, words: &str) {
        let _ = writeln!(text, "\n{}", self.context.bold(words));
    }

    fn counts(&self, text: &mut String) {
        let report = self.report;
        let lang = self.context.lang;
        let pick = |zh, en| lang.pick(zh, en);
        let mut table = Columns::default().right(&[1, 2]);
        let share = |part: u64| permille(part, report.rows);
        table.row([pick("企业", "enterprises").to_owned(), report.rows.to_string()]);
        let mut row = |label: &str, rows: u64| table.row([format!("  {label}"), rows.to_string(), share(rows)]);
        row(pick("结果完全不变", "nothing changes"), report.rows - report.changed);
        row(pick("有变化", "something changes"), report.changed);
        row(pick("等级或状态改变", "another grade or status"), report.moved);
        row(pick("  升级", "  a better grade"), report.better);
        row(pick("  降级", "  a worse grade"), report.worse);
        text.push_str(&table.render(self.context.width));
        if self.rejects > 0 {
            let rows = self.rejects;
            let _ = match lang.code() {
                "zh" => writeln!(text, "另有 {rows} 行被拒收，未参与比较"),
                _ if rows == 1 => writeln!(text, "1 more row was rejected and not compared"),
                _ => writeln!(text, "{rows} more rows were rejected and not compared"),
            };
        }
    }

    fn name<'a>(&self, name: &'a str) -> &'a str {
        match name {
            "unrated" => self.context.lang.pick("不予评级", "unrated"),
            "refer" => self.context.lang.pick("转人工", "refer"),
            grade => grade,
        }
    }

    /// From which grade to which; rows and columns without anybody are left out.
    fn matrix(&self, text: &mut String) {
        let matrix = &self.report.matrix;
        let pick = |zh, en| self.context.lang.pick(zh, en);
        self.heading(text, pick("等级迁移（行：原等级；列：新等级）", "grades (rows: before; columns: after)"));
        let sum = |column: usize| matrix.counts.iter().filter_map(|cells| cells.get(column)).sum::<u64>();
        let columns: Vec<usize> = (0..matrix.new.len()).filter(|column| sum(*column) > 0).collect();
        let right: Vec<usize> = (1..columns.len() + 2).collect();
        let mut table = Columns::indented(2).right(&right);
        let head = columns.iter().filter_map(|c| matrix.new.get(*c)).map(|name| self.name(name));
        let total = pick("合计", "total");
        table.row([""].into_iter().chain(head).chain([total]));
        for (name, cells) in matrix.old.iter().zip(&matrix.counts) {
            let all: u64 = cells.iter().sum();
            if all == 0 {
                continue;
            }
            let cell = |column: &usize| match cells.get(*column) {
                None | Some(0) => "·".to_owned(),
                Some(rows) => rows.to_string(),
            };
            let mut row = vec![self.name(name).to_owned()];
            row.extend(columns.iter().map(cell));
            row.push(all.to_string());
            table.row(row);
        }
        let mut last = vec![total.to_owned()];
        last.extend(columns.iter().map(|column| sum(*column).to_string()));
        last.push(self.report.rows.to_string());
        table.row(last);
        text.push_str(&table.render(self.context.width));
    }

    fn score(&self, text: &mut String) {
        let score = &self.report.score;
        let pick = |zh, en| self.context.lang.pick(zh, en);
        self.heading(text, pick("得分变动", "scores"));
        let mut table = Columns::indented(2);
        let sums = format!("{} → {} ({})", number(score.old_sum), number(score.new_sum), signed(score.sum));
        table.row([pick("得分合计", "sum of all scores").to_owned(), sums]);
        let counts = match self.context.lang.code() {
            "zh" => format!("升 {}，降 {}，不变 {}", score.up, score.down, score.rows - score.up - score.down),
            _ => format!("{} up, {} down, {} the same", score.up, score.down, score.rows - score.up - score.down),
        };
        table.row([pick("企业", "enterprises").to_owned(), counts]);
        let quantiles: Vec<String> = score
            .quantiles
            .iter()
            .map(|q| match q.percent {
                0 => format!("{}: {}", pick("最小", "least"), signed(q.shift)),
                100 => format!("{}: {}", pick("最大", "most"), signed(q.shift)),
                50 => format!("{}: {}", pick("中位", "median"), signed(q.shift)),
                percent => format!("{percent} %: {}", signed(q.shift)),
            })
            .collect();
        table.row([pick("变动的分位", "shift").to_owned(), quantiles.join("   ")]);
        text.push_str(&table.render(None));
    }

    fn points(&self, text: &mut String, words: &str, all: &[PointShift]) {
        let mut list: Vec<&PointShift> = all.iter().filter(|shift| shift.up + shift.down > 0).collect();
        if list.is_empty() {
            return;
        }
        // The heaviest first; of equal ones the first in the rulebook.
        list.sort_by_key(|shift| Reverse(shift.sum.abs()));
        let pick = |zh, en| self.context.lang.pick(zh, en);
        self.heading(text, words);
        let mut table = Columns::indented(2).right(&[2, 3, 4]);
        table.row(["", "", pick("升", "up"), pick("降", "down"), pick("合计", "sum")]);
        for shift in list {
            let cells = [shift.id.clone(), self.label(&shift.label)];
            table.row(cells.into_iter().chain([shift.up.to_string(), shift.down.to_string(), signed(shift.sum)]));
        }
        text.push_str(&table.render(self.context.width));
    }

    fn holds(&self, text: &mut String, words: &str, all: &[Count]) {
        let list: Vec<&Count> = all.iter().filter(|c| c.gained + c.lost + c.changed > 0).collect();
        if list.is_empty() {
            return;
        }
        let pick = |zh, en| self.context.lang.pick(zh, en);
        self.heading(text, words);
        let money = list.iter().any(|c| c.old_amount != c.new_amount);
        let mut table = Columns::indented(2).right(&[2, 3, 4, 5, 6, 7, 8]);
        let head = ["", "", pick("原", "before"), pick("新", "after"), pick("增", "gained"), pick("减", "lost")];
        let more = [pick("另期限或金额变动", "other date or amount")];
        let amounts = [pick("金额变动", "amount")];
        let dated = list.iter().any(|c| c.changed > 0);
        let head = head.into_iter().chain(more.into_iter().filter(|_| dated));
        table.row(head.chain(amounts.into_iter().filter(|_| money)));
        for count in list {
            let numbers = [count.old, count.new, count.gained, count.lost].map(|n| n.to_string());
            let cells = [count.id.clone(), self.label(&count.label)].into_iter().chain(numbers);
            let cells = cells.chain(dated.then(|| count.changed.to_string()));
            let shift = count.new_amount - count.old_amount;
            let amount = if shift == Decimal::ZERO { String::new() } else { signed(shift) };
            table.row(cells.chain(money.then_some(amount)));
        }
        text.push_str(&table.render(self.context.width));
    }

    fn standing(&self, standing: &Standing) -> String {
        let score = standing.score.map_or_else(|| "–".to_owned(), number);
        match standing.status {
            "rated" => format!("{} {score}", standing.grade.as_deref().unwrap_or("–")),
            other => format!("{} {score}", self.name(other)),
        }
    }

    /// Enterprises that moved, and what moved them.
    fn enterprises(&self, text: &mut String) {
        if self.moves.is_empty() {
            return;
        }
        let pick = |zh, en| self.context.lang.pick(zh, en);
        self.heading(text, pick("等级或状态改变的企业", "enterprises with another grade or status"));
        let mut table = Columns::indented(2);
        for (moved, name) in self.moves.iter().zip(self.names) {
            let step = format!("{} → {}", self.standing(&moved.old), self.standing(&moved.new));
            table.row([safe(&moved.enterprise), safe(name), step, self.why(moved).join(pick("；", "; "))]);
        }
        text.push_str(&table.render(self.context.width));
        let told = u64::try_from(self.moves.len()).unwrap_or(u64::MAX);
        if told < self.report.moved {
            let more = self.report.moved - told;
            let _ = match self.context.lang.code() {
                "zh" => writeln!(text, "  另有 {more} 家；--moved {} 全部列出", self.report.moved),
                _ => writeln!(text, "  and {more} more; --moved {} tells them all", self.report.moved),
            };
        }
    }

    fn why(&self, moved: &Moved) -> Vec<String> {
        let typed = self.new.typed();
        let mut shifts: Vec<_> = moved.shifts.iter().collect();
        shifts.sort_by_key(|shift| Reverse(shift.shift.abs()));
        let pick = |zh, en| self.context.lang.pick(zh, en);
        let lang = self.context.lang.code();
        let mut all: Vec<String> = shifts
            .iter()
            .take(SHIFTS)
            .map(|shift| {
                let label = match shift.kind {
                    ShiftKind::Characteristic => {
                        let found = typed.characteristics.iter().find(|c| c.id == shift.id);
                        found.map_or_else(|| shift.id.clone(), |c| c.label.text(lang).to_owned())
                    }
                    ShiftKind::Limit => {
                        let found = typed.sections.iter().find(|s| s.id == shift.id);
                        let name = found.map_or_else(|| shift.id.clone(), |s| s.label.text(lang).to_owned());
                        format!("{}{name}", pick("封顶托底：", "limits of "))
                    }
                    ShiftKind::Rounding => pick("取舍", "rounding").to_owned(),
                };
                format!("{label} {}", signed(shift.shift))
            })
            .collect();
        if shifts.len() > SHIFTS {
            all.push(match lang {
                "zh" => format!("另 {} 项", shifts.len() - SHIFTS),
                _ => format!("{} more", shifts.len() - SHIFTS),
            });
        }
        let rule = |id: &String| {
            let found = typed.overrides.iter().find(|o| o.id == *id);
            found.map_or_else(|| id.clone(), |o| o.label.text(lang).to_owned())
        };
        all.extend(moved.overrides_gained.iter().map(|id| format!("+ {}", rule(id))));
        all.extend(moved.overrides_lost.iter().map(|id| format!("− {}", rule(id))));
        all.iter().map(|text| safe(text)).collect()
    }
}

/// A share in per cent with one digit, half up.
fn permille(part: u64, whole: u64) -> String {
    if whole == 0 {
        return String::new();
    }
    let (part, whole) = (u128::from(part), u128::from(whole));
    let tenths = (part * 2000 + whole) / (whole * 2);
    format!("{}.{} %", tenths / 10, tenths % 10)
}
