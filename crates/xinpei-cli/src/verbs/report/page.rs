//! The report of a zone as a page of text.

use std::fmt::Write;

use xinpei::explain::words::{self, Noun};

use super::result::{Count, Given, Growth, Listing, Record, Since};
use crate::columns::{Columns, bar, safe};
use crate::page::Page;
use crate::zone::{percent, yuan};

impl Page<'_, Record> {
    /// The page.
    pub(super) fn render(&self) -> String {
        let mut text = String::new();
        self.header(&mut text);
        self.shares(("信用等级分布", "Grades"), &self.record.grades, true, &mut text);
        self.shares(("培植层级分布", "Tiers"), &self.record.tiers, false, &mut text);
        self.cultivation(&mut text);
        self.losses(&mut text);
        self.overrides(&mut text);
        self.publicity("honest", ("诚信公示", "Public lists of the honest"), &mut text);
        self.publicity("dishonest", ("失信公示", "Public lists of the dishonest"), &mut text);
        self.departments(&mut text);
        self.products(&mut text);
        self.stale(&mut text);
        text
    }

    fn zh(&self) -> bool {
        self.context.lang.code() == "zh"
    }

    fn header(&self, text: &mut String) {
        let record = self.record;
        let manifest = &self.rulebook.typed().manifest;
        let title = match self.zh() {
            true => format!("{} 信用运行报告", self.label(&manifest.authority)),
            false => format!("Credit report of the {}", self.label(&manifest.authority)),
        };
        let _ = writeln!(text, "{}", self.context.bold(&title));
        let _ = writeln!(
            text,
            "{} {} · {} {}",
            self.label(&manifest.title),
            self.rulebook.version(),
            self.noun(Noun::AsOf),
            record.head.as_of
        );
        let n = record.enterprises;
        let mut said = match self.zh() {
            true => format!("企业 {n} 户"),
            false => format!("{n} enterprises"),
        };
        if let Some(archived) = record.archived {
            said.push_str(&match self.zh() {
                true => format!("；已建档 {archived} 户，建档率 {}（目标 100 %）", percent(archived, n)),
                false => format!("; {archived} have an archive: coverage {}, the aim is 100 %", percent(archived, n)),
            });
        }
        let _ = writeln!(text, "\n{}", self.context.bold(&said));
        for (count, zh, en) in [
            (record.unrated, "户不予评级", "are unrated"),
            (
                record.refer,
                "户数据有误，等级暂定，须人工核实",
                "have faults in their data; their grades are provisional until a person has looked",
            ),
            (record.rejects, "行被拒收，不在报告内", "rows were rejected and are not in this report"),
        ] {
            if count > 0 {
                let _ = writeln!(text, "{count} {}", self.say(zh, en));
            }
        }
    }

    /// Counts with their shares and bars.
    fn shares(&self, title: (&str, &str), list: &[Count], rated: bool, text: &mut String) {
        if list.is_empty() {
            return;
        }
        self.heading(title, text);
        let whole = self.record.enterprises;
        let mut columns = Columns::indented(2).right(&[2, 3]);
        let mut row = |id: &str, label: String, count: usize| {
            let bar = bar(count as i128, whole as i128, 40);
            columns.row([safe(id), label, count.to_string(), percent(count, whole), bar]);
        };
        for count in list {
            row(&count.id, self.label(&count.label), count.count);
        }
        if rated && self.record.unrated > 0 {
            row(self.unrated(), String::new(), self.record.unrated);
        }
        text.push_str(&columns.render(self.context.width));
    }

    fn cultivation(&self, text: &mut String) {
        let Some(growth) = &self.record.cultivation else { return };
        self.heading(("信用培植", "Cultivation"), text);
        let (open, refused) = (growth.open, growth.refused);
        let _ = match self.zh() {
            true => writeln!(text, "  未达准入线 {} 户：可培植 {open} 户，不符合培植条件 {refused} 户", open + refused),
            false => writeln!(
                text,
                "  {} are below the admission line: {open} can be cultivated, {refused} are not taken in",
                open + refused
            ),
        };
        self.refusals(growth, text);
        if let Some(since) = &growth.since {
            self.since(since, text);
        }
    }

    fn refusals(&self, growth: &Growth, text: &mut String) {
        let mut columns = Columns::indented(4).right(&[1]);
        for (list, what) in
            [(&growth.unmet, self.say("不满足", "not met")), (&growth.barred, self.say("排除", "barred by"))]
        {
            for count in list.iter().filter(|count| count.count > 0) {
                columns.row([what.to_owned(), count.count.to_string(), self.label(&count.label)]);
            }
        }
        text.push_str(&columns.render(self.context.width));
    }

    fn since(&self, since: &Since, text: &mut String) {
        let day = self.record.head.since.as_deref().unwrap_or("");
        let n = since.cultivated;
        let _ = match self.zh() {
            true => writeln!(
                text,
                "  自 {day} 起：当时在培 {n} 户，现达准入线 {} 户，成功率 {}",
                since.reached,
                percent(since.reached, n)
            ),
            false => writeln!(
                text,
                "  since {day}: of {n} in cultivation then {} have reached the line, a success rate of {}",
                since.reached,
                percent(since.reached, n)
            ),
        };
        let mut columns = Columns::indented(4).right(&[1]);
        for (list, what) in
            [(&since.success, self.say("成功", "success")), (&since.removal, self.say("退出", "removal"))]
        {
            for count in list.iter().filter(|count| count.count > 0) {
                columns.row([what.to_owned(), count.count.to_string(), self.label(&count.label)]);
            }
        }
        if since.stagnant > 0 {
            let label = self.say("既未成功也未退出，得分没有提高", "neither, and the score is not higher than it was");
            columns.row([self.say("无进展", "no progress").to_owned(), since.stagnant.to_string(), label.to_owned()]);
        }
        text.push_str(&columns.render(self.context.width));
    }

    fn losses(&self, text: &mut String) {
        self.heading(("主要失分项", "What most points are lost for"), text);
        let mut columns = Columns::indented(2).right(&[0, 1, 2]);
        columns.row([self.say("失分合计", "points"), self.say("户数", "enterprises"), self.say("占比", "share"), ""]);
        for loss in self.record.losses.iter().take(self.shown) {
            columns.row([
                loss.points.normalize().to_string(),
                loss.enterprises.to_string(),
                percent(loss.enterprises, self.record.enterprises),
                self.label(&loss.label),
            ]);
        }
        text.push_str(&columns.render(self.context.width));
    }

    fn overrides(&self, text: &mut String) {
        if self.record.overrides.is_empty() {
            return;
        }
        self.heading((Noun::Override.one("zh"), &Noun::Override.heading("en")), text);
        let mut columns = Columns::indented(2).right(&[0]);
        for count in self.record.overrides.iter().take(self.shown) {
            columns.row([count.count.to_string(), self.label(&count.label)]);
        }
        text.push_str(&columns.render(self.context.width));
    }

    fn publicity(&self, word: &str, title: (&str, &str), text: &mut String) {
        let lists: Vec<&Listing> = self.record.publicity.iter().filter(|l| l.publicity == word).collect();
        if lists.iter().all(|list| list.is_empty()) {
            return;
        }
        self.heading(title, text);
        for list in lists {
            if list.is_empty() {
                continue;
            }
            let _ = writeln!(text, "  {} ({})", self.label(&list.label), list.entries.len());
            let mut columns = Columns::indented(4);
            for entry in list.entries.iter().take(self.shown) {
                let until = match &entry.until {
                    Some(day) => format!("{} {day}", self.noun(Noun::Until)),
                    None => self.say("无固定期限", "no fixed term").to_owned(),
                };
                columns.row([entry.firm.shown(), safe(&entry.firm.enterprise), until]);
            }
            text.push_str(&columns.render(self.context.width));
            if list.entries.len() > self.shown {
                let hint = self.say("户；全部见 --format json", "more; all of them with --format json");
                let _ = writeln!(text, "    … {} {hint}", list.entries.len() - self.shown);
            }
            if !list.over.is_empty() {
                let said =
                    self.say("户公示期已满，须移出，未列示", "are past their last day: not listed, to be taken off");
                let _ = writeln!(text, "    {} {said}", list.over.len());
            }
        }
    }

    fn departments(&self, text: &mut String) {
        self.heading(
            ("各部门：激励、惩戒、名单、预警", "By department: entitlements, sanctions, listings, alerts"),
            text,
        );
        for department in &self.record.departments {
            let mut columns = Columns::indented(4).right(&[1, 3]);
            for (list, kind) in [
                (&department.support, "entitlement"),
                (&department.sanctions, "sanction"),
                (&department.lists, "listing"),
                (&department.alerts, "alert"),
            ] {
                for given in list.iter().filter(|given| given.count > 0) {
                    columns.row(self.given(given, kind));
                }
            }
            if !columns.is_empty() {
                let _ = writeln!(text, "  {}", self.label(&department.label));
                text.push_str(&columns.render(self.context.width));
            }
        }
    }

    fn given(&self, given: &Given, kind: &str) -> [String; 4] {
        let kind = words::graded(kind, given.severity.as_deref(), self.context.lang.code());
        let amount = given.amount.as_deref();
        let amount = amount.map_or_else(String::new, |sum| format!("{}{}", yuan(sum), self.say(" 元", " CNY")));
        [kind, given.count.to_string(), self.label(&given.label), amount]
    }

    fn products(&self, text: &mut String) {
        if self.record.products.is_empty() {
            return;
        }
        self.heading(("融资产品：准入户数与额度合计（元）", "Products: admitted, and limits together in CNY"), text);
        let mut columns = Columns::indented(2).right(&[0, 1]);
        for given in &self.record.products {
            let amount = given.amount.as_deref().map_or_else(String::new, yuan);
            columns.row([given.count.to_string(), amount, self.label(&given.label)]);
        }
        text.push_str(&columns.render(self.context.width));
    }

    fn stale(&self, text: &mut String) {
        if self.record.stale.is_empty() {
            return;
        }
        self.heading(("未按期报送的来源", "Stale sources"), text);
        let mut columns = Columns::indented(2);
        for source in &self.record.stale {
            columns.row([safe(&source.file), source.why(self.context)]);
        }
        text.push_str(&columns.render(self.context.width));
    }
}
