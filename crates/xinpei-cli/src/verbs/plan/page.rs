//! An answer of the planner as a page of text.

use std::fmt::Write;

use xinpei::explain::decision::Status;
use xinpei::explain::words::{self, Noun};
use xinpei::{Label, Rulebook};
use xinpei_cultivate::{
    Answer, Certificate, FactChange, Plan, Standing, Step, known_too_little, money, until, verdict,
};

use crate::columns::safe;
use crate::language::Lang;
use crate::output::Context;

/// Everything that a page is made of.
pub(super) struct Page<'a> {
    pub(super) context: &'a Context,
    pub(super) rulebook: &'a Rulebook,
    pub(super) name: Option<&'a str>,
    pub(super) answer: &'a Answer,
}

impl Page<'_> {
    /// The page.
    pub(super) fn render(&self) -> String {
        let mut text = String::new();
        self.header(&mut text);
        if let Some(plan) = &self.answer.plan {
            self.plan(plan, &mut text);
            self.choices(plan, &mut text);
        }
        if let Some(certificate) = &self.answer.certificate {
            self.certificate(certificate, &mut text);
        }
        self.faults(&mut text);
        self.gradient(&mut text);
        self.cliffs(&mut text);
        text
    }

    fn say<'t>(&self, zh: &'t str, en: &'t str) -> &'t str {
        self.context.lang.pick(zh, en)
    }

    fn noun(&self, noun: Noun) -> &'static str {
        self.context.lang.noun(noun)
    }

    fn basis(&self, basis: &str) -> String {
        safe(words::basis(basis, self.context.lang.code()))
    }

    fn measure(&self, id: &str) -> String {
        let measures = &self.rulebook.typed().measures;
        measures.iter().find(|m| m.id == id).map_or_else(|| safe(id), |m| self.label(&m.label))
    }

    fn label(&self, label: &Label) -> String {
        safe(label.text(self.context.lang.code()))
    }

    fn heading(&self, zh: &str, en: &str, text: &mut String) {
        let _ = write!(text, "\n{}\n", self.context.bold(self.say(zh, en)));
    }

    fn header(&self, text: &mut String) {
        let answer = self.answer;
        let name = format!("{} {}", safe(&answer.enterprise), safe(self.name.unwrap_or("")));
        let _ = writeln!(text, "{}", self.context.bold(name.trim_end()));
        let _ = writeln!(
            text,
            "{} {} · {} {}",
            self.label(&self.rulebook.typed().manifest.title),
            answer.rulebook.version,
            self.say("起始日", "from"),
            answer.as_of
        );
        let _ = write!(text, "{} {}", self.say("现状", "now"), self.standing(&answer.start));
        if let Some(target) = &answer.target {
            let goal = match (&target.grade, target.score) {
                (Some(grade), Some(edge)) => format!("{grade} ({} {edge})", self.say("不低于", "from")),
                (Some(grade), None) => grade.clone(),
                (None, score) => score.map_or_else(String::new, |s| s.to_string()),
            };
            let product = target.product.as_ref().map_or_else(String::new, |id| {
                let outcomes = &self.rulebook.typed().outcomes;
                let label = outcomes.iter().find(|o| o.id == *id).map_or_else(String::new, |o| self.label(&o.label));
                format!(" {label} {}", self.context.dim(&safe(id)))
            });
            let goal = if goal.is_empty() { goal } else { format!(" {goal}") };
            let _ = write!(text, " → {}{product}{goal}", self.say("目标", "target"));
        }
        let _ = writeln!(text, "\n\n{}", self.context.bold(&verdict(answer, self.context.lang == Lang::Zh)));
        if let Some(until) = until(answer, self.context.lang == Lang::Zh) {
            let _ = writeln!(text, "{until}");
        }
    }

    fn standing(&self, standing: &Standing) -> String {
        match (standing.score, &standing.grade) {
            (Some(score), Some(grade)) => format!("{score} {grade}"),
            _ => words::status(Status::Unrated, self.context.lang.code()).to_owned(),
        }
    }

    fn plan(&self, plan: &Plan, text: &mut String) {
        if !plan.steps.is_empty() {
            let _ = write!(text, "\n{}\n", self.context.bold(&Noun::Measure.heading(self.context.lang.code())));
        }
        for (at, step) in plan.steps.iter().enumerate() {
            self.step(at + 1, step, plan, text);
        }
        let _ = write!(
            text,
            "\n{} {}: {}",
            plan.review,
            self.say("复评", "review"),
            self.context.bold(&self.standing(&plan.result))
        );
        // A target without an edge is not passed by anything.
        let edge = self.answer.target.as_ref().and_then(|target| target.score);
        let _ = match edge {
            Some(_) => writeln!(text, ", {} {}", self.say("超过目标", "above the target by"), plan.margin),
            None => writeln!(text),
        };
        let _ = writeln!(text, "{}", self.context.dim(&format!("receipt  {}", plan.receipt)));
        let about = self.say(
            "费用与时间为试点估计，以办理部门为准；每一步都已按规则重新评分。",
            "Costs and days are the zone's own estimates, the department decides; every step was scored by the rules again.",
        );
        let _ = writeln!(text, "{}", self.context.dim(about));
    }

    /// The plans beside this one: what is sooner and dearer, and what takes other measures.
    fn choices(&self, plan: &Plan, text: &mut String) {
        if !self.answer.sooner.is_empty() {
            self.heading("更快与更省：全部取舍", "Sooner or cheaper: every choice there is", text);
            for other in self.answer.sooner.iter().chain([plan]) {
                self.choice(other, std::ptr::eq(other, plan), text);
            }
        }
        if !self.answer.others.is_empty() {
            self.heading("其他措施组合，由省到贵", "Other measures, the cheapest first", text);
            for other in &self.answer.others {
                self.choice(other, false, text);
            }
        }
    }

    fn choice(&self, plan: &Plan, chosen: bool, text: &mut String) {
        let names: Vec<String> = plan.steps.iter().map(|step| self.label(&step.text)).collect();
        let names = if names.is_empty() { self.say("等待", "waiting").to_owned() } else { names.join(" + ") };
        let _ = writeln!(
            text,
            "{} {:>15} {}  {:>3} {}  → {}   {}",
            if chosen { "●" } else { " " },
            money(plan.cost),
            self.say("元", "CNY"),
            plan.months,
            self.say("个月", "months"),
            self.standing(&plan.result),
            self.context.dim(&names)
        );
    }

    fn step(&self, number: usize, step: &Step, plan: &Plan, text: &mut String) {
        let until = if step.continuing {
            format!("{} → {} {}", step.start, self.say("持续至", "kept up until"), plan.review)
        } else if step.start == step.end {
            step.start.to_string()
        } else {
            format!("{} → {}", step.start, step.end)
        };
        let _ = writeln!(text, "{number}. {}  ({})", self.context.bold(&self.label(&step.text)), safe(&step.measure));
        let _ = writeln!(text, "   {until}   {} {}", self.say("费用（元）", "CNY"), money(step.cost));
        let actor = step
            .actor
            .as_ref()
            .map_or_else(|| self.say("企业", "the enterprise").to_owned(), |actor| self.label(actor));
        let _ = writeln!(
            text,
            "   {} {actor}   {} {}",
            self.say("办理主体", "who acts"),
            self.say("认定", "certified by"),
            self.label(&step.department.1)
        );
        let _ = writeln!(text, "   {} {}", self.noun(Noun::Evidence), self.label(&step.evidence));
        let _ = writeln!(text, "   {} {}", self.noun(Noun::Basis), self.basis(&step.basis));
        self.changes(&step.changes, text);
        let _ = writeln!(text, "   {} {}: {}", self.say("截至", "on"), step.end, self.standing(&step.after));
    }

    fn changes(&self, changes: &[FactChange], text: &mut String) {
        for change in changes {
            let (before, after) = change.told(self.context.lang.code());
            let _ = writeln!(
                text,
                "     {}  {} → {}  {}",
                self.label(&change.label),
                safe(&before),
                safe(&after),
                self.context.dim(&safe(&change.fact))
            );
        }
    }

    fn certificate(&self, certificate: &Certificate, text: &mut String) {
        if let Some(needed) = certificate.needed {
            let _ = writeln!(
                text,
                "{} {needed}   {} {}",
                self.say("目标需要", "needed"),
                self.say("最多可得", "attainable at most"),
                certificate.attainable
            );
        }
        if let Some(known) = certificate.coverage {
            let (zh, en) = known_too_little(known);
            let _ = writeln!(text, "{}", self.say(&zh, &en));
        } else if !certificate.points_short && certificate.blocked.is_empty() && certificate.cheapest.is_none() {
            let _ = writeln!(
                text,
                "{}",
                self.say(
                    "逐项最好时总分够，但没有一组措施能同时做到；已逐一排除。",
                    "The best of every line together would do, but no set of measures has it at once: all were excluded."
                )
            );
        }
        if !certificate.blocked.is_empty() {
            self.heading("措施无法解除的限制", "Limits that no measure lifts", text);
        }
        for blocked in &certificate.blocked {
            let _ =
                writeln!(text, "  {}  {}", self.label(&blocked.label), self.context.dim(&self.basis(&blocked.basis)));
        }
        if let Some(cheapest) = certificate.cheapest {
            let _ = writeln!(
                text,
                "{} {}",
                self.say("预算不足；最省的方案需要（元）", "The budget is short; the cheapest plan costs CNY"),
                money(cheapest)
            );
        }
        if !certificate.unlock.is_empty() {
            self.heading(
                "若以下事实不同，则有方案（已找到一个）",
                "Were these facts different there would be a plan (one was found)",
                text,
            );
        }
        for fact in &certificate.unlock {
            let told = |value: &String| {
                safe(&words::fact_value(self.rulebook.program(), &fact.fact, value, self.context.lang.code()))
            };
            let _ = write!(
                text,
                "  {}  {} → {}  {}",
                self.label(&fact.label),
                fact.value.as_ref().map_or_else(|| self.noun(Noun::Missing).to_owned(), told),
                told(&fact.needed),
                self.context.dim(&safe(&fact.fact))
            );
            if let Some(forbidden) = &fact.forbidden {
                let _ = write!(text, "  {}", self.label(forbidden));
            }
            text.push('\n');
        }
        if certificate.smallest && certificate.unlock.len() > 1 {
            let _ = writeln!(text, "  {}", self.say("更少的事实不够。", "Fewer facts are not enough."));
        }
        text.push('\n');
        if let Some(day) = certificate.earliest {
            let _ = writeln!(
                text,
                "{} {day}",
                self.say(
                    "最早有方案的复评日（可加大 --months）：",
                    "The first review day with a plan (raise --months):"
                )
            );
        }
        let _ = match certificate.waiting {
            Some(day) => {
                writeln!(text, "{} {day}", self.say("仅靠时间推移，最早达到目标：", "Waiting alone is enough from"))
            }
            None if self.answer.rules_until.is_some() => writeln!(
                text,
                "{}",
                self.say(
                    "规则有效期内仅靠时间推移不能达到目标。",
                    "Waiting alone is not enough while these rules are in force."
                )
            ),
            None => writeln!(
                text,
                "{}",
                self.say("十年内仅靠时间推移也不能达到目标。", "Waiting alone is not enough within ten years.")
            ),
        };
        self.heading("逐项：现在 / 最好 / 满分", "Line by line: now / best / full", text);
        for line in certificate.lines.iter().filter(|l| l.now < l.max) {
            let _ = writeln!(text, "  {:>7} {:>7} {:>7}  {}", line.now, line.best, line.max, self.label(&line.label));
        }
    }

    fn gradient(&self, text: &mut String) {
        if self.answer.gradient.is_empty() {
            return;
        }
        self.heading(
            "梯度：下一档值多少、差多少、要花多少",
            "Gradient: what the next band is worth, how far it is, what it costs",
            text,
        );
        for line in &self.answer.gradient {
            let _ = write!(text, "  +{:<6} {}", line.gain, self.label(&line.label));
            let told = |value| words::value_of(self.rulebook.program(), &line.id, value, self.context.lang.code());
            if let Some(value) = line.value.as_deref().and_then(told) {
                let _ = write!(text, "  {} {}", self.say("现值", "is"), safe(&value));
            }
            if let Some(distance) = line.distance {
                let _ = write!(text, "  {} {distance}", self.say("相差", "off by"));
            }
            match (line.cost, line.adds) {
                (Some(cost), Some(adds)) => {
                    let measures: Vec<String> = line.measures.iter().map(|id| self.measure(id)).collect();
                    let (measures, cost) = (measures.join(" + "), money(cost));
                    let _ = match self.context.lang {
                        Lang::Zh => writeln!(text, "  → {measures}：+{adds}，{cost} 元"),
                        Lang::En => writeln!(text, "  → {measures}: +{adds}, CNY {cost}"),
                    };
                }
                _ => {
                    let _ = writeln!(text, "  → {}", self.say("无措施", "no measure"));
                }
            }
        }
    }

    fn cliffs(&self, text: &mut String) {
        if self.answer.cliffs.is_empty() {
            return;
        }
        self.heading("临界：再差多少就会失分", "Cliffs: how near a loss is", text);
        for cliff in &self.answer.cliffs {
            let _ = writeln!(
                text,
                "  -{:<6} {}  {} {}  {} {} ({} {})",
                cliff.loss.normalize(),
                self.label(&cliff.label),
                self.say("现值", "is"),
                cliff.value,
                self.say("界线", "edge"),
                cliff.edge,
                self.say("相差", "off by"),
                cliff.distance
            );
        }
    }

    fn faults(&self, text: &mut String) {
        if self.answer.faults.is_empty() {
            return;
        }
        let lang = self.context.lang.code();
        let _ = write!(text, "\n{}\n", self.context.bold(&Noun::Fault.heading(lang)));
        for fault in &self.answer.faults {
            let (fact, what) =
                (words::fact(self.rulebook.program(), &fault.fact, lang), words::fault(fault.kind, lang));
            let _ = writeln!(text, "  {} {what} {}", safe(&fact), safe(&fault.value));
        }
    }
}
