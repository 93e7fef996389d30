//! An answer as a page that an official can print and hand to an enterprise: both languages, no script,
//! nothing that is loaded from elsewhere, and the same bytes each time.

use xinpei::explain::words::{self, Noun};
use xinpei::{Label, Rulebook};

use crate::answer::{Answer, Certificate, FactChange, Plan, Step};
use crate::chart::chart;
use crate::words::{brief, known_too_little, money, stands, until, verdict};

const STYLE: &str = "
@page { size: A4; margin: 16mm; }
body { font: 15px/1.5 'Noto Sans CJK SC', 'Source Han Sans SC', 'Microsoft YaHei', 'PingFang SC', sans-serif; color: #1c2430; max-width: 60em; margin: 2em auto; padding: 0 1em; }
.plan h1 { font-size: 1.5em; margin: 0; } .plan h2 { font-size: 1.1em; margin: 1.6em 0 .4em; border-bottom: 1px solid #c8ced8; }
.plan .en { color: #566073; font-size: .88em; display: block; } .plan h1 .en, .plan h2 .en { font-weight: normal; }
.plan .facts { color: #566073; margin: .2em 0 1em; } .plan .verdict { background: #eef3f8; border-left: 4px solid #27588c; padding: .6em 1em; margin: 1em 0; }
.plan table { border-collapse: collapse; width: 100%; } .plan th, .plan td { text-align: left; vertical-align: top; padding: .35em .6em .35em 0; border-bottom: 1px solid #e2e6ec; }
.plan th { font-weight: 600; white-space: nowrap; } .plan .n { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
.plan .step { border: 1px solid #c8ced8; border-radius: 4px; padding: .6em 1em; margin: .7em 0; break-inside: avoid; } .plan .step h3 { margin: 0 0 .3em; font-size: 1em; }
.plan dl { display: grid; grid-template-columns: 11em 1fr; gap: .1em .8em; margin: 0; } .plan dt { color: #566073; } .plan dt .en { display: inline; margin-left: .5em; } .plan dd { margin: 0; }
.plan svg { width: 100%; height: auto; } .plan svg text { font-size: 12px; fill: #566073; } .plan svg .end { text-anchor: end; } .plan svg .number { text-anchor: middle; fill: #27588c; }
.plan svg .axis { stroke: #c8ced8; } .plan svg .edge { stroke: #b5542b; stroke-dasharray: 5 4; } .plan svg .score { fill: none; stroke: #27588c; stroke-width: 2; } .plan svg circle { fill: #27588c; }
.plan .small { color: #566073; font-size: .82em; overflow-wrap: anywhere; }
";

/// The whole page; `name` is that of the enterprise, if it is known.
#[must_use]
pub fn page(rulebook: &Rulebook, answer: &Answer, name: Option<&str>) -> String {
    let title = format!("信用培植方案 {}", safe(&answer.enterprise));
    format!(
        "<!DOCTYPE html>\n<html lang=\"zh-Hans\">\n<head>\n<meta charset=\"utf-8\">\n<title>{title}</title>\n<style>{STYLE}</style>\n</head>\n<body>\n{}</body>\n</html>\n",
        body(rulebook, answer, name)
    )
}

/// The part of the page that stands in its body.
pub(crate) fn body(rulebook: &Rulebook, answer: &Answer, name: Option<&str>) -> String {
    let mut page = Page { text: String::new() };
    page.text.push_str("<main class=\"plan\">\n");
    page.header(rulebook, answer, name);
    if let Some(plan) = &answer.plan {
        page.plan(answer, plan);
        page.front(answer, plan);
    }
    if let Some(certificate) = &answer.certificate {
        page.certificate(rulebook, certificate);
    }
    page.gradient(rulebook, answer);
    page.faults(rulebook, answer);
    page.foot(answer);
    page.text.push_str("</main>\n");
    page.text
}

/// Text as HTML.
fn safe(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            // No control character, and nothing that turns the direction of writing.
            c if c.is_control()
                || matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}') =>
            {
                out.push('\u{fffd}');
            }
            c => out.push(c),
        }
    }
    out
}

/// A text in both languages.
fn both(zh: &str, en: &str) -> String {
    if zh == en { safe(zh) } else { format!("{}<span class=\"en\">{}</span>", safe(zh), safe(en)) }
}

fn label(label: &Label) -> String {
    both(label.text("zh"), label.text("en"))
}

/// What is said in a language, in both.
fn said(words: &dyn Fn(&str) -> String) -> String {
    both(&words("zh"), &words("en"))
}

/// The clause, or that it is the zone's own choice.
fn basis(basis: &str) -> String {
    both(words::basis(basis, "zh"), words::basis(basis, "en"))
}

/// A noun over a part of the page, or over an entry.
fn noun(noun: Noun) -> String {
    both(noun.one("zh"), &noun.heading("en"))
}

struct Page {
    text: String,
}

impl Page {
    fn line(&mut self, html: &str) {
        self.text.push_str(html);
        self.text.push('\n');
    }

    fn heading(&mut self, zh: &str, en: &str) {
        self.line(&format!("<h2>{}</h2>", both(zh, en)));
    }

    fn entry(&mut self, zh: &str, en: &str, html: &str) {
        self.line(&format!("<dt>{}</dt><dd>{html}</dd>", both(zh, en)));
    }

    fn header(&mut self, rulebook: &Rulebook, answer: &Answer, name: Option<&str>) {
        self.line(&format!("<h1>{}</h1>", both("信用培植方案", "Credit cultivation plan")));
        let named = name.map_or_else(String::new, |name| format!("<strong>{}</strong> · ", safe(name)));
        self.line(&format!(
            "<p class=\"facts\">{named}{} · {} {}<br>起始日 from {}</p>",
            safe(&answer.enterprise),
            safe(rulebook.typed().manifest.title.text("zh")),
            safe(&answer.rulebook.version),
            answer.as_of
        ));
        let target = answer.target.as_ref().map_or_else(String::new, |target| {
            let score = target.score.map_or_else(String::new, |s| s.normalize().to_string());
            let goal = match &target.grade {
                Some(grade) if score.is_empty() => safe(grade),
                Some(grade) => format!("{} ({score})", safe(grade)),
                None => score,
            };
            let outcomes = &rulebook.typed().outcomes;
            let product = target.product.as_ref().map(|id| match outcomes.iter().find(|o| o.id == *id) {
                Some(outcome) => format!("{} {}", safe(outcome.label.text("zh")), safe(outcome.label.text("en"))),
                None => safe(id),
            });
            let parts: Vec<String> = product.into_iter().chain((!goal.is_empty()).then_some(goal)).collect();
            format!(" → 目标 target <strong>{}</strong>", parts.join(" · "))
        });
        let (zh, en) = (stands(&answer.start, true), stands(&answer.start, false));
        let now = if zh == en { safe(&zh) } else { format!("{} {}", safe(&zh), safe(&en)) };
        self.line(&format!("<p>现状 now <strong>{now}</strong>{target}</p>"));
        self.line(&format!("<p class=\"verdict\">{}</p>", both(&verdict(answer, true), &verdict(answer, false))));
        if let (Some(zh), Some(en)) = (until(answer, true), until(answer, false)) {
            self.line(&format!("<p>{}</p>", both(&zh, &en)));
        }
    }

    fn plan(&mut self, answer: &Answer, plan: &Plan) {
        if let Some(chart) = chart(answer, plan) {
            self.text.push_str(&chart);
        }
        if !plan.steps.is_empty() {
            self.line(&format!("<h2>{}</h2>", noun(Noun::Measure)));
        }
        for (at, step) in plan.steps.iter().enumerate() {
            self.step(at + 1, step, plan);
        }
        // A target without an edge is not passed by anything.
        let edge = answer.target.as_ref().and_then(|target| target.score);
        let above =
            edge.map_or_else(String::new, |_| format!("，超过目标 above the target by {}", plan.margin.normalize()));
        self.line(&format!(
            "<p>{} 复评 review: <strong>{}</strong>{above}</p>",
            plan.review,
            safe(&stands(&plan.result, true))
        ));
    }

    fn step(&mut self, number: usize, step: &Step, plan: &Plan) {
        self.line(&format!("<section class=\"step\">\n<h3>{number}. {}</h3>\n<dl>", label(&step.text)));
        let until = if step.continuing {
            format!("{} → 持续至 kept up until {}", step.start, plan.review)
        } else if step.start == step.end {
            step.start.to_string()
        } else {
            format!("{} → {}", step.start, step.end)
        };
        self.entry("时间", "When", &until);
        self.entry("费用（元）", "Cost in CNY", &money(step.cost));
        let actor = step.actor.as_ref().map_or_else(|| both("企业", "The enterprise"), label);
        self.entry("办理主体", "Who acts", &actor);
        self.entry("认定", "Certified by", &label(&step.department.1));
        self.entry(Noun::Evidence.one("zh"), &Noun::Evidence.heading("en"), &label(&step.evidence));
        self.entry(Noun::Basis.one("zh"), "Basis", &basis(&step.basis));
        if !step.changes.is_empty() {
            let changes: Vec<String> = step.changes.iter().map(|c| format!("<div>{}</div>", change(c))).collect();
            self.entry("改变", "Changes", &changes.join(""));
        }
        self.entry("截至", "Then", &format!("{}：<strong>{}</strong>", step.end, safe(&stands(&step.after, true))));
        self.line("</dl>\n</section>");
    }

    /// The plans beside the chosen one, a row each.
    fn front(&mut self, answer: &Answer, plan: &Plan) {
        let mut rows = |zh: &str, en: &str, plans: &[&Plan]| {
            if plans.len() < 2 && std::ptr::eq(plans.first().copied().unwrap_or(plan), plan) {
                return;
            }
            self.heading(zh, en);
            self.line("<table>");
            for other in plans {
                let chosen = if std::ptr::eq(*other, plan) { "● " } else { "" };
                let names: Vec<String> = other.steps.iter().map(|step| safe(step.text.text("zh"))).collect();
                let names = if names.is_empty() { "等待 waiting".to_owned() } else { names.join("；") };
                self.line(&format!(
                    "<tr><th>{chosen}{}</th><td>{}<br><span class=\"small\">{} → {}</span></td></tr>",
                    both(&brief(other, true), &brief(other, false)),
                    names,
                    other.review,
                    safe(&stands(&other.result, true))
                ));
            }
            self.line("</table>");
        };
        let front: Vec<&Plan> = answer.sooner.iter().chain([plan]).collect();
        rows("更快与更省：全部取舍", "Sooner or cheaper: every choice there is", &front);
        let others: Vec<&Plan> = answer.others.iter().collect();
        if !others.is_empty() {
            rows("其他措施组合", "Other measures", &others);
        }
    }

    fn certificate(&mut self, rulebook: &Rulebook, certificate: &Certificate) {
        if let Some(needed) = certificate.needed {
            self.line(&format!(
                "<p>目标需要 needed <strong>{needed}</strong>，{} 个月内最多可得 attainable at most within {} months <strong>{}</strong></p>",
                certificate.months, certificate.months, certificate.attainable
            ));
        }
        if let Some(known) = certificate.coverage {
            let (zh, en) = known_too_little(known);
            self.line(&format!("<p>{}</p>", both(&zh, &en)));
        }
        if let Some(cheapest) = certificate.cheapest {
            self.line(&format!(
                "<p>{}</p>",
                both(
                    &format!("预算不足：最省的方案需要 {} 元。", money(cheapest)),
                    &format!("The budget is short: the cheapest plan costs CNY {}.", money(cheapest))
                )
            ));
        }
        if !certificate.blocked.is_empty() {
            self.heading("措施无法解除的限制", "Limits that no measure lifts");
            self.line("<table>");
            for blocked in &certificate.blocked {
                let row = format!("<tr><th>{}</th><td>{}</td></tr>", label(&blocked.label), basis(&blocked.basis));
                self.line(&row);
            }
            self.line("</table>");
        }
        if !certificate.unlock.is_empty() {
            self.heading(
                "若以下事实不同，则有方案（已验证）",
                "Were these facts different there would be a plan; one was found",
            );
            self.line("<table>");
            for fact in &certificate.unlock {
                let told = |value: &String| {
                    said(&|language| words::fact_value(rulebook.program(), &fact.fact, value, language))
                };
                let forbidden = fact.forbidden.as_ref().map_or_else(String::new, |f| format!("<br>{}", label(f)));
                self.line(&format!(
                    "<tr><th>{}</th><td>{} → {}{forbidden}</td></tr>",
                    label(&fact.label),
                    fact.value.as_ref().map_or_else(|| noun(Noun::Missing), told),
                    told(&fact.needed)
                ));
            }
            self.line("</table>");
        }
        if let Some(day) = certificate.earliest {
            self.line(&format!("<p>最早有方案的复评日 the first review day with a plan: <strong>{day}</strong></p>"));
        }
        if let Some(day) = certificate.waiting {
            self.line(&format!("<p>仅靠时间推移 waiting alone is enough from <strong>{day}</strong></p>"));
        }
        self.heading("逐项：现在 / 最好 / 满分", "Line by line: now / best / full");
        self.line("<table>");
        for line in certificate.lines.iter().filter(|l| l.now < l.max) {
            self.line(&format!(
                "<tr><td>{}</td><td class=\"n\">{}</td><td class=\"n\">{}</td><td class=\"n\">{}</td></tr>",
                label(&line.label),
                line.now,
                line.best,
                line.max
            ));
        }
        self.line("</table>");
    }

    fn gradient(&mut self, rulebook: &Rulebook, answer: &Answer) {
        if answer.gradient.is_empty() {
            return;
        }
        self.heading("梯度：下一档值多少、差多少", "Gradient: what the next band is worth, and how far it is");
        self.line("<table>");
        for line in &answer.gradient {
            let far = line.distance.map_or_else(String::new, |d| format!("相差 off by {d}"));
            let told = |language: &str| words::value_of(rulebook.program(), &line.id, line.value.as_deref()?, language);
            let value = match (told("zh"), told("en")) {
                (Some(zh), Some(en)) => format!("现值 is {} ", both(&zh, &en)),
                _ => String::new(),
            };
            self.line(&format!(
                "<tr><td class=\"n\">+{}</td><td>{}</td><td>{value}{far}</td></tr>",
                line.gain,
                label(&line.label)
            ));
        }
        self.line("</table>");
    }

    fn faults(&mut self, rulebook: &Rulebook, answer: &Answer) {
        if answer.faults.is_empty() {
            return;
        }
        self.line(&format!("<h2>{}</h2>", noun(Noun::Fault)));
        self.line("<table>");
        for fault in &answer.faults {
            self.line(&format!(
                "<tr><th>{}</th><td>{} {}</td></tr>",
                said(&|language| words::fact(rulebook.program(), &fault.fact, language)),
                said(&|language| words::fault(fault.kind, language).to_owned()),
                safe(&fault.value)
            ));
        }
        self.line("</table>");
    }

    fn foot(&mut self, answer: &Answer) {
        let receipt = answer.plan.as_ref().map_or_else(String::new, |p| format!("<br>receipt {}", safe(&p.receipt)));
        let rulebook = &answer.rulebook;
        self.line(&format!(
            "<p class=\"small\">费用与时间为估计，以办理部门为准；每一步都已按规则重新评分。<br>Costs and days are estimates; the department decides. Every step was scored by the rules again.<br>{} {} {}{receipt}</p>",
            safe(&rulebook.id),
            safe(&rulebook.version),
            safe(&rulebook.digest)
        ));
    }
}

fn change(change: &FactChange) -> String {
    let ((a, b), (c, d)) = (change.told("zh"), change.told("en"));
    both(&format!("{} {a} → {b}", change.label.text("zh")), &format!("{} {c} → {d}", change.label.text("en")))
}

#[cfg(test)]
mod tests {
    use super::safe;

    #[test]
    fn text_stays_text() {
        assert_eq!(safe("<a href='x'>\"&\u{202e}\u{7}"), "&lt;a href=&#39;x&#39;&gt;&quot;&amp;\u{fffd}\u{fffd}");
    }
}
