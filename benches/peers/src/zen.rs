//! Peer: ZEN, with the points in one expression node, or in a decision table for each characteristic.

use std::path::Path;
use std::sync::Arc;

use futures_executor::block_on;
use serde_json::{Map, Value, json};
use xinpei_benches::hand::Results;
use xinpei_benches::workload::{Line, cap};
use zen_engine::model::DecisionContent;
use zen_engine::{Decision, DecisionEngine, Variable};

use crate::bands::{Bands, bands, bits, grades};
use crate::clock;
use crate::hands::{from_keys, push};
use crate::peer::Peer;

/// Where the points of a characteristic are looked up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Style {
    /// One node with an expression for each characteristic.
    Expressions,
    /// A decision table for each characteristic.
    Tables,
}

impl Style {
    /// Its name in the table and, with underscores, of its file.
    pub fn name(self) -> &'static str {
        match self {
            Self::Expressions => "expression nodes",
            Self::Tables => "decision tables",
        }
    }
}

/// A graph with its rows.
pub struct Zen {
    style: Style,
    decision: Decision,
    rows: Vec<Value>,
    bits: u32,
}

impl Zen {
    pub fn new(style: Style, lines: &[Line], rows: &[Vec<Option<i64>>]) -> Result<Self, String> {
        let content: DecisionContent = serde_json::from_value(graph(style, lines)).map_err(|e| e.to_string())?;
        let engine = DecisionEngine::default();
        let mut decision = engine.create_decision(Arc::new(content)).map_err(|e| format!("{e:?}"))?;
        decision.compile();
        let rows = rows.iter().map(|row| input(row)).collect();
        Ok(Self { style, decision, rows, bits: bits(lines.len()) })
    }

    /// Evaluates one row, from JSON as a service would have it.
    pub fn row(&self, row: usize) -> Result<Variable, String> {
        let input = Variable::from(&self.rows[row]);
        block_on(self.decision.evaluate(input)).map(|response| response.result).map_err(|e| format!("{e:?}"))
    }
}

impl Peer for Zen {
    fn name(&self) -> String {
        format!("ZEN from Rust, {}", self.style.name())
    }

    fn case(&self) -> String {
        "batch".to_owned()
    }

    fn rows(&self) -> usize {
        self.rows.len()
    }

    fn answers(&mut self) -> Result<Option<Results>, String> {
        let mut out = Results::default();
        for row in 0..self.rows.len() {
            let result = self.row(row)?.to_value();
            let number = |key: &str| {
                let value = result.get(key).ok_or_else(|| format!("no `{key}` in {result}"))?;
                value.as_f64().map(|v| v as i64).ok_or_else(|| format!("`{key}` is no number in {result}"))
            };
            let numbers: Result<Vec<i64>, String> =
                ["score", "grade", "r0", "r1", "r2", "r3"].iter().map(|key| number(key)).collect();
            push(&mut out, &from_keys(&numbers?, self.bits)?);
        }
        Ok(Some(out))
    }

    fn run(&mut self) -> Result<u64, String> {
        let mut failed = None;
        let time = clock::measure(|| {
            for row in 0..self.rows.len() {
                match self.row(row) {
                    Ok(result) => drop(std::hint::black_box(result)),
                    Err(error) => failed = Some(error),
                }
            }
        });
        failed.map_or(Ok(time), Err)
    }
}

fn input(row: &[Option<i64>]) -> Value {
    let facts: Map<String, Value> = row.iter().enumerate().map(|(i, v)| (format!("f{i}"), json!(v))).collect();
    facts.into()
}

/// Writes both graphs for the Python peer.
pub fn write(folder: &Path, lines: &[Line]) -> Result<(), String> {
    for style in [Style::Expressions, Style::Tables] {
        let path = folder.join(format!("zen_{}.json", style.name().replace(' ', "_")));
        std::fs::write(&path, graph(style, lines).to_string()).map_err(|e| format!("{}: {e}", path.display()))?;
    }
    Ok(())
}

/// The card as a graph.
fn graph(style: Style, lines: &[Line]) -> Value {
    let bands = bands(lines);
    let mut nodes = vec![
        json!({"id": "in", "name": "in", "type": "inputNode"}),
        json!({"id": "out", "name": "out", "type": "outputNode"}),
    ];
    let mut edges = vec![edge("in", "card"), edge("card", "out")];
    let mut expressions: Vec<(String, String)> = Vec::new();
    let points = if style == Style::Tables { "" } else { "$." };
    for (i, line) in bands.iter().enumerate() {
        if style == Style::Expressions {
            expressions.push((format!("p{i}"), ternary(i, line)));
        } else {
            let id = format!("table{i}");
            nodes.push(json!({"id": id, "name": id, "type": "decisionTableNode", "content": table(i, line)}));
            edges.push(edge("in", &id));
            edges.push(edge(&id, "card"));
        }
    }
    expressions.extend(totals(&bands, lines.len(), points));
    let list: Vec<Value> = expressions.iter().map(|(key, value)| json!({"id": key, "key": key, "value": value})).collect();
    nodes.push(json!({"id": "card", "name": "card", "type": "expressionNode", "content": {"expressions": list}}));
    json!({"nodes": nodes, "edges": edges})
}

fn edge(from: &str, to: &str) -> Value {
    json!({"id": format!("{from}-{to}"), "sourceId": from, "targetId": to, "type": "edge"})
}

fn ternary(i: usize, line: &Bands) -> String {
    let mut text = format!("f{i} == null ? {} : ", line.missing);
    for (cut, points) in line.cuts.iter().zip(&line.points) {
        text.push_str(&format!("f{i} <= {cut} ? {points} : "));
    }
    text + line.points.last().map_or_else(String::new, i64::to_string).as_str()
}

fn table(i: usize, line: &Bands) -> Value {
    let rule = |r: usize, when: String, points: i64| json!({"_id": format!("r{r}"), "v": when, "p": points.to_string()});
    let mut rules = vec![rule(0, "null".to_owned(), line.missing)];
    for (r, (cut, points)) in line.cuts.iter().zip(&line.points).enumerate() {
        rules.push(rule(r + 1, format!("<= {cut}"), *points));
    }
    rules.push(rule(rules.len(), String::new(), line.points.last().copied().unwrap_or(0)));
    json!({
        "hitPolicy": "first",
        "inputs": [{"id": "v", "name": "v", "type": "expression", "field": format!("f{i}")}],
        "outputs": [{"id": "p", "name": "p", "type": "expression", "field": format!("p{i}")}],
        "rules": rules,
        "passThrough": false,
    })
}

/// Sections, score, grade and the four greatest keys.
fn totals(bands: &[Bands], size: usize, points: &str) -> Vec<(String, String)> {
    let (bits, cap) = (bits(size), cap(size));
    let mut list: Vec<(String, String)> = Vec::new();
    for s in 0..4 {
        let sum: Vec<String> = (s..size).step_by(4).map(|i| format!("{points}p{i}")).collect();
        list.push((format!("s{s}"), format!("max([0, min([{cap}, {}])])", sum.join(" + "))));
    }
    list.push(("score".into(), "floor(($.s0 + $.s1 + $.s2 + $.s3 + 5) / 10)".into()));
    let mut grade = String::new();
    for (g, from) in grades(size).iter().enumerate() {
        grade.push_str(&format!("$.score >= {from} ? {} : ", 9 - g));
    }
    list.push(("g0".into(), format!("{grade}0")));
    let flag = |k: usize| format!("f{}", size + k);
    list.push(("g1".into(), format!("max([0, min([9, $.g0 + {} - {}])])", flag(4), flag(2))));
    list.push(("g2".into(), format!("{} == 1 ? min([$.g1, 1]) : $.g1", flag(0))));
    list.push(("g3".into(), format!("{} == 1 ? min([$.g2, 5]) : $.g2", flag(3))));
    list.push(("g4".into(), format!("{} == 1 ? 2 : $.g3", flag(5))));
    list.push(("grade".into(), format!("{} == 1 ? 0 : $.g4", flag(1))));
    let key = |(i, line): (usize, &Bands)| {
        let code = (1_i64 << bits) - 1 - line.order;
        let (top, shift) = (line.top, 1_i64 << bits);
        format!("{points}p{i} < {top} ? ({top} - {points}p{i}) * {shift} + {code} : 0")
    };
    // Four numbers below all keys, so that no list is empty.
    let keys: Vec<String> = bands.iter().enumerate().map(key).chain((1..=4).map(|n| format!("0 - {n}"))).collect();
    list.push(("keys".into(), format!("[{}]", keys.join(", "))));
    list.push(("r0".into(), "max($.keys)".into()));
    for k in 1..4 {
        list.push((format!("r{k}"), format!("max(filter($.keys, # < $.r{}))", k - 1)));
    }
    list
}
