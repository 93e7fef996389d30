//! Reads sections, grades, overrides and outcomes.

use rust_decimal::Decimal;

use super::{Reader, edge, maps, noted, number, number_of, one_of, text};
use crate::author::source::{
    Band, Characteristic, Deduct, Effect, FirstRow, Grade, Number, Outcome, Override, Per, Points, Scoring, Section,
    Source, Text,
};
use crate::author::yaml::{Kind, Node};
use crate::diagnostic::Code;

/// The key that marks each way to score, and the keys that belong to it.
const WAYS: &[(&str, &[&str])] = &[
    ("of", &["points"]),
    ("first", &[]),
    ("each", &["where", "start", "deduct", "per", "at_most"]),
    ("formula", &["at_least", "at_most"]),
];

impl Reader<'_> {
    pub(super) fn section(&mut self, root: &Node) -> Option<Section> {
        Some(Section {
            id: text(root, "section")?,
            label: self.label(root, "label"),
            max: number(root, "max"),
            floor: number(root, "floor"),
            characteristics: maps(root, "characteristics")
                .filter_map(|node| {
                    let read = self.characteristic(node);
                    noted(read, node, &mut self.unread)
                })
                .collect(),
        })
    }

    fn characteristic(&mut self, node: &Node) -> Option<Characteristic> {
        let scoring = self.scoring(node);
        let promises = one_of(node, &["falls_with", "rises_with"]);
        if promises.len() > 1 {
            self.out
                .error(Code::NotOneOf, node.span.part(0, 1), "a characteristic makes one promise only")
                .help("keep `falls_with` or `rises_with`");
        }
        let promise = promises.first().and_then(|(key, _)| Some((text(node, key)?, *key == "rises_with")));
        let reason = node.get("reason");
        Some(Characteristic {
            id: text(node, "id")?,
            label: self.label(node, "label"),
            basis: text(node, "basis").map_or_else(String::new, |t| t.text),
            scoring: scoring?,
            missing: number(node, "missing").unwrap_or(Number { value: Decimal::ZERO, span: node.span.part(0, 1) }),
            baseline: number(node, "baseline"),
            code: reason.and_then(|r| text(r, "code")).map(|t| t.text),
            reason: reason.filter(|r| r.get("text").is_some()).map(|r| self.label(r, "text")),
            promise,
        })
    }

    fn scoring(&mut self, node: &Node) -> Option<Scoring> {
        let ways: Vec<&str> = WAYS.iter().map(|(way, _)| *way).collect();
        let found = one_of(node, &ways);
        let [(way, _)] = found.as_slice() else {
            let span = found.get(1).map_or(node.span.part(0, 1), |(_, span)| *span);
            self.out
                .error(
                    Code::NotOneOf,
                    span,
                    format!("a characteristic is scored in one way, this one in {}", found.len()),
                )
                .help("exactly one of `of`, `first`, `each`, `formula`");
            return None;
        };
        let mine = WAYS.iter().find(|(w, _)| w == way).map_or(&[][..], |(_, keys)| keys);
        for (_, keys) in WAYS {
            for (key, span) in one_of(node, keys).into_iter().filter(|(key, _)| !mine.contains(key)) {
                self.out
                    .error(Code::NotOneOf, span, format!("`{key}` does not go with `{way}`"))
                    .help(format!("with `{way}`: {}", list(mine)));
            }
        }
        let mut need = |key: &str| {
            if node.get(key).is_none() {
                self.out
                    .error(
                        Code::MissingKey,
                        node.span.part(0, 1),
                        format!("a characteristic with `{way}` lacks the key `{key}`"),
                    )
                    .help(format!("with `{way}`: {}", list(mine)));
            }
        };
        match *way {
            "of" => {
                need("points");
                let of = node.get("of")?;
                let of = of.list().map_or_else(|| vec![of.clone()], <[Node]>::to_vec);
                if of.is_empty() {
                    return None;
                }
                if of.len() > 2 {
                    self.out
                        .error(Code::NotOneOf, node.get("of")?.span, "at most two expressions can be scored together")
                        .help("write a function in scripts/");
                    return None;
                }
                Some(Scoring::Points { points: self.points(node.get("points")?, of.len() == 2)?, of })
            }
            "first" => {
                let rows = maps(node, "first").filter_map(|row| {
                    Some(FirstRow {
                        when: row.get("when").cloned(),
                        points: row.get("points")?.clone(),
                        span: row.span,
                    })
                });
                Some(Scoring::First(rows.collect()))
            }
            "each" => {
                need("start");
                need("deduct");
                need("at_most");
                let deduct = node.get("deduct")?;
                let deduct = match deduct.get("of") {
                    Some(of) => Deduct::Points(of.clone(), self.points(deduct.get("points")?, false)?),
                    None => Deduct::Expression(deduct.clone()),
                };
                let per = match node.get("per").and_then(Node::text) {
                    Some("month") => Per::Month,
                    Some("once") => Per::Once,
                    _ => Per::Event,
                };
                let (table, filter) = (node.get("each")?.clone(), node.get("where").cloned());
                Some(Scoring::Each {
                    table,
                    filter,
                    start: number(node, "start")?,
                    deduct,
                    per,
                    at_most: number(node, "at_most")?,
                })
            }
            _ => {
                need("at_least");
                need("at_most");
                let formula = node.get("formula")?.clone();
                Some(Scoring::Formula {
                    formula,
                    at_least: number(node, "at_least")?,
                    at_most: number(node, "at_most")?,
                })
            }
        }
    }

    fn points(&mut self, node: &Node, two: bool) -> Option<Points> {
        match &node.kind {
            Kind::List(rows) => Some(Points::Bands(self.bands(rows, two), node.span)),
            Kind::Map(map) => {
                let rows: Option<Vec<_>> = map
                    .iter()
                    .map(|(k, n)| Some((Text { text: k.text.clone(), span: k.span }, number_of(n)?)))
                    .collect();
                Some(Points::Members(rows?, node.span))
            }
            Kind::Scalar { .. } => None,
        }
    }

    fn bands(&mut self, rows: &[Node], two: bool) -> Vec<Band> {
        let mut bands = Vec::new();
        for node in rows.iter().filter(|n| n.map().is_some()) {
            if one_of(node, &["upto", "below"]).len() > 1 {
                self.out
                    .error(Code::NotOneOf, node.span, "a band has one upper edge")
                    .help("`upto` includes the edge, `below` does not");
            }
            let by = node.get("by").and_then(Node::list);
            match (two, by.is_some(), node.get("points").is_some()) {
                (true, true, false) | (false, false, true) => {}
                (true, ..) => {
                    self.out
                        .error(
                            Code::BadBand,
                            node.span,
                            "a band of two variables needs `by`, and no `points` of its own",
                        )
                        .help("write the bands of the second variable behind `by`");
                }
                (false, true, _) => {
                    self.out
                        .error(Code::BadBand, node.span, "`by` needs two variables")
                        .help("write `of: [first, second]`");
                }
                (false, false, false) => {
                    self.out
                        .error(Code::MissingKey, node.span.part(0, 1), "the band lacks the key `points`")
                        .help("say how many points the band has");
                }
            }
            let by = by.map_or_else(Vec::new, |rows| self.bands(rows, false));
            bands.push(Band { edge: edge(node), points: number(node, "points"), by, span: node.span });
        }
        bands
    }

    pub(super) fn grades(&mut self, root: &Node, source: &mut Source) {
        for node in maps(root, "grades") {
            let Some(id) = text(node, "id") else { continue };
            let by_override = node.get("by").is_some();
            if by_override && let Some(from) = node.get("from") {
                self.out
                    .error(Code::NotOneOf, from.span, "a grade reached only by an override has no band")
                    .help("remove `from` or `by`");
            }
            source.grades.push(Grade { id, label: self.label(node, "label"), from: number(node, "from"), by_override });
        }
        for node in maps(root, "overrides") {
            let read = self.override_of(node);
            source.overrides.extend(noted(read, node, &mut self.unread));
        }
    }

    fn override_of(&mut self, node: &Node) -> Option<Override> {
        const EFFECTS: &[&str] = &["cap", "veto", "notch", "unrated"];
        let found = one_of(node, EFFECTS);
        if found.len() != 1 {
            self.out
                .error(
                    Code::NotOneOf,
                    node.span.part(0, 1),
                    format!("an override has one effect, this one has {}", found.len()),
                )
                .help(format!("exactly one of {}", list(EFFECTS)));
        }
        let (key, span) = found.first()?;
        let effect = match *key {
            "cap" => Effect::Cap(text(node, key)?),
            "veto" => Effect::Veto(text(node, key)?),
            "notch" => Effect::Notch(number(node, key)?),
            _ => {
                if node.get(key).and_then(Node::text) == Some("false") {
                    self.unknown_word(*span, "unrated: false", &["unrated: true"]);
                }
                Effect::Unrated
            }
        };
        Some(Override {
            id: text(node, "id")?,
            label: self.label(node, "label"),
            basis: text(node, "basis").map_or_else(String::new, |t| t.text),
            when: node.get("when")?.clone(),
            effect,
        })
    }

    pub(super) fn outcomes(&mut self, root: &Node) -> Vec<Outcome> {
        let Some(department) = text(root, "department") else { return Vec::new() };
        let department = (department.text, self.label(root, "label"));
        let outcomes = maps(root, "outcomes").filter_map(|node| {
            Some(Outcome {
                id: text(node, "id")?,
                kind: text(node, "kind").map_or_else(String::new, |t| t.text),
                label: self.label(node, "label"),
                department: department.clone(),
                basis: text(node, "basis").map_or_else(String::new, |t| t.text),
                when: node.get("when")?.clone(),
                until: node.get("until").cloned(),
                amount: node.get("amount").cloned(),
                severity: text(node, "severity"),
                publicity: text(node, "publicity"),
            })
        });
        outcomes.collect()
    }
}

fn list(keys: &[&str]) -> String {
    keys.iter().map(|k| format!("`{k}`")).collect::<Vec<_>>().join(", ")
}
