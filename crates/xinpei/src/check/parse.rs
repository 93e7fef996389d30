//! Expression text → Rhai's syntax tree, with positions turned into places.

use rhai::{AST, ASTNode, Engine, LexError, OptimizationLevel, ParseErrorType, Position, Stmt};

use crate::diagnostic::{Code, tidy};
use crate::limits;

/// What Rhai's parser refused.
pub(super) struct Mistake {
    pub(super) code: Code,
    pub(super) position: Position,
    pub(super) message: String,
    pub(super) help: String,
}

/// A parser for expressions and scripts: nothing is optimised, nothing can be run.
pub(super) fn engine() -> Engine {
    let mut engine = Engine::new_raw();
    engine.set_optimization_level(OptimizationLevel::None);
    engine.set_max_expr_depths(limits::EXPRESSION_DEPTH, limits::EXPRESSION_DEPTH);
    engine.set_max_string_size(limits::EXPRESSION_BYTES);
    engine.set_max_functions(limits::SCRIPT_FUNCTIONS * 4);
    engine
}

pub(super) fn expression(engine: &Engine, text: &str) -> Result<AST, Mistake> {
    // Brackets nest on the parser's own stack; a bound of ours holds in every build.
    nesting(text)?;
    engine.compile_expression(text).map_err(|error| mistake(text, &error.0, error.1))
}

pub(super) fn script(engine: &Engine, text: &str) -> Result<AST, Mistake> {
    nesting(text)?;
    // Rhai counts lines and columns in 16 bits; beyond them a number would be read at the wrong place.
    for (i, line) in text.lines().enumerate() {
        if i >= limits::SCRIPT_LINES || line.len() >= limits::SCRIPT_LINES {
            return Err(Mistake {
                code: Code::TooComplex,
                position: position_of(text.get(..line.as_ptr().addr() - text.as_ptr().addr()).unwrap_or("")),
                message: "the script has too many lines, or one too long".into(),
                help: format!("at most {} lines of as many bytes; split it", limits::SCRIPT_LINES),
            });
        }
    }
    engine.compile(text).map_err(|error| mistake(text, &error.0, error.1))
}

/// The position behind a text.
fn position_of(before: &str) -> Position {
    let number = |n: usize| u16::try_from(n).unwrap_or(u16::MAX);
    let line = before.bytes().filter(|b| *b == b'\n').count() + 1;
    let column = before.rsplit('\n').next().map_or(0, |l| l.chars().count()) + 1;
    Position::new(number(line), number(column))
}

fn too_deep(position: Position) -> Mistake {
    Mistake {
        code: Code::TooComplex,
        position,
        message: "the expression is nested too deeply".into(),
        help: format!("at most {} levels; name parts of it in a function of scripts/", limits::EXPRESSION_DEPTH),
    }
}

/// Refuses brackets and prefix operators that are nested too deeply.
fn nesting(text: &str) -> Result<(), Mistake> {
    let (mut depth, mut prefix) = (0_usize, 0_usize);
    for (at, byte) in text.bytes().enumerate() {
        match byte {
            b'(' | b'[' | b'{' => depth += 1,
            b')' | b']' | b'}' => depth = depth.saturating_sub(1),
            _ => {}
        }
        prefix = if matches!(byte, b'!' | b'-' | b'+') {
            prefix + 1
        } else if byte == b' ' {
            prefix
        } else {
            0
        };
        if depth.max(prefix) > limits::EXPRESSION_DEPTH {
            return Err(too_deep(position_of(text.get(..at).unwrap_or(""))));
        }
    }
    Ok(())
}

fn mistake(text: &str, error: &ParseErrorType, position: Position) -> Mistake {
    let at = text.get(offset(text, position)..).and_then(|rest| rest.chars().next());
    if let Some((sign, (name, plain))) = at.and_then(|sign| Some((sign, wide(sign)?))) {
        return Mistake {
            code: Code::ExpressionSyntax,
            position,
            message: format!("`{sign}` is {name}"),
            help: format!("write {plain}"),
        };
    }
    let (code, help) = match error {
        ParseErrorType::ExprTooDeep => return too_deep(position),
        ParseErrorType::Reserved(word) if !word.starts_with(char::is_alphabetic) => {
            (Code::ExpressionSyntax, "put a space or brackets between two signs")
        }
        ParseErrorType::Reserved(_) => {
            (Code::ReservedWord, "this word is reserved by the expression language; choose another id")
        }
        ParseErrorType::BadInput(LexError::MalformedNumber(_)) => {
            (Code::InexactLiteral, "at most 28 digits, 18 of them after the point")
        }
        ParseErrorType::MismatchedType(..) => (Code::ConditionExpected, "compare it with something"),
        ParseErrorType::BadInput(_) => (
            Code::ExpressionSyntax,
            "facts, comparisons (`==`, `<`), `&&`, `||`, `!`, `+ - *`, `in [..]` and calls can stand here",
        ),
        ParseErrorType::FnDuplicatedDefinition(..) => (Code::DuplicateFunction, "choose another name"),
        _ => (Code::ExpressionSyntax, "check brackets, quotes and operators"),
    };
    let message = match error {
        ParseErrorType::UnexpectedEOF => "the expression ends too early".to_owned(),
        ParseErrorType::FnDuplicatedDefinition(name, _) => format!("the function `{name}` exists already"),
        other => tidy(&other.to_string()),
    };
    Mistake { code, position, message, help: help.into() }
}

/// A sign that Chinese keyboards and word processors write for one of the language: what it is, and what
/// to write.
fn wide(sign: char) -> Option<(&'static str, String)> {
    let plain = |sign: &str| format!("`{sign}`");
    Some(match sign {
        '，' => ("the full-width comma", plain(",")),
        '、' => ("the enumeration comma", plain(",")),
        '。' => ("the ideographic full stop", plain(".")),
        '：' => ("the full-width colon", plain(":")),
        '；' => ("the full-width semicolon", plain(";")),
        '（' => ("the full-width opening bracket", plain("(")),
        '）' => ("the full-width closing bracket", plain(")")),
        '【' | '［' => ("a full-width opening bracket", plain("[")),
        '】' | '］' => ("a full-width closing bracket", plain("]")),
        '＞' => ("the full-width greater-than sign", plain(">")),
        '＜' => ("the full-width less-than sign", plain("<")),
        '＝' => ("the full-width equals sign", "`==` for equal, and `>=`, `<=` for a bound".to_owned()),
        '！' => ("the full-width exclamation mark", plain("!")),
        '“' | '”' | '„' | '«' | '»' | '「' | '」' | '＂' => ("a typographic quotation mark", plain("\"")),
        '‘' | '’' | '＇' => ("a typographic quotation mark", "`\"` around a text".to_owned()),
        '≥' => ("a mathematical sign", plain(">=")),
        '≤' => ("a mathematical sign", plain("<=")),
        '≠' => ("a mathematical sign", plain("!=")),
        '×' => ("the multiplication sign", plain("*")),
        '÷' | '／' => ("a division sign", "`round(a / b, digits)`".to_owned()),
        '−' | '–' | '—' => ("a dash or a mathematical minus", plain("-")),
        '％' => ("the full-width per cent sign", "the share as a number, such as 0.35".to_owned()),
        // Every printable sign of ASCII has a full-width form, in the same order.
        '！'..='～' => {
            let plain = u32::from(sign).checked_sub(0xfee0).and_then(char::from_u32)?;
            ("a full-width character", format!("`{plain}`"))
        }
        _ => return None,
    })
}

/// Byte offset of a position in a text.
fn offset(text: &str, position: Position) -> usize {
    let (line, column) = (position.line().unwrap_or(1), position.position().unwrap_or(1));
    let start: usize = text.split_inclusive('\n').take(line - 1).map(str::len).sum();
    let rest = text.get(start..).unwrap_or("");
    start + rest.char_indices().nth(column.max(1) - 1).map_or(rest.len(), |(at, _)| at)
}

/// Start and length of the word, number, text or sign at a position.
pub(super) fn word_at(text: &str, position: Position) -> (usize, usize) {
    let start = offset(text, position);
    let rest = text.get(start..).unwrap_or("");
    let run = |within: fn(char) -> bool| rest.find(|c| !within(c)).unwrap_or(rest.len());
    let len = match rest.chars().next() {
        None => 0,
        Some('"') => rest.get(1..).and_then(|r| r.find('"')).map_or(1, |end| end + 2),
        Some(c) if c.is_alphanumeric() || c == '_' => run(|c| c.is_alphanumeric() || c == '_' || c == '.'),
        Some(c) if SIGNS.contains(c) => run(|c| SIGNS.contains(c)),
        Some(c) => c.len_utf8(),
    };
    (start, len)
}

/// What operators are made of.
const SIGNS: &str = "=<>&|*/%^?.";

/// The number literal at a position, as it is written.
pub(super) fn number_at(text: &str, position: Position) -> String {
    let rest = text.get(offset(text, position)..).unwrap_or("");
    // Rhai takes signs and brackets before a number into it.
    let digits = rest.trim_start_matches(|c: char| matches!(c, '-' | '+' | '(') || c.is_whitespace());
    let negative = rest.get(..rest.len() - digits.len()).unwrap_or("").matches('-').count() % 2 == 1;
    let run = |from: usize| {
        let tail = digits.get(from..).unwrap_or("");
        from + tail.find(|c: char| !c.is_ascii_alphanumeric() && c != '_').unwrap_or(tail.len())
    };
    let mut end = run(0);
    if digits
        .get(end..)
        .is_some_and(|tail| tail.starts_with('.') && tail.as_bytes().get(1).is_some_and(u8::is_ascii_digit))
    {
        end = run(end + 1);
    }
    format!("{}{}", if negative { "-" } else { "" }, digits.get(..end).unwrap_or(""))
}

/// Parameters and statements of a function of a tree, closures included.
pub(super) fn function(tree: &AST, name: &str) -> Option<(Vec<String>, Vec<Stmt>)> {
    let definition = tree.iter_fn_def().find(|f| f.name == name)?;
    let parameters = definition.params.iter().map(ToString::to_string).collect();
    // The payload's type has no public name: the statements are collected by walking a tree that
    // holds this one function.
    let mut alone = tree.clone_functions_only();
    alone.retain_functions(|_, _, other, _| other == name);
    let mut statements = Vec::new();
    alone.walk(&mut |path: &[ASTNode]| {
        if let [ASTNode::Stmt(statement)] = path {
            statements.push((*statement).clone());
        }
        true
    });
    Some((parameters, statements))
}
