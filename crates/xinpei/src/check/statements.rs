//! Bodies of functions and closures: `let`, `if`, `switch` and loops that add up, as expressions.

use std::collections::BTreeMap;

use rhai::{Expr, FlowControl, Position, Stmt, StmtBlock};

use super::lower::{Failed, Lowered, Lowerer, Place, Val};
use super::typed::{Aggregate, NodeId};
use crate::diagnostic::{Code, Span};
use crate::limits;

/// Most statements that one rule may lower: branches that return are followed apart.
const STEPS: usize = 20_000;

/// What comes after a statement.
enum Flow {
    /// The rest was followed; this is the value of all.
    Done(Val),
    /// The rest is still to be run; this is the value if there is none.
    Next(Val),
}

impl Lowerer<'_> {
    /// The value of a block in a scope of its own.
    pub(super) fn block_value(&mut self, statements: &[Stmt], position: Position) -> Lowered<Val> {
        let depth = self.scope.len();
        let work: Vec<&Stmt> = statements.iter().collect();
        let value = self.run(&work, position);
        self.scope.truncate(depth);
        value
    }

    /// Runs statements to the end and returns the value of the last, or of a `return`.
    fn run(&mut self, work: &[&Stmt], position: Position) -> Lowered<Val> {
        self.deeper(position, |me| me.run_all(work, position))
    }

    fn run_all(&mut self, mut work: &[&Stmt], position: Position) -> Lowered<Val> {
        let mut last = Val::Nothing;
        while let Some((first, rest)) = work.split_first() {
            self.steps += 1;
            if self.steps > STEPS || self.arena.len() > limits::EXPRESSION_NODES {
                let at = self.span(first.position());
                return self.fail(
                    Code::TooComplex,
                    at,
                    "the function has too many branches",
                    "split it, or return at fewer places",
                );
            }
            match self.step(first, rest, position)? {
                Flow::Done(value) => return Ok(value),
                Flow::Next(value) => last = value,
            }
            work = rest;
        }
        Ok(last)
    }

    /// Runs one statement; `Done` when it has followed the rest as well.
    fn step(&mut self, first: &Stmt, rest: &[&Stmt], position: Position) -> Lowered<Flow> {
        match first {
            Stmt::Noop(_) => Ok(Flow::Next(Val::Nothing)),
            Stmt::Return(value, flags, at) if !flags.intersects(rhai::ASTFlags::BREAK) => match value {
                Some(value) => self.expression(value).map(Flow::Done),
                None => self.refuse(*at, "`return` without a value", "return a value"),
            },
            Stmt::Var(variable, _, at) => {
                if self.scope.len() >= limits::SCRIPT_VARIABLES {
                    let at = self.span(*at);
                    return self.fail(
                        Code::TooComplex,
                        at,
                        "the function has too many variables",
                        format!("at most {}", limits::SCRIPT_VARIABLES),
                    );
                }
                let value = self.expression(&variable.1)?;
                self.scope.push((variable.0.as_str().to_owned(), value));
                Ok(Flow::Next(Val::Nothing))
            }
            Stmt::Assignment(_) => {
                self.assign(first)?;
                Ok(Flow::Next(Val::Nothing))
            }
            Stmt::Block(block) => self.inner_block(block, rest, position),
            Stmt::If(flow, at) => self.branch(flow, rest, *at),
            Stmt::Switch(..) => self.switch(first).map(Flow::Next),
            Stmt::For(..) => {
                self.add_up(first)?;
                Ok(Flow::Next(Val::Nothing))
            }
            Stmt::Expr(expression) => match &**expression {
                Expr::Stmt(block) => self.inner_block(block, rest, position),
                other => self.expression(other).map(Flow::Next),
            },
            Stmt::FnCall(..)
            | Stmt::Share(..)
            | Stmt::While(..)
            | Stmt::Do(..)
            | Stmt::TryCatch(..)
            | Stmt::BreakLoop(..) => self.refuse(
                first.position(),
                "this statement",
                "`let`, `if`, `switch` and loops over tables that add up can be lowered",
            ),
            _ => self.refuse(
                first.position(),
                "this statement",
                "`let`, `if`, `switch` and loops over tables that add up can be lowered",
            ),
        }
    }

    /// A block among statements: its variables end with it, its `return` ends the function.
    fn inner_block(&mut self, block: &StmtBlock, rest: &[&Stmt], position: Position) -> Lowered<Flow> {
        let statements = block.statements();
        if returns(statements) {
            let work: Vec<&Stmt> = statements.iter().chain(rest.iter().copied()).collect();
            return self.run(&work, position).map(Flow::Done);
        }
        self.block_value(statements, position).map(Flow::Next)
    }

    fn branch(&mut self, flow: &FlowControl, rest: &[&Stmt], position: Position) -> Lowered<Flow> {
        let at = self.span(flow.expr.start_position());
        let condition = self.operand(&flow.expr)?;
        let condition = self.condition(condition, at)?;
        let (yes, no) = (flow.body.statements(), flow.branch.statements());
        if returns(yes) || returns(no) {
            // Each way is followed to the end of the function.
            let before = self.scope.clone();
            let follow = |me: &mut Self, way: &[Stmt]| {
                let work: Vec<&Stmt> = way.iter().chain(rest.iter().copied()).collect();
                me.scope.clone_from(&before);
                me.run(&work, position)
            };
            let one = follow(self, yes)?;
            let other = follow(self, no)?;
            self.scope = before;
            return self.choose(condition, one, other, at).map(|id| Flow::Done(Val::Node(id)));
        }
        let before = self.scope.clone();
        let value_one = self.block_value(yes, position)?;
        let one = std::mem::replace(&mut self.scope, before.clone());
        let value_other = self.block_value(no, position)?;
        let other = std::mem::replace(&mut self.scope, before);
        for at_scope in 0..self.scope.len() {
            let (Some((_, a)), Some((_, b))) = (one.get(at_scope), other.get(at_scope)) else { continue };
            if let (Val::Node(x), Val::Node(y)) = (a, b)
                && x == y
            {
                let value = a.clone();
                self.set(at_scope, value);
            } else if let (Val::Text(x, _), Val::Text(y, _)) = (a, b)
                && x == y
            {
                let value = a.clone();
                self.set(at_scope, value);
            } else if let (Val::Node(_) | Val::Text(..), Val::Node(_) | Val::Text(..)) = (a, b) {
                let merged = self.choose(condition, a.clone(), b.clone(), at)?;
                self.set(at_scope, Val::Node(merged));
            }
        }
        // Without a value on one of the ways it is a statement; whoever asks for a value says so.
        if !rest.is_empty() || matches!(value_one, Val::Nothing) || matches!(value_other, Val::Nothing) {
            return Ok(Flow::Next(Val::Nothing));
        }
        self.choose(condition, value_one, value_other, at).map(|id| Flow::Next(Val::Node(id)))
    }

    /// Refuses assignments where it is not decided in the columns whether they happen.
    pub(super) fn pure(&mut self, expression: &Expr, position: Position, what: &str) -> Lowered<()> {
        match expression {
            Expr::Stmt(block) if !targets(block.statements()).is_empty() => {
                self.refuse(position, what, "assign in an `if` statement")
            }
            _ => Ok(()),
        }
    }

    fn set(&mut self, at: usize, value: Val) {
        if let Some(slot) = self.scope.get_mut(at) {
            slot.1 = value;
        }
    }

    /// The variable that an assignment writes, and the value it gives it.
    fn assigned(&mut self, statement: &Stmt) -> Lowered<(usize, &'static str, NodeId, Span)> {
        let Stmt::Assignment(parts) = statement else { return Err(Failed) };
        let (operator, pair) = &**parts;
        let position = statement.position();
        let at = self.span(position);
        let Expr::Variable(name, ..) = &pair.lhs else {
            return self.refuse(
                position,
                "an assignment to something else than a variable",
                "events and facts cannot be changed",
            );
        };
        let Some(slot) = self.scope.iter().rposition(|(n, _)| *n == *name.1) else {
            return self.fail(
                Code::UnknownName,
                at,
                format!("there is no variable `{}`", name.1),
                "declare it with `let`",
            );
        };
        if slot < self.floor {
            return self.refuse(
                position,
                "an assignment to a variable outside the closure",
                "use `sum`, or a loop that adds up",
            );
        }
        let sign = match operator.get_op_assignment_info() {
            None => "=",
            Some((_, _, _, word, ..)) if word == "+" || word == "+=" => "+",
            Some((_, _, _, word, ..)) if word == "-" || word == "-=" => "-",
            Some((_, _, _, word, ..)) if word == "*" || word == "*=" => "*",
            Some(_) => return self.refuse(position, "this assignment", "use `=`, `+=`, `-=` or `*=`"),
        };
        let value = self.operand(&pair.rhs)?;
        Ok((slot, sign, value, at))
    }

    fn assign(&mut self, statement: &Stmt) -> Lowered<()> {
        let (slot, sign, value, at) = self.assigned(statement)?;
        let before = self.scope.get(slot).map(|(_, v)| v.clone()).ok_or(Failed)?;
        let value = match sign {
            "=" => value,
            _ => {
                let before = self.value(before, at)?;
                match sign {
                    "+" => self.add(before, value, 1, at)?,
                    "-" => self.add(before, value, -1, at)?,
                    _ => self.multiply(before, value, at)?,
                }
            }
        };
        self.set(slot, Val::Node(value));
        Ok(())
    }

    /// A loop over a table whose body adds to variables: each becomes a sum.
    fn add_up(&mut self, statement: &Stmt) -> Lowered<()> {
        let Stmt::For(parts, ..) = statement else { return Err(Failed) };
        let (variable, counter, flow) = &**parts;
        let position = statement.position();
        if counter.is_some() {
            return self.refuse(position, "a loop with a counter", "loop over the events alone");
        }
        let Val::Table(table, mask) = self.expression(&flow.expr)? else {
            return self.refuse(position, "a loop over something else than a table", "loop over a table of events");
        };
        let before = self.scope.clone();
        let mut sums: Vec<(usize, NodeId)> = Vec::new();
        let targets = targets(flow.body.statements());
        for (name, value) in &mut self.scope {
            if targets.contains(name) {
                *value = Val::Accumulator;
            }
        }
        self.scope.push((variable.as_str().to_owned(), Val::Event(table)));
        let result = self.loop_body(flow.body.statements(), table, mask, before.len(), &mut sums);
        self.scope = before;
        result?;
        for (slot, sum) in sums {
            let at = self.span(position);
            let Some((_, value)) = self.scope.get(slot).cloned() else { continue };
            let value = self.value(value, at)?;
            let total = self.add(value, sum, 1, at)?;
            self.set(slot, Val::Node(total));
        }
        Ok(())
    }

    fn loop_body(
        &mut self,
        body: &[Stmt],
        table: u32,
        mask: Option<NodeId>,
        outer: usize,
        sums: &mut Vec<(usize, NodeId)>,
    ) -> Lowered<()> {
        for statement in body {
            match statement {
                Stmt::Noop(_) => {}
                Stmt::Var(variable, _, _) => {
                    let value = self.expression(&variable.1)?;
                    self.scope.push((variable.0.as_str().to_owned(), value));
                }
                Stmt::Assignment(_) => {
                    let (slot, sign, value, at) = self.assigned(statement)?;
                    if slot >= outer || !matches!(sign, "+" | "-") {
                        return self.refuse(
                            statement.position(),
                            "this assignment in a loop",
                            "a loop may only add to variables (`+=`, `-=`)",
                        );
                    }
                    let value = if sign == "-" { self.negate(value, at)? } else { value };
                    let value = self.spread(value, table);
                    let sum = self.aggregate(Aggregate::Sum, table, mask, value, at)?;
                    sums.push((slot, sum));
                }
                Stmt::If(flow, _) => {
                    let at = self.span(flow.expr.start_position());
                    let condition = self.operand(&flow.expr)?;
                    let condition = self.condition(condition, at)?;
                    let condition = self.spread(condition, table);
                    let depth = self.scope.len();
                    let yes = self.restrict(mask, condition, at)?;
                    self.loop_body(flow.body.statements(), table, Some(yes), outer, sums)?;
                    self.scope.truncate(depth);
                    if !flow.branch.is_empty() {
                        let no = self.not(condition, at)?;
                        let no = self.restrict(mask, no, at)?;
                        self.loop_body(flow.branch.statements(), table, Some(no), outer, sums)?;
                        self.scope.truncate(depth);
                    }
                }
                other => {
                    return self.refuse(
                        other.position(),
                        "this statement in a loop",
                        "a loop may only add to variables, under conditions",
                    );
                }
            }
        }
        Ok(())
    }

    /// A `switch`: its cases are compared one after another.
    fn switch(&mut self, statement: &Stmt) -> Lowered<Val> {
        let Stmt::Switch(parts, position) = statement else { return Err(Failed) };
        let (value, cases) = &**parts;
        let at = self.span(value.start_position());
        let value = self.operand(value)?;
        // The tree keeps a hash of each literal; the literals are found again in the text.
        let literals = self.literals(*position, cases.cases.len(), &|hash| cases.cases.contains_key(&hash));
        let result = |index: usize| cases.expressions.get(index);
        let mut chain = match cases.def_case {
            Some(index) => match result(index) {
                Some(case) => self.expression(&case.rhs)?,
                None => return Err(Failed),
            },
            None => return self.refuse(*position, "a `switch` without `_ => …`", "give the rest a value"),
        };
        let mut rows = Vec::new();
        let mut listed: Vec<_> = cases.cases.iter().collect();
        listed.sort_by_key(|(hash, _)| **hash);
        for (hash, blocks) in listed {
            let Some((place, literal)) = literals.get(hash) else {
                return self.refuse(*position, "this `switch`", "its cases are texts and whole numbers");
            };
            let [block] = blocks.blocks.as_slice() else {
                return self.refuse(*position, "a case with conditions", "write one value a case");
            };
            rows.push((*place, literal.clone(), *block));
        }
        if !cases.ranges.is_empty() {
            return self.refuse(*position, "a range in a `switch`", "write `if`");
        }
        rows.sort_by_key(|(place, ..)| *place);
        for (place, literal, block) in rows.into_iter().rev() {
            let Some(case) = result(block) else { return Err(Failed) };
            self.pure(&case.rhs, *position, "an assignment in a case of `switch`")?;
            if !matches!(case.lhs, Expr::BoolConstant(true, _)) {
                return self.refuse(*position, "a case with a condition", "write `if`");
            }
            let literal = match literal {
                Literal::Text(text) => Val::Text(text, place),
                Literal::Number(n) => Val::Node(self.constant(n, 0, super::typed::Unit::Any)),
                Literal::Flag(b) => Val::Node(self.flag(b)),
            };
            let equal = self.equals(value, literal, at)?;
            let yes = self.expression(&case.rhs)?;
            chain = Val::Node(self.choose(equal, yes, chain, at)?);
        }
        Ok(chain)
    }

    /// The wanted texts, whole numbers and flags behind a `switch`, by the hash by which Rhai's tree
    /// knows them, with their places.
    fn literals(
        &self,
        position: Position,
        count: usize,
        wanted: &dyn Fn(u64) -> bool,
    ) -> BTreeMap<u64, (Span, Literal)> {
        let (before, text, position) = match &self.place {
            Place::Script(file) => self.script_from(*file, position),
            Place::Value(node) => (0, node.text().unwrap_or(""), position),
        };
        let place = |at: usize, len: usize| match &self.place {
            Place::Script(file) => Span { file: *file, start: 0, end: u32::MAX }.part(before + at, len),
            Place::Value(node) => node.inner(at, len, &self.out.files),
        };
        let (start, _) = super::parse::word_at(text, position);
        let mut found = BTreeMap::new();
        let mut rest = text.get(start..).unwrap_or("");
        while let Some(at) = rest.find(|c: char| c == '"' || c == '-' || c.is_ascii_alphanumeric()) {
            rest = rest.get(at..).unwrap_or("");
            let (token, len) = token(rest);
            if let Some(literal) = token
                && let Some(hash) = switch_hash(&self.engine, &literal)
                && wanted(hash)
                && !found.contains_key(&hash)
            {
                found.insert(hash, (place(text.len() - rest.len(), len), literal));
                if found.len() == count {
                    break;
                }
            }
            rest = rest.get(len.max(1)..).unwrap_or("");
        }
        found
    }
}

#[derive(Clone, Debug)]
enum Literal {
    Text(String),
    Number(i128),
    Flag(bool),
}

/// The literal at the start of a text, and how long the token is.
fn token(text: &str) -> (Option<Literal>, usize) {
    if let Some(body) = text.strip_prefix('"') {
        return match body.find('"') {
            Some(end) => (body.get(..end).filter(|b| !b.contains('\\')).map(|b| Literal::Text(b.to_owned())), end + 2),
            None => (None, text.len()),
        };
    }
    let digits = text.strip_prefix('-').unwrap_or(text);
    let len = digits.find(|c: char| !c.is_ascii_alphanumeric() && c != '_').unwrap_or(digits.len());
    let whole = len + (text.len() - digits.len());
    let word = text.get(..whole).unwrap_or("");
    let literal = match word {
        "true" => Some(Literal::Flag(true)),
        "false" => Some(Literal::Flag(false)),
        _ => word.replace('_', "").parse().ok().map(Literal::Number),
    };
    (literal, whole)
}

/// The hash by which Rhai's tree knows a literal, read off a `switch` with that one case.
fn switch_hash(engine: &rhai::Engine, literal: &Literal) -> Option<u64> {
    let case = match literal {
        Literal::Text(text) => format!("{text:?}"),
        Literal::Number(n) => n.to_string(),
        Literal::Flag(b) => b.to_string(),
    };
    let tree = engine.compile(format!("switch 0 {{ {case} => 0 }}")).ok()?;
    tree.statements().iter().find_map(|s| match s {
        Stmt::Switch(parts, _) => parts.1.cases.keys().next().copied(),
        Stmt::Expr(e) => match &**e {
            Expr::Stmt(block) => block.statements().iter().find_map(|s| match s {
                Stmt::Switch(parts, _) => parts.1.cases.keys().next().copied(),
                _ => None,
            }),
            _ => None,
        },
        _ => None,
    })
}

/// Whether a `return` stands in the statements.
pub(super) fn returns(statements: &[Stmt]) -> bool {
    statements.iter().any(|s| match s {
        Stmt::Return(..) => true,
        Stmt::If(flow, _) => returns(flow.body.statements()) || returns(flow.branch.statements()),
        Stmt::Block(block) => returns(block.statements()),
        Stmt::Expr(e) => matches!(&**e, Expr::Stmt(block) if returns(block.statements())),
        _ => false,
    })
}

/// The variables that statements assign to.
fn targets(statements: &[Stmt]) -> Vec<String> {
    let mut names = Vec::new();
    for statement in statements {
        match statement {
            Stmt::Assignment(parts) => {
                if let Expr::Variable(name, ..) = &parts.1.lhs {
                    names.push(name.1.to_string());
                }
            }
            Stmt::If(flow, _) => {
                names.extend(targets(flow.body.statements()));
                names.extend(targets(flow.branch.statements()));
            }
            Stmt::Block(block) => names.extend(targets(block.statements())),
            _ => {}
        }
    }
    names
}
