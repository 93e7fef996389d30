//! A shortlist as a page of text.

use std::collections::BTreeMap;
use std::fmt::Write;

use rust_decimal::Decimal;
use xinpei::check::typed::Rule;
use xinpei::decimal;
use xinpei::explain::words::Noun;
use xinpei_cultivate::money;

use super::result::{Ready, Record};
use crate::columns::{Columns, safe};
use crate::page::Page;
use crate::zone::yuan;

impl Page<'_, Record> {
    /// The page.
    pub(super) fn render(&self) -> String {
        let mut text = String::new();
        self.header(&mut text);
        self.chosen(&mut text);
        self.left(&mut text);
        self.none(&mut text);
        self.refused(&mut text);
        self.others(&mut text);
        text
    }

    fn header(&self, text: &mut String) {
        let record = self.record;
        let typed = self.rulebook.typed();
        let lang = self.context.lang.code();
        let title = format!("{} {}", safe(typed.manifest.title.text(lang)), self.rulebook.version());
        let _ = writeln!(text, "{}", self.context.bold(&title));
        let tier = typed.tiers.iter().flat_map(|t| &t.tiers).find(|t| t.id == record.line);
        let line = match tier {
            Some(tier) => format!("{} {} ({})", safe(&tier.id), safe(tier.label.text(lang)), record.grade),
            None => record.grade.clone(),
        };
        let none = || self.say("不限", "no bound").to_owned();
        let budget = record.budget.as_deref().map_or_else(none, yuan);
        let capacity = record.capacity.map_or_else(none, |c| c.to_string());
        let _ = writeln!(
            text,
            "{} {} · {} {line} · {} {budget} · {} {capacity}",
            self.say("培植起始日", "cultivation from"),
            record.head.as_of,
            self.say("准入线", "admission line"),
            self.say("预算（元）", "budget CNY"),
            self.say("可培植户数", "capacity"),
        );
        let c = &record.counts;
        let ready = c.chosen + c.left;
        let sentence = match (self.context.lang.code() == "zh", record.by == "credit") {
            (true, false) => format!(
                "{} 户中 {} 户已达准入线；{ready} 户有方案可达，选出 {} 户，共需 {} 元。在此预算和户数内，没有别的选法能让更多企业达到准入线。",
                c.enterprises,
                c.reached,
                c.chosen,
                yuan(&record.cost)
            ),
            (false, false) => format!(
                "Of {} enterprises {} have reached the line. A plan leads {ready} there; {} are chosen, for CNY {} together. Within these means no choice brings more of them there.",
                c.enterprises,
                c.reached,
                c.chosen,
                yuan(&record.cost)
            ),
            (true, true) => format!(
                "{} 户中 {} 户已达准入线；{ready} 户有方案可达，选出 {} 户，共需 {} 元，可获授信 {} 元。{}",
                c.enterprises,
                c.reached,
                c.chosen,
                yuan(&record.cost),
                yuan(&record.credit),
                self.bound()
            ),
            (false, true) => format!(
                "Of {} enterprises {} have reached the line. A plan leads {ready} there; {} are chosen, for CNY {} together, and CNY {} of credit become possible. {}",
                c.enterprises,
                c.reached,
                c.chosen,
                yuan(&record.cost),
                yuan(&record.credit),
                self.bound()
            ),
        };
        let _ = writeln!(text, "\n{}", self.context.bold(&sentence));
    }

    fn bound(&self) -> String {
        match (&self.record.bound, self.context.lang.code() == "zh") {
            (None, true) => "没有更多授信的选法。".to_owned(),
            (None, false) => "No choice brings more.".to_owned(),
            (Some(bound), true) => format!("搜索达到上限，至多可达 {} 元。", yuan(bound)),
            (Some(bound), false) => {
                format!("The search was stopped at its limit; at most CNY {} are possible.", yuan(bound))
            }
        }
    }

    fn table(&self, list: &[Ready], running: bool, text: &mut String) {
        let mut columns = Columns::indented(2).right(&[0, 3, 5, 6, 7]);
        let mut head = vec!["#", self.noun(Noun::Enterprise), self.noun(Noun::Tier), self.noun(Noun::Score)];
        head.extend([self.noun(Noun::Grade), self.say("费用（元）", "cost CNY")]);
        head.push(if running { self.say("累计", "running") } else { self.say("差额", "short by") });
        head.extend([self.say("月", "months"), self.context.lang.nouns(Noun::Measure)]);
        columns.row(head);
        let mut sum = Decimal::ZERO;
        for (at, one) in list.iter().enumerate() {
            sum += decimal::parse(&one.cost).unwrap_or_default();
            let after = one.result.1.as_deref().unwrap_or("—");
            let short = one.short.as_deref().map_or_else(|| self.say("名额", "capacity").to_owned(), yuan);
            let star = if one.cheapest { "" } else { "*" };
            columns.row([
                (at + 1).to_string(),
                one.firm.shown(),
                one.tier.clone(),
                one.score.clone().unwrap_or_else(|| "—".to_owned()),
                format!("{} → {after}", one.grade),
                format!("{}{star}", yuan(&one.cost)),
                if running { money(sum) } else { short },
                one.months.to_string(),
                self.measures(&one.measures),
            ]);
        }
        text.push_str(&columns.render(self.context.width));
        if list.iter().any(|one| !one.cheapest) {
            let _ = writeln!(
                text,
                "  {}",
                self.say(
                    "* 搜索达到上限，可能有更省的方案",
                    "* the search was stopped at its limit; a cheaper plan may exist"
                )
            );
        }
    }

    fn measures(&self, ids: &[String]) -> String {
        if ids.is_empty() {
            return self.say("等待", "waiting").to_owned();
        }
        let lang = self.context.lang.code();
        let measures = &self.rulebook.typed().measures;
        let name = |id: &String| {
            measures.iter().find(|m| m.id == *id).map_or_else(|| id.clone(), |m| m.label.text(lang).to_owned())
        };
        ids.iter().map(name).collect::<Vec<_>>().join(self.say("；", "; "))
    }

    fn chosen(&self, text: &mut String) {
        if !self.record.chosen.is_empty() {
            self.counted(("培植名单", "The shortlist"), self.record.chosen.len(), text);
            self.table(&self.record.chosen, true, text);
        }
    }

    fn left(&self, text: &mut String) {
        let left = &self.record.left;
        if left.is_empty() {
            return;
        }
        self.counted(("有方案而未入选", "Left out, though a plan leads to the line"), left.len(), text);
        self.table(left.get(..self.shown.min(left.len())).unwrap_or_default(), false, text);
        self.more(left.len(), "条", text);
    }

    fn none(&self, text: &mut String) {
        let none = &self.record.none;
        if none.is_empty() {
            return;
        }
        self.counted(
            ("没有方案可达准入线，差距小者在前", "No plan leads to the line, the nearest first"),
            none.len(),
            text,
        );
        let lang = self.context.lang.code();
        let overrides = &self.rulebook.typed().overrides;
        let mut columns = Columns::indented(2).right(&[1]);
        for one in none.iter().take(self.shown) {
            let mut why: Vec<String> = Vec::new();
            if let Some((needed, attainable, short)) = &one.points {
                why.push(match lang {
                    "zh" => format!("需要 {needed} 分，最多可得 {attainable} 分，差 {short} 分"),
                    _ => format!("{needed} points needed, {attainable} attainable at most, {short} short"),
                });
            }
            let label = |id: &String| overrides.iter().find(|o| o.id == *id).map(|o| o.label.text(lang).to_owned());
            why.extend(one.blocked.iter().filter_map(label));
            if why.is_empty() {
                why.push(self.say("任何一组措施都不能同时满足", "no set of measures has all at once").to_owned());
            }
            let score = one.score.clone().unwrap_or_else(|| "—".to_owned());
            columns.row([one.firm.shown(), score, one.grade.clone(), safe(&why.join(self.say("；", "; ")))]);
        }
        text.push_str(&columns.render(self.context.width));
        self.more(none.len(), "条", text);
    }

    fn refused(&self, text: &mut String) {
        let refused = &self.record.refused;
        if refused.is_empty() {
            return;
        }
        self.counted(("未达准入线且不符合培植条件", "Below the line and not taken in"), refused.len(), text);
        let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
        for id in refused.iter().flat_map(|r| r.unmet.iter().chain(&r.barred)) {
            *counts.entry(id).or_default() += 1;
        }
        let mut columns = Columns::indented(2).right(&[1]);
        let lang = self.context.lang.code();
        let tiers = self.rulebook.typed().tiers.iter();
        let lists: Vec<(&Rule, bool)> = tiers
            .flat_map(|t| t.selection.iter().map(|r| (r, true)).chain(t.bars.iter().map(|r| (r, false))))
            .collect();
        for (rule, selection) in lists {
            if let Some(count) = counts.get(rule.id.as_str()) {
                let what = if selection { self.say("不满足", "not met") } else { self.say("排除", "barred by") };
                columns.row([what.to_owned(), count.to_string(), safe(rule.label.text(lang))]);
            }
        }
        text.push_str(&columns.render(self.context.width));
        let _ = writeln!(
            text,
            "  {}",
            self.say(
                "一户可有几项原因；逐户见 --format json",
                "one enterprise may have several reasons; each with --format json"
            )
        );
    }

    fn others(&self, text: &mut String) {
        let c = &self.record.counts;
        for (count, zh, en) in [
            (
                c.undecided,
                "户搜索达到上限，尚无结论；可加大 --node-limit",
                "undecided at the limit of the search; raise --node-limit",
            ),
            (c.refer, "户数据有误，须先由人工核实", "with faults in their data, which a person must look at first"),
            (c.rejects, "行被拒收", "rows were rejected"),
        ] {
            if count > 0 {
                let _ = writeln!(text, "\n{count} {}", self.say(zh, en));
            }
        }
    }
}
