//! A decision as a page of text.

use std::fmt::Write;

use console::Style;
use xinpei::check::typed::{Characteristic, Typed};
use xinpei::explain::decision::{CharacteristicPoints, Decision};
use xinpei::explain::words::Noun;
use xinpei::explain::{Step, words};
use xinpei::{Batch, Rulebook};
use xinpei_tables::Source;

use super::against::Changes;
use super::owners;
use crate::columns::{Columns, safe};
use crate::output::Context;
use crate::words::style;

/// Everything that a page is made of.
pub(super) struct Page<'a> {
    pub(super) context: &'a Context,
    pub(super) rulebook: &'a Rulebook,
    pub(super) batch: &'a Batch,
    pub(super) row: usize,
    pub(super) name: Option<&'a str>,
    pub(super) decision: &'a Decision,
    pub(super) steps: &'a [Step],
    pub(super) changes: Option<&'a Changes>,
    pub(super) sources: &'a [Source],
}

impl Page<'_> {
    /// The page.
    pub(super) fn render(&self) -> String {
        let mut text = String::new();
        self.header(&mut text);
        if let Some(changes) = self.changes {
            self.changes(changes, &mut text);
        }
        self.waterfall(&mut text);
        self.overrides(&mut text);
        self.reasons(&mut text);
        self.missing(&mut text);
        self.outcomes(&mut text);
        self.faults(&mut text);
        self.sources(&mut text);
        let _ = write!(
            text,
            "\n{}\n{}\n",
            self.context.dim(&format!("facts    {}", self.decision.facts)),
            self.context.dim(&format!("receipt  {}", self.decision.receipt))
        );
        text
    }

    pub(super) fn say<'t>(&self, zh: &'t str, en: &'t str) -> &'t str {
        self.context.lang.pick(zh, en)
    }

    pub(super) fn noun(&self, noun: Noun) -> &'static str {
        self.context.lang.noun(noun)
    }

    fn nouns(&self, noun: Noun) -> &'static str {
        self.context.lang.nouns(noun)
    }

    pub(super) fn typed(&self) -> &Typed {
        self.rulebook.typed()
    }

    fn heading(&self, title: &str, text: &mut String) {
        let _ = write!(text, "\n{}\n", self.context.bold(title));
    }

    fn header(&self, text: &mut String) {
        let (decision, lang) = (self.decision, self.context.lang.code());
        let _ = writeln!(
            text,
            "{}",
            self.context.bold(format!("{} {}", safe(&decision.enterprise), safe(self.name.unwrap_or(""))).trim_end())
        );
        let manifest = &self.typed().manifest;
        let _ = writeln!(
            text,
            "{} {} · {} {}",
            manifest.title.text(lang),
            decision.rulebook.version,
            self.noun(Noun::AsOf),
            decision.as_of
        );
        let status = words::status(decision.status, self.context.lang.code());
        let mut parts = vec![self.context.paint(status, style(decision.status))];
        if let Some(score) = decision.score {
            parts.push(format!("{} {score}", self.noun(Noun::Score)));
        }
        if let Some(grade) = &decision.grade {
            let meaning = self.typed().grades.iter().find(|g| g.id == *grade).map_or("", |g| g.label.text(lang));
            parts.push(format!("{} {} {meaning}", self.noun(Noun::Grade), self.context.bold(grade)));
        }
        parts.push(format!("{} {}", self.noun(Noun::Coverage), decision.coverage));
        let _ = writeln!(text, "{}", parts.join(" · "));
    }

    fn overrides(&self, text: &mut String) {
        if self.decision.overrides.is_empty() {
            return;
        }
        self.heading(self.nouns(Noun::Override), text);
        let mut columns = Columns::indented(2);
        for fired in &self.decision.overrides {
            let effect = words::effect(fired, self.context.lang.code());
            columns.row([
                self.context.paint(&effect, Style::new().red()),
                fired.text.text(self.context.lang.code()).to_owned(),
                self.context.dim(words::basis(&fired.basis, self.context.lang.code())),
            ]);
        }
        text.push_str(&columns.render(self.context.width));
    }

    fn reasons(&self, text: &mut String) {
        if self.decision.reasons.is_empty() {
            return;
        }
        self.heading(self.nouns(Noun::Reason), text);
        let mut columns = Columns::indented(2).right(&[0]);
        for reason in &self.decision.reasons {
            let lost = reason.lost.map_or_else(String::new, |lost| format!("−{lost}"));
            columns.row([lost, reason.text.text(self.context.lang.code()).to_owned()]);
        }
        text.push_str(&columns.render(self.context.width));
    }

    /// Facts that are not known although a characteristic asks for them, by department.
    fn missing(&self, text: &mut String) {
        let lang = self.context.lang.code();
        let mut columns = Columns::indented(2);
        for (index, department) in self.typed().departments.iter().enumerate() {
            for (at, fact) in self.typed().facts.iter().enumerate().filter(|(_, f)| f.department == index) {
                let asking = self.asking(at);
                if !asking.is_empty() && owners::is_missing(self.batch, at, self.row) {
                    columns.row([
                        department.label.text(lang).to_owned(),
                        fact.label.text(lang).to_owned(),
                        self.context.dim(&fact.id),
                    ]);
                }
            }
        }
        let inside = self.lines().filter(|(characteristic, line)| {
            let facts = owners::facts_of(self.typed(), characteristic);
            line.missing && !facts.iter().any(|fact| owners::is_missing(self.batch, *fact, self.row))
        });
        let unknown =
            self.say("资料齐全，但其中有空缺字段或除数为零", "delivered, but a field is empty or a divisor is zero");
        for (characteristic, _) in inside {
            columns.row([String::new(), characteristic.label.text(lang).to_owned(), self.context.dim(unknown)]);
        }
        if !columns.is_empty() {
            self.heading(self.say("缺失的数据", "missing"), text);
            text.push_str(&columns.render(self.context.width));
        }
    }

    fn lines(&self) -> impl Iterator<Item = (&Characteristic, &CharacteristicPoints)> {
        self.typed().characteristics.iter().zip(&self.decision.characteristics)
    }

    /// Characteristics without an answer that ask for a fact.
    fn asking(&self, fact: usize) -> Vec<&str> {
        let asks = |(characteristic, line): &(&Characteristic, &CharacteristicPoints)| {
            line.missing && owners::facts_of(self.typed(), characteristic).contains(&fact)
        };
        self.lines().filter(asks).map(|(_, line)| line.id.as_str()).collect()
    }

    fn outcomes(&self, text: &mut String) {
        if self.decision.outcomes.is_empty() {
            return;
        }
        let lang = self.context.lang.code();
        self.heading(self.nouns(Noun::Outcome), text);
        let mut last = "";
        let mut columns = Columns::indented(2);
        for follows in &self.decision.outcomes {
            let rule = self.typed().outcomes.iter().find(|o| o.id == follows.id);
            let department = rule.map_or(follows.department.as_str(), |o| o.department.1.text(lang));
            let shown = if follows.department == last { "" } else { department };
            last = &follows.department;
            let mut details = vec![follows.text.text(lang).to_owned()];
            details.extend(follows.amount.map(|amount| words::grouped(&amount.to_string())));
            details.extend(follows.rate.map(|rate| format!("{} {rate} %", self.say("年利率", "rate a year"))));
            details.extend(follows.until.map(|until| format!("{} {until}", self.noun(Noun::Until))));
            let kind = words::graded(&follows.kind, follows.severity.as_deref(), self.context.lang.code());
            columns.row([
                shown.to_owned(),
                kind,
                details.join(self.say("，", ", ")),
                self.context.dim(words::basis(&follows.basis, lang)),
            ]);
        }
        text.push_str(&columns.render(self.context.width));
    }

    fn faults(&self, text: &mut String) {
        if self.decision.faults.is_empty() {
            return;
        }
        self.heading(self.say("数据错误（须人工核实）", "faults: a person must look"), text);
        let mut columns = Columns::indented(2);
        for fault in &self.decision.faults {
            let lang = self.context.lang.code();
            columns.row([
                safe(&words::fact(self.rulebook.program(), &fault.fact, lang)),
                words::fault(fault.kind, lang).to_owned(),
                safe(&fault.value),
                self.context.dim(&safe(&fault.fact)),
            ]);
        }
        text.push_str(&columns.render(self.context.width));
    }

    /// The cells that the facts came from.
    fn sources(&self, text: &mut String) {
        if self.sources.is_empty() {
            return;
        }
        self.heading(self.say("数据来源", "sources"), text);
        let mut columns = Columns::indented(2);
        for source in self.sources {
            let place = format!("{}:{}", source.file, source.line);
            columns.row([source.fact.clone(), safe(&source.text), safe(&place), safe(&source.column)]);
        }
        text.push_str(&columns.render(self.context.width));
    }

    fn changes(&self, changes: &Changes, text: &mut String) {
        let title = format!(
            "{} {} ({} {})",
            self.say("对比", "compared with"),
            changes.as_of,
            self.rulebook.id(),
            changes.version
        );
        let _ = write!(text, "\n{}\n", self.context.bold(&title));
        if changes.is_empty() {
            let _ = writeln!(text, "  {}", self.say("没有变化", "nothing changed"));
            return;
        }
        let mut columns = Columns::indented(2).right(&[1, 3, 4]);
        let none = || "—".to_owned();
        for change in changes.result.iter().chain(&changes.characteristics) {
            let label = self.label(&change.id);
            // What a formula came to are its points.
            let rule = self.typed().characteristics.iter().find(|c| c.id == change.id);
            let own = rule.is_none_or(|rule| !words::told_by_facts(rule));
            let values = change.values.as_ref().filter(|_| own).map_or_else(String::new, |(a, b)| {
                format!("{} → {}", a.clone().unwrap_or_else(none), b.clone().unwrap_or_else(none))
            });
            let cells = [
                label,
                change.before.clone().unwrap_or_else(none),
                "→".to_owned(),
                change.now.clone().unwrap_or_else(none),
            ];
            columns.row(cells.into_iter().chain([change.by.clone().unwrap_or_default(), self.context.dim(&values)]));
        }
        text.push_str(&columns.render(self.context.width));
        let (fires, follows) = (self.noun(Noun::Override), self.noun(Noun::Outcome));
        let lists = [
            ("+", fires, &changes.overrides_came),
            ("−", fires, &changes.overrides_went),
            ("+", follows, &changes.outcomes_came),
            ("−", follows, &changes.outcomes_went),
        ];
        let mut columns = Columns::indented(2);
        for (sign, what, list) in lists {
            list.iter().for_each(|id| columns.row([format!("{sign} {what}"), self.label(id)]));
        }
        text.push_str(&columns.render(self.context.width));
    }

    /// The name of a result, a characteristic, an override or an outcome.
    fn label(&self, id: &str) -> String {
        let (typed, lang) = (self.typed(), self.context.lang.code());
        let result = match id {
            "status" => Some(self.noun(Noun::Status)),
            "score" => Some(self.noun(Noun::Score)),
            "grade" => Some(self.noun(Noun::Grade)),
            "coverage" => Some(self.noun(Noun::Coverage)),
            _ => None,
        };
        let line = || typed.characteristics.iter().find(|c| c.id == id).map(|c| c.label.text(lang));
        let rule = || typed.overrides.iter().find(|o| o.id == id).map(|o| o.label.text(lang));
        let outcome = || typed.outcomes.iter().find(|o| o.id == id).map(|o| o.label.text(lang));
        result.or_else(line).or_else(rule).or_else(outcome).unwrap_or(id).to_owned()
    }
}
