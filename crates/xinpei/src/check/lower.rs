//! The state of lowering: what is known, where we are, and how a mistake is reported.

use std::collections::BTreeMap;
use std::rc::Rc;

use rhai::{AST, Position};

use super::card::Card;
use super::conditions::Conditions;
use super::dictionary::Dictionary;
use super::parse;
use super::script::Scripts;
use super::typed::{Arena, Measure, Node, NodeId, Numeric, Op, Opaque, Product, ResultRef, Tiers, Type, Typed};
use crate::author::source::{self, Source};
use crate::diagnostic::{Code, Diagnostics, Span};
use crate::limits;

/// A mistake was reported; there is no value to go on with.
#[derive(Clone, Copy, Debug)]
pub(super) struct Failed;

pub(super) type Lowered<T> = Result<T, Failed>;

/// What a name or a part of an expression stands for while lowering.
#[derive(Clone, Debug)]
pub(super) enum Val {
    /// A value.
    Node(NodeId),
    /// A text whose category is not known yet, and its place.
    Text(String, Span),
    /// A table of events: the fact, and which events are left.
    Table(u32, Option<NodeId>),
    /// One event of a table.
    Event(u32),
    /// A list of values, for `in`.
    List(Vec<Val>),
    /// Nothing: a block without a value.
    Nothing,
    /// A variable that a loop adds up; it cannot be read inside the loop.
    Accumulator,
    /// An event of a table inside a closure over another event of the same table.
    OuterEvent,
}

/// Where an expression's text stands.
#[derive(Clone)]
pub(super) enum Place {
    /// A scalar of a rule file.
    Value(Rc<source::Node>),
    /// A script file.
    Script(u32),
}

/// Which results of scoring an expression may use.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Stage {
    /// Facts only.
    Facts,
    /// Also sections, points and the score.
    Score,
    /// Also the grade and the overrides.
    Grade,
}

/// Results that conditions may use, by name.
#[derive(Clone, Debug, Default)]
pub(super) struct Results {
    pub(super) sections: BTreeMap<String, (u32, Numeric)>,
    pub(super) points: BTreeMap<String, (u32, Numeric)>,
    pub(super) fired: BTreeMap<String, u32>,
    pub(super) grades: Vec<String>,
    pub(super) score: Option<Numeric>,
}

pub(super) struct Lowerer<'a> {
    pub(super) arena: Arena,
    pub(super) dictionary: Dictionary,
    pub(super) scripts: Scripts,
    pub(super) results: Results,
    pub(super) stage: Stage,
    pub(super) engine: rhai::Engine,
    pub(super) out: &'a mut Diagnostics,
    /// Names in scope, innermost last.
    pub(super) scope: Vec<(String, Val)>,
    /// How many of them stand outside the innermost closure, and cannot be assigned to.
    pub(super) floor: usize,
    /// The table whose fields stand for the event, inside `where` and `deduct`.
    pub(super) event: Option<u32>,
    pub(super) place: Place,
    /// Where the lines of each script start.
    pub(super) lines: BTreeMap<u32, Vec<usize>>,
    /// The trees that closures are looked up in, innermost last.
    pub(super) trees: Vec<Rc<AST>>,
    /// Functions being lowered, innermost last.
    pub(super) calls: Vec<String>,
    /// Statements lowered since the last rule began, to bound branching.
    pub(super) steps: usize,
    /// How deep the lowering is inside itself, to bound the stack.
    pub(super) depth: usize,
    /// The place of the rule's expression, which calls of functions come from.
    pub(super) rule: Span,
    pub(super) opaque: Vec<Opaque>,
}

impl<'a> Lowerer<'a> {
    pub(super) fn new(source: &Source, dictionary: Dictionary, out: &'a mut Diagnostics) -> Self {
        let engine = parse::engine();
        let scripts = Scripts::read(source, &engine, &dictionary, out);
        let lines = |file: &u32| {
            let text = source.files.text(*file);
            (*file, std::iter::once(0).chain(text.match_indices('\n').map(|(at, _)| at + 1)).collect())
        };
        let lines = source.scripts.iter().map(lines).collect();
        Self {
            arena: Arena::default(),
            dictionary,
            scripts,
            results: Results::default(),
            stage: Stage::Facts,
            engine,
            out,
            scope: Vec::new(),
            floor: 0,
            event: None,
            place: Place::Script(0),
            lines,
            trees: Vec::new(),
            calls: Vec::new(),
            steps: 0,
            depth: 0,
            rule: Span::default(),
            opaque: Vec::new(),
        }
    }

    pub(super) fn finish(
        self,
        source: &Source,
        card: Card,
        conditions: Conditions,
        (products, tiers): (Vec<Product>, Option<Tiers>),
        measures: Vec<Measure>,
    ) -> Option<Typed> {
        if !self.out.has_errors() {
            self.scripts.note_uncalled(self.out);
        }
        Some(Typed {
            manifest: source.manifest.clone(),
            digest: source.digest.clone(),
            departments: self.dictionary.departments,
            facts: self.dictionary.facts,
            categories: self.dictionary.categories,
            arena: self.arena,
            sections: card.sections,
            characteristics: card.characteristics,
            score: card.score,
            grades: card.grades,
            overrides: conditions.overrides,
            outcomes: conditions.outcomes,
            products,
            tiers,
            measures,
            opaque: self.opaque,
            script: self.scripts.text,
        })
    }

    /// Lowers the expression of a scalar. `event` names the table whose fields stand bare.
    pub(super) fn lower(&mut self, value: &source::Node, event: Option<u32>) -> Lowered<Val> {
        let text = value.text().unwrap_or("");
        if text.trim().is_empty() || value.is_null() {
            // Its form was refused.
            return Err(Failed);
        }
        self.place = Place::Value(Rc::new(value.clone()));
        self.scope.clear();
        self.floor = 0;
        self.calls.clear();
        self.event = event;
        self.steps = 0;
        self.rule = value.span;
        if text.len() > limits::EXPRESSION_BYTES {
            return self.fail(
                Code::TooComplex,
                value.span,
                "the expression is too long",
                "write a function in scripts/",
            );
        }
        let tree = match parse::expression(&self.engine, text) {
            Ok(tree) => Rc::new(tree),
            Err(mistake) => {
                let span = self.span(mistake.position);
                return self.fail(mistake.code, span, mistake.message, mistake.help);
            }
        };
        self.trees = vec![Rc::clone(&tree)];
        let Some(rhai::Stmt::Expr(expression)) = tree.statements().first() else {
            return self.fail(
                Code::ExpressionSyntax,
                value.span,
                "this is not an expression",
                "write a fact, a comparison or a calculation",
            );
        };
        self.expression(expression)
    }

    /// Lowers an expression whose value must be one value an enterprise (or an event of `event`).
    pub(super) fn lower_value(&mut self, value: &source::Node, event: Option<u32>) -> Lowered<NodeId> {
        let val = self.lower(value, event)?;
        let id = self.value(val, value.span)?;
        if self.arena.node(id).table.is_some() && event.is_none() {
            return self.fail(
                Code::TableAsValue,
                value.span,
                "this has a value for each event, not one",
                "count or sum the events",
            );
        }
        Ok(id)
    }

    /// Lowers a condition.
    pub(super) fn lower_condition(&mut self, value: &source::Node, event: Option<u32>) -> Lowered<NodeId> {
        let id = self.lower_value(value, event)?;
        self.condition(id, value.span)
    }

    pub(super) fn condition(&mut self, id: NodeId, at: Span) -> Lowered<NodeId> {
        match &self.arena.node(id).ty {
            Type::Flag => Ok(id),
            other => {
                let noun = other.noun();
                self.fail(
                    Code::ConditionExpected,
                    at,
                    format!("this is {noun}, not a condition"),
                    "compare it with something",
                )
            }
        }
    }

    /// The node of a value; a table, a text or nothing is a mistake.
    pub(super) fn value(&mut self, val: Val, at: Span) -> Lowered<NodeId> {
        match val {
            Val::Node(id) => Ok(id),
            Val::Text(text, place) => self.fail(
                Code::TypeMismatch,
                place,
                format!("the text \"{text}\" stands alone"),
                "a text can only be compared with a category or a grade, or be the argument of `date`, `section`, `points`, `fired`",
            ),
            Val::Table(..) => {
                self.fail(Code::TableAsValue, at, "a table stands where one value is asked", "count it (`.count()`), sum it or filter it, in a function of scripts/")
            }
            Val::Event(_) => self.fail(Code::TableAsValue, at, "an event stands where one value is asked", "name one of its fields"),
            Val::List(_) => self.fail(Code::TypeMismatch, at, "a list stands where one value is asked", "lists are used with `in` only"),
            Val::Nothing => self.fail(Code::TypeMismatch, at, "this has no value", "let every branch end with a value"),
            Val::OuterEvent => self.fail(
                Code::NotInLanguage,
                at,
                "an event stands beside another event of the same table",
                "compare it with a sum, `min` or `max` of the table, or declare a function opaque",
            ),
            Val::Accumulator => self.fail(
                Code::NotInLanguage,
                at,
                "a variable that a loop adds up cannot be read inside the loop",
                "use `filter` and `sum`, or declare the function opaque",
            ),
        }
    }

    /// Notes a rule that cannot be used; nothing is dropped without a word.
    pub(super) fn dropped(&mut self, id: &source::Text) {
        self.dictionary.note_broken(&id.text);
        if !self.out.has_errors() {
            self.out
                .error(Code::MayOverflow, id.span, "the numbers of this rule have too many digits together")
                .help("write fewer digits before or after the point, or round");
        }
    }

    /// Reports a mistake.
    pub(super) fn fail<T>(
        &mut self,
        code: Code,
        at: Span,
        message: impl Into<String>,
        help: impl Into<String>,
    ) -> Lowered<T> {
        let mut help = help.into();
        if let Some(name) = self.calls.last()
            && at.file != self.rule.file
        {
            let (line, _) = self.out.files.line_column(self.rule);
            help.push_str(&format!("; `{name}` is called for {}, line {line}", self.out.files.path(self.rule.file)));
        }
        self.out.error(code, at, message).help(help);
        Err(Failed)
    }

    /// Runs one level deeper; refuses to exhaust the stack.
    pub(super) fn deeper<T>(&mut self, position: Position, work: impl FnOnce(&mut Self) -> Lowered<T>) -> Lowered<T> {
        if self.depth >= limits::LOWERING_DEPTH {
            let at = self.span(position);
            return self.fail(
                Code::TooComplex,
                at,
                "branches and calls are nested too deeply",
                "split the function, or return at fewer places",
            );
        }
        self.depth += 1;
        let result = work(self);
        self.depth -= 1;
        result
    }

    /// The place of a position inside the expression or script being lowered.
    pub(super) fn span(&self, position: Position) -> Span {
        match &self.place {
            Place::Value(node) => {
                let text = node.text().unwrap_or("");
                let (start, len) = parse::word_at(text, position);
                node.inner(start, len, &self.out.files)
            }
            Place::Script(file) => {
                let end = u32::try_from(self.out.files.text(*file).len()).unwrap_or(u32::MAX);
                let (before, rest, position) = self.script_from(*file, position);
                let (start, len) = parse::word_at(rest, position);
                Span { file: *file, start: 0, end }.part(before + start, len)
            }
        }
    }

    /// A script from the line of a position on: the bytes before it, its text, the position in it.
    pub(super) fn script_from(&self, file: u32, position: Position) -> (usize, &str, Position) {
        let line = position.line().unwrap_or(1);
        let start = self.lines.get(&file).and_then(|lines| lines.get(line - 1)).copied().unwrap_or(0);
        let column = u16::try_from(position.position().unwrap_or(1)).unwrap_or(u16::MAX);
        (start, self.out.files.text(file).get(start..).unwrap_or(""), Position::new(1, column))
    }

    /// The number at a position as it is written.
    pub(super) fn written(&self, position: Position) -> String {
        match &self.place {
            Place::Value(node) => parse::number_at(node.text().unwrap_or(""), position),
            Place::Script(file) => {
                let (_, rest, position) = self.script_from(*file, position);
                parse::number_at(rest, position)
            }
        }
    }

    /// Adds a node for one value an enterprise, or of the table of its operands.
    pub(super) fn node(&mut self, op: Op, ty: Type, table: Option<u32>) -> NodeId {
        self.arena.add(Node { op, ty, table })
    }

    pub(super) fn ty(&self, id: NodeId) -> Type {
        self.arena.node(id).ty.clone()
    }

    /// A result of scoring.
    pub(super) fn result(&mut self, result: ResultRef, ty: Type) -> NodeId {
        self.node(Op::Result(result), ty, None)
    }

    /// Brings two operands to the same rows: a value of the enterprise is spread over the events.
    pub(super) fn align(&mut self, a: NodeId, b: NodeId, at: Span) -> Lowered<(NodeId, NodeId, Option<u32>)> {
        match (self.arena.node(a).table, self.arena.node(b).table) {
            (x, y) if x == y => Ok((a, b, x)),
            (Some(table), None) => Ok((a, self.spread(b, table), Some(table))),
            (None, Some(table)) => Ok((self.spread(a, table), b, Some(table))),
            _ => self.fail(
                Code::TableAsValue,
                at,
                "events of two tables meet in one expression",
                "sum up one of the tables first",
            ),
        }
    }

    /// A value of the enterprise beside each event of a table.
    pub(super) fn spread(&mut self, id: NodeId, table: u32) -> NodeId {
        let node = self.arena.node(id).clone();
        if node.table.is_some() {
            return id;
        }
        self.node(Op::Spread(id, table), node.ty, Some(table))
    }
}
