//! Functions of the scripts: found, declared, lowered into the expression that calls them.

use std::collections::BTreeMap;
use std::rc::Rc;

use rhai::{AST, Engine, FnCallExpr, Position};

use super::dictionary::Dictionary;
use super::lower::{Lowered, Lowerer, Place, Val};
use super::parse;
use super::typed::{NodeId, Op, Opaque, OpaqueArgument, ValueType};
use crate::author::source::Source;
use crate::diagnostic::{Code, Diagnostics, Span, nearest};
use crate::label::Label;
use crate::limits;

/// All functions of a rulebook's scripts.
pub(super) struct Scripts {
    functions: BTreeMap<String, Function>,
    /// Whether a script could not be read: nobody knows which functions it has.
    broken: bool,
    /// The scripts joined, for the sandbox.
    pub(super) text: String,
}

struct Function {
    file: u32,
    tree: Rc<AST>,
    parameters: usize,
    declared: Option<Declared>,
    /// Whether something calls it.
    called: bool,
    /// Where its name stands.
    span: Span,
}

#[derive(Clone)]
struct Declared {
    label: Label,
    opaque: bool,
    returns: Option<ValueType>,
    ranged: bool,
    index: Option<u32>,
}

impl Scripts {
    pub(super) fn read(source: &Source, engine: &Engine, dictionary: &Dictionary, out: &mut Diagnostics) -> Self {
        let mut scripts =
            Self { functions: BTreeMap::new(), broken: source.lost.contains("scripts/"), text: String::new() };
        for file in &source.scripts {
            let text = source.files.text(*file);
            let whole = Span { file: *file, start: 0, end: u32::try_from(text.len()).unwrap_or(u32::MAX) };
            let tree = match parse::script(engine, text) {
                Ok(tree) => Rc::new(tree),
                Err(mistake) => {
                    let (start, len) = parse::word_at(text, mistake.position);
                    out.error(mistake.code, whole.part(start, len.max(1)), mistake.message).help(mistake.help);
                    scripts.broken = true;
                    continue;
                }
            };
            scripts.text.push_str(text);
            scripts.text.push('\n');
            if let Some(statement) = tree.statements().first() {
                let (start, len) = parse::word_at(text, statement.position());
                out.error(Code::NotInLanguage, whole.part(start, len), "a script holds functions only")
                    .help("move the statement into a function");
            }
            let mut definitions: Vec<_> = tree.iter_fn_def().filter(|f| !f.name.starts_with("anon$")).collect();
            // The tree keeps functions by hash.
            definitions.sort_by_key(|f| f.body.start_position());
            for definition in definitions {
                let name = definition.name.to_string();
                let (body, _) = parse::word_at(text, definition.body.start_position());
                let start = text.get(..body).and_then(|before| before.rfind("fn ")?.checked_add(3)).unwrap_or(body);
                let span = whole.part(start, name.len());
                if super::builtins::BUILTINS.iter().any(|(n, ..)| *n == name) || scripts.functions.contains_key(&name) {
                    out.error(Code::DuplicateFunction, span, format!("the function `{name}` exists already"))
                        .help("choose another name");
                    continue;
                }
                let function = Function {
                    file: *file,
                    tree: Rc::clone(&tree),
                    parameters: definition.params.len(),
                    declared: None,
                    called: false,
                    span,
                };
                scripts.functions.insert(name, function);
            }
        }
        scripts.declare(source, dictionary, out);
        scripts
    }

    fn declare(&mut self, source: &Source, dictionary: &Dictionary, out: &mut Diagnostics) {
        for declared in &source.functions {
            let span = declared.id.span;
            let name = &declared.id.text;
            let help = nearest(name, self.functions.keys().map(String::as_str))
                .map_or("write it, or remove the declaration".to_owned(), |n| format!("did you mean `{n}`?"));
            let Some(function) = self.functions.get_mut(name) else {
                if self.broken {
                    continue;
                }
                out.error(Code::NoSuchFunction, span, format!("the scripts have no function `{name}`")).help(help);
                continue;
            };
            if function.declared.is_some() {
                out.error(Code::DuplicateId, span, format!("`{name}` is declared twice")).help("remove one");
            }
            let returns = declared.returns.as_ref().and_then(|r| dictionary.returns(r, out));
            let ranged = declared.returns.as_ref().is_some_and(|r| {
                r.kind.text == "flag" || r.range.as_ref().is_some_and(|(from, to, _)| from.is_some() && to.is_some())
            });
            function.declared =
                Some(Declared { label: declared.label.clone(), opaque: declared.opaque, returns, ranged, index: None });
            if declared.opaque && !ranged {
                out.error(Code::OpaqueWithoutRange, span, format!("the opaque function `{name}` declares no range"))
                    .help("write `returns: {type: number, digits: 2, range: {from: 0, to: 100}}`");
            } else if declared.opaque {
                out.note(Code::OpaqueFunction, span, format!("`{name}` is opaque: it runs row by row in a sandbox"))
                    .help("nothing can be proved about it but its declared range");
            }
        }
    }

    pub(super) const fn broken(&self) -> bool {
        self.broken
    }

    /// Functions that nothing calls are not checked, and their author should know.
    pub(super) fn note_uncalled(&self, out: &mut Diagnostics) {
        for (name, function) in self.functions.iter().filter(|(_, f)| !f.called) {
            out.note(
                Code::NeverCalled,
                function.span,
                format!("nothing calls the function `{name}`, so it is not checked"),
            )
            .help("call it from a rule, or remove it");
        }
    }

    pub(super) fn has(&self, name: &str) -> bool {
        self.functions.contains_key(name)
    }

    pub(super) fn names(&self) -> impl Iterator<Item = &str> {
        self.functions.keys().map(String::as_str)
    }
}

impl Lowerer<'_> {
    /// A call of a function of the scripts: lowered in place, or an opaque node.
    pub(super) fn script_call(&mut self, call: &FnCallExpr, position: Position) -> Lowered<Val> {
        let name = call.name.to_string();
        let at = self.span(position);
        let Some(function) = self.scripts.functions.get_mut(&name) else { return Err(super::lower::Failed) };
        function.called = true;
        let (file, tree, parameters, declared) =
            (function.file, Rc::clone(&function.tree), function.parameters, function.declared.clone());
        if call.args.len() != parameters {
            return self.fail(
                Code::WrongArguments,
                at,
                format!(
                    "`{name}` takes {parameters} {}, not {}",
                    if parameters == 1 { "argument" } else { "arguments" },
                    call.args.len()
                ),
                "see scripts/",
            );
        }
        if self.calls.contains(&name) {
            return self.fail(
                Code::CircularFunctions,
                at,
                format!("`{name}` calls itself"),
                "write it as a sum over a table, or declare it opaque",
            );
        }
        if self.calls.len() >= limits::CALL_DEPTH {
            return self.fail(
                Code::TooComplex,
                at,
                "functions call each other too deeply",
                format!("at most {} levels", limits::CALL_DEPTH),
            );
        }
        let mut arguments = Vec::new();
        for argument in &call.args {
            arguments.push(self.expression(argument)?);
        }
        if let Some(declared) = declared.filter(|d| d.opaque) {
            return self.opaque_call(&name, &declared, arguments, at);
        }
        let Some((names, body)) = parse::function(&tree, &name) else { return Err(super::lower::Failed) };
        // The body sees its parameters and nothing else.
        let scope = std::mem::replace(&mut self.scope, names.into_iter().zip(arguments).collect());
        let place = std::mem::replace(&mut self.place, Place::Script(file));
        let event = self.event.take();
        let floor = std::mem::take(&mut self.floor);
        self.trees.push(tree);
        self.calls.push(name);
        let result = self.block_value(&body, Position::NONE);
        self.calls.pop();
        self.trees.pop();
        self.scope = scope;
        self.place = place;
        self.event = event;
        self.floor = floor;
        result
    }

    fn opaque_call(&mut self, name: &str, declared: &Declared, arguments: Vec<Val>, at: Span) -> Lowered<Val> {
        let Some(returns) = declared.returns.clone().filter(|_| declared.ranged) else {
            return Err(super::lower::Failed);
        };
        let mut inputs = Vec::new();
        for argument in arguments {
            inputs.push(match argument {
                Val::Table(table, mask) => OpaqueArgument::Table(table, mask),
                other => {
                    let id: NodeId = self.value(other, at)?;
                    if self.arena.node(id).table.is_some() {
                        return self.fail(
                            Code::TableAsValue,
                            at,
                            "an opaque function is called once an enterprise",
                            "give it the whole table",
                        );
                    }
                    OpaqueArgument::Value(id)
                }
            });
        }
        let index = match declared.index {
            Some(index) => index,
            None => {
                let index = u32::try_from(self.opaque.len()).unwrap_or(u32::MAX);
                self.opaque.push(Opaque {
                    id: name.to_owned(),
                    label: declared.label.clone(),
                    returns: returns.clone(),
                });
                if let Some(d) = self.scripts.functions.get_mut(name).and_then(|f| f.declared.as_mut()) {
                    d.index = Some(index);
                }
                index
            }
        };
        Ok(Val::Node(self.node(Op::Opaque(index, inputs), returns.ty, None)))
    }
}
