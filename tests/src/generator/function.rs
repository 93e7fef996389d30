//! Random functions of scripts: `let`, `if`, `switch`, loops that add up, and calls.

use super::dictionary::CATEGORIES;
use super::expression::{Gen, Named, Text};
use super::kind::{Kind, Num, Unit};
use super::yaml::Yaml;

impl Gen<'_> {
    /// Writes a function and calls it.
    pub fn call(&mut self, unit: Unit, depth: usize) -> Option<Text> {
        self.functions += 1;
        let name = format!("fn{}", self.functions);
        let mut arguments = Vec::new();
        let mut inside = Vec::new();
        for at in 0..=self.rng.below(4) {
            let parameter = format!("p{at}");
            let kind = match self.rng.below(6) {
                0 | 1 => Kind::Num(Num::new(unit, 0, 0, 0)),
                2 => Kind::Flag,
                3 => Kind::Date,
                4 => self.any_category().map_or(Kind::Flag, Kind::Category),
                _ => {
                    if let Some((text, table)) = self.table_text(depth) {
                        arguments.push(text);
                        inside.push(Named::Table(parameter, table));
                        continue;
                    }
                    Kind::Flag
                }
            };
            let argument = self.of_kind(&kind, depth);
            inside.push(Named::Value(Text::atom(parameter, argument.kind)));
            arguments.push(argument.text);
        }
        let parameters: Vec<String> = (0..arguments.len()).map(|at| format!("p{at}")).collect();
        // The body sees its parameters and nothing else.
        let scope = std::mem::replace(&mut self.scope, inside);
        let outside = std::mem::replace(&mut self.outside, false);
        let written = self.body(unit, depth);
        self.scope = scope;
        self.outside = outside;
        let (body, num) = written?;
        self.scripts
            .push_str(&format!("// A function of the generator.\nfn {name}({}) {{\n{body}}}\n", parameters.join(", ")));
        Some(Text::atom(format!("{name}({})", arguments.join(", ")), Kind::Num(num)))
    }

    /// Statements and the value at their end.
    fn body(&mut self, unit: Unit, depth: usize) -> Option<(String, Num)> {
        let mut out = String::new();
        let mut early: Option<Num> = None;
        for at in 0..self.rng.below(4) {
            match self.rng.below(7) {
                6 => {
                    let num = self.nested(at, unit, depth, &mut out)?;
                    self.scope.push(Named::Value(Text::atom(format!("v{at}"), Kind::Num(num))));
                }
                0 | 1 => {
                    let value = self.num(unit, depth);
                    out.push_str(&format!("    let v{at} = {};\n", value.text));
                    self.scope.push(Named::Value(Text::atom(format!("v{at}"), value.kind)));
                }
                2 => {
                    let num = self.assigned(at, unit, depth, &mut out)?;
                    self.scope.push(Named::Value(Text::atom(format!("v{at}"), Kind::Num(num))));
                }
                3 => {
                    let (condition, value) = (self.flag(depth), self.num(unit, depth));
                    out.push_str(&format!("    if {} {{ return {}; }}\n", condition.text, value.text));
                    early = Some(match early {
                        None => value.num(),
                        Some(before) => before.either(value.num())?,
                    });
                }
                4 => {
                    let num = self.added_up(at, unit, depth, &mut out)?;
                    self.scope.push(Named::Value(Text::atom(format!("v{at}"), Kind::Num(num))));
                }
                _ => {
                    let value = self.flag(depth);
                    out.push_str(&format!("    let v{at} = {};\n", value.text));
                    self.scope.push(Named::Value(Text::atom(format!("v{at}"), Kind::Flag)));
                }
            }
        }
        let (last, num) = self.last(unit, depth)?;
        out.push_str(&format!("    {last}\n"));
        let num = match early {
            None => num,
            Some(early) => early.either(num)?,
        };
        Some((out, num))
    }

    /// Branches inside branches, which may return, assign, or have a value of their own.
    fn nested(&mut self, at: usize, unit: Unit, depth: usize, out: &mut String) -> Option<Num> {
        let (a, b) = (self.flag(depth), self.flag(depth));
        let values: Vec<Text> = (0..4).map(|_| self.num(unit, depth)).collect();
        let [start, x, y, z] = values.as_slice() else { return None };
        let either = |list: &[&Text]| list.iter().skip(1).try_fold(list[0].num(), |n, t| n.either(t.num()));
        out.push_str(&format!("    let v{at} = {};\n", start.text));
        let (a, b, x_text, y_text, z_text) = (&a.text, &b.text, &x.text, &y.text, &z.text);
        let (text, num) = match self.rng.below(4) {
            0 => (
                format!(
                    "if {a} {{ v{at} = {x_text}; }} else if {b} {{ v{at} = {y_text}; }} else {{ v{at} = {z_text}; }}"
                ),
                either(&[x, y, z]),
            ),
            1 => (format!("if {a} {{ if {b} {{ v{at} = {x_text}; }} }}"), either(&[start, x])),
            2 => (format!("{{ let w = {x_text}; if {a} {{ v{at} = w; }} }}"), either(&[start, x])),
            _ => {
                // The branch assigns and has a value.
                let text = format!("let w{at} = if {a} {{ v{at} = {x_text}; {y_text} }} else {{ {z_text} }};");
                self.scope.push(Named::Value(Text::atom(format!("w{at}"), Kind::Num(either(&[y, z])?))));
                (text, either(&[start, x]))
            }
        };
        out.push_str(&format!("    {text}\n"));
        num
    }

    /// Writes an opaque function, whose declared range some values leave, and calls it.
    pub fn opaque_call(&mut self, depth: usize) -> Option<Text> {
        self.functions += 1;
        let name = format!("op{}", self.functions);
        let (arguments, script, num) = match self.rng.below(3) {
            0 => {
                let (table, _) = self.table_text(depth)?;
                let script = "(t) {\n    if t == () { return (); }\n    let n = 0;\n    let i = 0;\n    while i < t.len() {\n        if t[i].f0 == () { n += 10; } else { n += 1; }\n        i += 1;\n    }\n    n\n}";
                (table, script, Num::new(Unit::Plain, 0, 0, 30))
            }
            1 => {
                let (x, f) = (self.num(Unit::Plain, depth), self.flag(depth));
                let script = "(x, f) {\n    if x == () || f == () { return (); }\n    let v = [x, x * 2];\n    if f { v[0] } else { v[1] }\n}";
                (format!("{}, {}", x.text, f.text), script, Num::new(Unit::Plain, 2, -100_000, 100_000))
            }
            _ => {
                let category = self.any_category()?;
                let (c, d) = (self.category(category, depth)?, self.date(depth));
                let script = "(c, d) {\n    if c == () { return -1; }\n    if d == () { return (); }\n    let v = #{n: c.len() + d % 7};\n    v.n\n}";
                (format!("{}, {}", c.text, d.text), script, Num::new(Unit::Plain, 0, -5, 60))
            }
        };
        self.scripts.push_str(&format!("fn {name}{script}\n"));
        let text = |s: &str| Yaml::text(s);
        let edge = |units| Yaml::plain(rust_decimal::Decimal::from_i128_with_scale(units, num.digits));
        let map = |keys: Vec<(&str, Yaml)>| Yaml::Map(keys.into_iter().map(|(k, v)| (k.to_owned(), v)).collect());
        let range = map(vec![("from", edge(num.low)), ("to", edge(num.high))]);
        let returns = map(vec![("type", text("number")), ("digits", Yaml::plain(num.digits)), ("range", range)]);
        let label = super::dictionary::label(self.rng);
        self.opaque.push(map(vec![
            ("id", text(&name)),
            ("label", label),
            ("basis", text("pilot")),
            ("opaque", Yaml::plain(true)),
            ("returns", returns),
        ]));
        Some(Text::atom(format!("{name}({arguments})"), Kind::Num(num)))
    }

    /// A variable that branches may write.
    fn assigned(&mut self, at: usize, unit: Unit, depth: usize, out: &mut String) -> Option<Num> {
        let (before, condition, yes) = (self.num(unit, depth), self.flag(depth), self.num(unit, depth));
        let sign = *self.rng.pick(&["=", "+=", "-="]);
        let written = |old: Num, new: Num| match sign {
            "=" => Some(new),
            "+=" => old.add(new),
            _ => old.add(new.negate()),
        };
        out.push_str(&format!(
            "    let v{at} = {};\n    if {} {{ v{at} {sign} {}; }}",
            before.text, condition.text, yes.text
        ));
        let one = written(before.num(), yes.num())?;
        let mut other = before.num();
        if self.rng.percent(50) {
            let no = self.num(unit, depth);
            out.push_str(&format!(" else {{ v{at} = {}; }}", no.text));
            other = no.num();
        }
        out.push('\n');
        one.either(other)
    }

    /// A loop over a table that adds to a variable.
    fn added_up(&mut self, at: usize, unit: Unit, depth: usize, out: &mut String) -> Option<Num> {
        let (table, index) = self.table_text(0)?;
        let start = self.num(unit, 0);
        let mut total = start.num();
        let body = |text: (String, Kind)| text.0.trim_start_matches("|c| ").to_owned();
        let mut adding = |me: &mut Self| -> Option<String> {
            let (text, kind) = me.closure(index, |me| me.num(unit, depth));
            let Kind::Num(num) = kind else { return None };
            let sign = if me.rng.percent(70) { "+=" } else { "-=" };
            let num = if sign == "+=" { num } else { num.negate() };
            total = total.add(num.summed()?)?;
            let value = body((text, kind));
            Some(if me.rng.percent(20) {
                format!("let w = {value}; v{at} {sign} w;")
            } else {
                format!("v{at} {sign} {value};")
            })
        };
        let first = adding(self)?;
        let inside = match self.rng.below(3) {
            0 => first,
            n => {
                let second = if n == 1 { None } else { Some(adding(self)?) };
                let condition = body(self.closure(index, |me| me.flag(depth)));
                let rest = second.map_or(String::new(), |second| format!(" else {{ {second} }}"));
                format!("if {condition} {{ {first} }}{rest}")
            }
        };
        out.push_str(&format!("    let v{at} = {};\n    for c in {table} {{ {inside} }}\n", start.text));
        Some(total)
    }

    /// The value of a function.
    fn last(&mut self, unit: Unit, depth: usize) -> Option<(String, Num)> {
        match self.rng.below(4) {
            0 => {
                let (condition, yes, no) = (self.flag(depth), self.num(unit, depth), self.num(unit, depth));
                let num = yes.num().either(no.num())?;
                Some((format!("if {} {{ {} }} else {{ {} }}", condition.text, yes.text, no.text), num))
            }
            1 => {
                let category = self.any_category()?;
                let value = self.category(category, 0)?;
                let rest = self.num(unit, depth);
                let mut num = rest.num();
                let mut cases = String::new();
                let members = CATEGORIES[category].iter().filter(|m| **m != "null");
                for member in members.take(1 + self.rng.below(3)) {
                    let case = self.num(unit, depth);
                    num = case.num().either(num)?;
                    cases.push_str(&format!("\"{member}\" => {}, ", case.text));
                }
                Some((format!("switch {} {{ {cases}_ => {} }}", value.text, rest.text), num))
            }
            _ => {
                let value = self.num(unit, depth);
                Some((value.text.clone(), value.num()))
            }
        }
    }
}
