//! The files of a world.

use std::collections::BTreeMap;
use std::fmt::Write;

use crate::world::{Amount, Earliest, Effect, Extra, Length, MOST, Measure, OLDEST, World};

/// A function that is lowered.
const TOPPED: &str = "fn topped(a, b) { if a > b { min(a, 15) } else { max(b - 2, 0) } }\n";
/// One over a table.
const WAITING: &str =
    "fn waiting(cases) {\n    let n = 0;\n    for c in cases { if c.status == \"open\" { n += 1; } }\n    n\n}\n";
/// One that only an interpreter computes: `a` less threes until it is no more than `b`.
const UNEVEN: &str = "fn uneven(a, b) {\n    if a == () || b == () { return (); }\n    let x = a;\n    while x > b && x >= 3 { x -= 3; }\n    x\n}\n";

/// One over a table that only an interpreter computes.
const LARGE: &str = "fn large(cases) {\n    if cases == () { return (); }\n    let n = 0;\n    let at = 0;\n    while at < cases.len() {\n        if cases[at].due >= 50 { n += 1; }\n        at += 1;\n    }\n    n\n}\n";

fn amount(way: &str, amount: Amount) -> String {
    let text = match amount {
        Amount::Plain(n) => return n.to_string(),
        Amount::Other(c, n) if way == "add" => return format!("n.c{c} - {MOST} + {n}"),
        Amount::Other(c, n) => return format!("min(max(n.c{c} + {n}, 0), {MOST})"),
        Amount::Topped(a, b) => format!("topped(n.c{a}, n.c{b})"),
        Amount::Uneven(a, b) => format!("min(uneven(n.c{a}, n.c{b}), {MOST})"),
        Amount::Waiting => format!("min(waiting(t.cases), {MOST})"),
        Amount::Large => format!("min(large(t.cases), {MOST})"),
        Amount::Age => format!("min(bare(a.age), {MOST})"),
    };
    if way == "add" { format!("{text} - 8") } else { text }
}

fn effect(effect: &Effect) -> String {
    match effect {
        Effect::Count(c, way, by) => format!("{{fact: n.c{c}, {way}: '{}'}}", amount(way, *by)),
        Effect::Flag(x, value) => format!("{{fact: f.x{x}, set: {value}}}"),
        Effect::Category(member) => format!("{{fact: k.class, set: {member}}}"),
        Effect::Close(due) => {
            format!(
                "{{events: t.cases, where: 'status == \"open\"', set: {{status: done, due: 'max(due - {due}, 0)'}}}}"
            )
        }
        Effect::Remove(due) => format!("{{events: t.cases, where: 'due < {due}', remove: true}}"),
        Effect::Add(status, due) => format!("{{events: t.cases, add: {{made: as_of, status: {status}, due: {due}}}}}"),
        Effect::Monthly(due) => format!("{{events: t.cases, every: month, add: {{status: done, due: {due}}}}}"),
    }
}

fn measure(m: &Measure) -> String {
    let mut text =
        format!("  - id: {}\n    label: {{en: measure}}\n    basis: pilot\n    evidence: {{en: proof}}\n", m.id);
    if let Some((c, n)) = m.when {
        writeln!(text, "    when: n.c{c} >= {n}").unwrap();
    }
    let effects: Vec<String> = m.effects.iter().map(effect).collect();
    writeln!(text, "    effects: [{}]", effects.join(", ")).unwrap();
    let cost = format!("{}.{:02}", m.cost / 100, m.cost % 100);
    match m.extra {
        Some(Extra::Count(c, n)) => writeln!(text, "    cost: {cost} + n.c{c} * {n}").unwrap(),
        Some(Extra::Waiting(n)) => writeln!(text, "    cost: {cost} + waiting(t.cases) * {n}").unwrap(),
        None => writeln!(text, "    cost: {cost}").unwrap(),
    }
    match m.length {
        Length::Days(n) => writeln!(text, "    duration: {n} days").unwrap(),
        Length::Months(n) => writeln!(text, "    duration: {n} months").unwrap(),
        Length::Fact(n) => writeln!(text, "    duration: w.days + {n}").unwrap(),
    }
    match m.earliest {
        Some(Earliest::Today(n)) => writeln!(text, "    earliest: 'add_months(as_of, {n})'").unwrap(),
        Some(Earliest::Founded(n)) => writeln!(text, "    earliest: 'add_months(d.founded, {n})'").unwrap(),
        None => {}
    }
    for (key, list) in [("requires", &m.requires), ("excludes", &m.excludes)] {
        if !list.is_empty() {
            writeln!(text, "    {key}: [{}]", list.join(", ")).unwrap();
        }
    }
    if m.times > 1 {
        writeln!(text, "    times: {}", m.times).unwrap();
    }
    if m.continuing {
        text.push_str("    continuing: true\n");
    }
    text
}

impl World {
    /// How a fact or a field may change.
    pub(crate) fn mutable(&self, fact: &str) -> &'static str {
        match fact {
            "d.founded" | "a.age" => "time_driven",
            "w.days" | "t.cases.made" => "immutable",
            _ => self.mutability.get(fact).copied().unwrap_or("free"),
        }
    }

    fn fact(&self, id: &str) -> String {
        let mut how = format!("mutability: {}", self.mutable(id));
        if self.forbidden.contains(id) {
            how.push_str(", forbidden: {en: never}");
        }
        let kind = match id {
            "k.class" => "type: category, members: [A, B, C]".to_owned(),
            "d.founded" => "type: date".to_owned(),
            "a.age" => format!("type: count, unit: month, range: {{from: 0, to: {OLDEST}}}"),
            "w.days" => "type: count, unit: day, range: {from: 0, to: 60}".to_owned(),
            "t.cases" => {
                let fields = ["status", "due"].map(|f| self.mutable(&format!("t.cases.{f}")));
                return format!(
                    "  - {{id: t.cases, label: {{en: cases}}, type: events, order: made, {how}, fields: [{{id: made, label: {{en: made}}, type: date}}, {{id: status, label: {{en: status}}, type: category, members: [open, done], mutability: {}}}, {{id: due, label: {{en: due}}, type: money, range: {{from: 0, to: 1000}}, mutability: {}}}]}}\n",
                    fields[0], fields[1]
                );
            }
            flag if flag.starts_with("f.") => "type: flag".to_owned(),
            _ => format!("type: count, range: {{from: 0, to: {MOST}}}"),
        };
        format!("  - {{id: {id}, label: {{en: fact}}, {kind}, {how}}}\n")
    }

    pub(crate) fn files(&self) -> BTreeMap<String, String> {
        let mut files = BTreeMap::new();
        let coverage = self.coverage.map_or_else(String::new, |c| format!("coverage: {{unrated_below: 0.{c}}}\n"));
        files.insert(
            "rulebook.yaml".to_owned(),
            format!("rulebook: small\nversion: \"1\"\nlanguage: 1\ntitle: {{en: Small}}\nauthority: {{en: Test}}\neffective: {{from: 2000-01-01}}\nlanguages: [en]\nkey: text\nscore: {{digits: 1, rounding: half_up}}\n{coverage}"),
        );
        // Everything is read by some rule, so that no effect is refused: an outcome names all facts.
        let all = "n.c0 + n.c1 + n.c2 + n.c3 + n.c4 > 1_000 || f.x0 && f.x1 && k.class == \"A\" && t.cases.any(|c| c.status == \"open\" && c.due > 5)";
        files.insert(
            "outcomes/a.yaml".into(),
            format!("department: d\nlabel: {{en: d}}\noutcomes:\n  - {{id: w.all, kind: alert, label: {{en: all}}, basis: pilot, when: '{all}'}}\n"),
        );
        let facts: String = self.facts.iter().map(|id| self.fact(id)).collect();
        files.insert("facts/a.yaml".into(), format!("department: d\nlabel: {{en: d}}\nfacts:\n{facts}"));
        for (at, (max, floor)) in self.sections.iter().enumerate() {
            let mut text = format!("section: s{at}\nlabel: {{en: section}}\n");
            if let Some(max) = max {
                writeln!(text, "max: {max}").unwrap();
            }
            if let Some(floor) = floor {
                writeln!(text, "floor: {floor}").unwrap();
            }
            text.push_str("characteristics:\n");
            for (_, id, way) in self.lines.iter().filter(|(section, ..)| *section == at) {
                writeln!(text, "  - id: {id}\n    label: {{en: line}}\n    basis: pilot\n    {way}\n    missing: 3")
                    .unwrap();
            }
            files.insert(format!("sections/{}.yaml", self.places[at]), text);
        }
        let overrides = if self.overrides.is_empty() { "" } else { "overrides:\n" };
        files.insert("grades.yaml".into(), format!("{}{overrides}{}", self.grades, self.overrides.concat()));
        let (first, second) = self.measures.split_at(self.split.min(self.measures.len()));
        for (name, list) in [("a", first), ("b", second)] {
            if !list.is_empty() {
                let text: String = list.iter().map(measure).collect();
                files.insert(
                    format!("measures/{name}.yaml"),
                    format!("department: d\nlabel: {{en: d}}\nmeasures:\n{text}"),
                );
            }
        }
        // Functions that something calls.
        let text: String = files.values().map(String::as_str).collect();
        let called = [("topped", TOPPED), ("waiting", WAITING), ("uneven", UNEVEN), ("large", LARGE)];
        let called = called.iter().filter(|(name, _)| text.contains(&format!("{name}(")));
        let opaque = ["uneven", "large"].map(|name| {
            format!("  - {{id: {name}, label: {{en: some}}, basis: pilot, opaque: true, returns: {{type: count, range: {{from: 0, to: 1000}}}}}}\n")
        });
        let script: String = called.map(|(_, body)| *body).collect();
        let declared: String =
            ["uneven", "large"].iter().zip(opaque).filter(|(f, _)| script.contains(*f)).map(|(_, text)| text).collect();
        if !declared.is_empty() {
            files.insert("scripts/functions.yaml".into(), format!("functions:\n{declared}"));
        }
        if !script.is_empty() {
            files.insert("scripts/a.rhai".into(), script);
        }
        files
    }
}
