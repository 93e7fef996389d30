//! Peer: the whole card as one Rhai script, compiled once and run for each row.

use std::fmt::Write;

use rhai::{AST, Array, Dynamic, Engine, Scope};
use xinpei_benches::hand::Results;
use xinpei_benches::workload::{Line, cap};

use crate::bands::{Bands, bands, bits, grades};
use crate::clock;
use crate::hands::{from_keys, push};
use crate::peer::Peer;

/// The script with its rows.
pub struct Script {
    engine: Engine,
    ast: AST,
    rows: Vec<Array>,
    bits: u32,
}

impl Script {
    pub fn new(lines: &[Line], rows: &[Vec<Option<i64>>]) -> Result<Self, String> {
        let mut engine = Engine::new();
        engine.set_max_expr_depths(0, 0);
        let text = text(lines);
        let ast = engine.compile(&text).map_err(|e| e.to_string())?;
        let value = |v: &Option<i64>| v.map_or(Dynamic::UNIT, Dynamic::from);
        let rows = rows.iter().map(|row| row.iter().map(value).collect()).collect();
        Ok(Self { engine, ast, rows, bits: bits(lines.len()) })
    }

    fn row(&self, row: &Array) -> Result<Array, String> {
        let mut scope = Scope::new();
        scope.push_constant("x", row.clone());
        self.engine.eval_ast_with_scope(&mut scope, &self.ast).map_err(|e| e.to_string())
    }
}

impl Peer for Script {
    fn name(&self) -> String {
        "Rhai, one script".to_owned()
    }

    fn case(&self) -> String {
        "batch".to_owned()
    }

    fn rows(&self) -> usize {
        self.rows.len()
    }

    fn answers(&mut self) -> Result<Option<Results>, String> {
        let mut out = Results::default();
        for row in &self.rows {
            let numbers: Result<Vec<i64>, _> = self.row(row)?.iter().map(Dynamic::as_int).collect();
            push(&mut out, &from_keys(&numbers?, self.bits)?);
        }
        Ok(Some(out))
    }

    fn run(&mut self) -> Result<u64, String> {
        let mut failed = None;
        let time = clock::measure(|| {
            for row in &self.rows {
                if let Err(error) = self.row(row) {
                    failed = Some(error);
                }
            }
        });
        failed.map_or(Ok(time), Err)
    }
}

/// The card as a script over an array `x`, with `()` where a value is missing.
fn text(lines: &[Line]) -> String {
    let size = lines.len();
    let bits = bits(size);
    let mut text = "let s0 = 0; let s1 = 0; let s2 = 0; let s3 = 0;\n".to_owned();
    text.push_str("let b0 = 0; let b1 = 0; let b2 = 0; let b3 = 0; let v = (); let p = 0; let k = 0;\n");
    for (i, line) in bands(lines).iter().enumerate() {
        let Bands { cuts, points, missing, top, order, section } = line;
        let _ = write!(text, "v = x[{i}];\np = if v == () {{ {missing} }}");
        for (cut, points) in cuts.iter().zip(points) {
            let _ = write!(text, " else if v <= {cut} {{ {points} }}");
        }
        let code = (1 << bits) - 1 - order;
        let shift = 1_i64 << bits;
        let _ = write!(text, " else {{ {} }};\ns{section} += p;\n", points.last().unwrap_or(&0));
        let _ = write!(
            text,
            "if p < {top} {{
    k = ({top} - p) * {shift} + {code};
    if k > b3 {{
        if k > b0 {{ b3 = b2; b2 = b1; b1 = b0; b0 = k; }}
        else if k > b1 {{ b3 = b2; b2 = b1; b1 = k; }}
        else if k > b2 {{ b3 = b2; b2 = k; }}
        else {{ b3 = k; }}
    }}
}}
"
        );
    }
    let cap = cap(size);
    for s in 0..4 {
        let _ = writeln!(text, "if s{s} > {cap} {{ s{s} = {cap}; }} else if s{s} < 0 {{ s{s} = 0; }}");
    }
    text.push_str("let score = (s0 + s1 + s2 + s3 + 5) / 10;\nlet g = ");
    for (g, from) in grades(size).iter().enumerate() {
        let _ = write!(text, "if score >= {from} {{ {} }} else ", 9 - g);
    }
    let flag = |k: usize| size + k;
    let _ = write!(
        text,
        "{{ 0 }};
g += x[{}] - x[{}];
if g < 0 {{ g = 0; }} else if g > 9 {{ g = 9; }}
if x[{}] == 1 && g > 1 {{ g = 1; }}
if x[{}] == 1 && g > 5 {{ g = 5; }}
if x[{}] == 1 {{ g = 2; }}
if x[{}] == 1 {{ g = 0; }}
[score, g, b0, b1, b2, b3]
",
        flag(4),
        flag(2),
        flag(0),
        flag(3),
        flag(5),
        flag(1)
    );
    text
}
