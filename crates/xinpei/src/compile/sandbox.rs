//! The interpreter of opaque functions: no file, no clock, no print, no eval, every limit set.

use std::cell::Cell;

use rhai::packages::{Package, StandardPackage};
use rhai::{AST, CallFnOptions, Dynamic, Engine, EvalAltResult, Scope};
use rust_decimal::Decimal;

use crate::check::typed::{Opaque, Type};
use crate::decimal;
use crate::limits;

thread_local! {
    /// Operations that the call under way may still take.
    static LEFT: Cell<u64> = const { Cell::new(0) };
}

/// A function that scripts may not call.
fn refused(name: &str) -> Result<(), Box<EvalAltResult>> {
    Err(format!("`{name}` cannot be called").into())
}

/// The interpreter with the scripts of a rulebook.
#[derive(Debug)]
pub struct Sandbox {
    engine: Engine,
    tree: Option<AST>,
    functions: Vec<Opaque>,
}

impl Sandbox {
    pub(crate) fn new(script: &str, functions: &[Opaque]) -> Self {
        let mut engine = Engine::new_raw();
        if functions.is_empty() {
            return Self { engine, tree: None, functions: Vec::new() };
        }
        engine.register_global_module(StandardPackage::new().as_shared_module());
        engine.set_max_operations(limits::SCRIPT_OPERATIONS);
        engine.set_max_call_levels(limits::SCRIPT_CALLS);
        engine.set_max_expr_depths(limits::EXPRESSION_DEPTH, limits::EXPRESSION_DEPTH);
        engine.set_max_string_size(limits::SCRIPT_TEXT);
        engine.set_max_array_size(limits::SCRIPT_ARRAY);
        engine.set_max_map_size(limits::SCRIPT_MAP);
        engine.set_max_variables(limits::SCRIPT_VARIABLES);
        engine.set_max_functions(limits::SCRIPT_FUNCTIONS * 4);
        for word in ["eval", "import", "export", "print", "debug"] {
            engine.disable_symbol(word);
        }
        // Rhai counts the operations of a closure that a function such as `sort` calls on a copy of
        // its state; this count spans the whole call.
        engine.on_progress(|_| {
            let left = LEFT.get().saturating_sub(1);
            LEFT.set(left);
            (left == 0).then_some(Dynamic::UNIT)
        });
        // The package of the core language can wait; a function may not.
        engine.register_fn("sleep", |_: rhai::INT| refused("sleep"));
        engine.register_fn("sleep", |_: Decimal| refused("sleep"));
        engine.on_print(|_| {});
        engine.on_debug(|_, _, _| {});
        let tree = engine.compile(script).ok();
        Self { engine, tree, functions: functions.to_vec() }
    }

    /// The declaration of a function.
    #[must_use]
    pub(crate) fn function(&self, index: u32) -> Option<&Opaque> {
        self.functions.get(usize::try_from(index).ok()?)
    }

    /// Calls a function; the result in units of its declared type.
    pub(crate) fn call(&self, index: u32, arguments: Vec<Dynamic>) -> Result<Option<i128>, String> {
        let (Some(function), Some(tree)) = (self.function(index), &self.tree) else {
            return Err("the script cannot be read by the sandbox".to_owned());
        };
        let options = CallFnOptions::new().eval_ast(false).rewind_scope(true);
        LEFT.set(limits::SCRIPT_OPERATIONS);
        let result =
            self.engine.call_fn_with_options::<Dynamic>(options, &mut Scope::new(), tree, &function.id, arguments);
        if LEFT.get() == 0 {
            // A native function may have swallowed the end of a closure.
            return Err("too many operations".to_owned());
        }
        let value = result.map_err(|error| plain(&error.to_string()))?;
        if value.is_unit() {
            return Ok(None);
        }
        match &function.returns.ty {
            Type::Flag => {
                value.as_bool().map(|b| Some(i128::from(b))).map_err(|kind| format!("returned {kind}, not a flag"))
            }
            Type::Number(numeric) => {
                let number = match value.as_int() {
                    Ok(whole) => Decimal::from(whole),
                    Err(_) => value.as_decimal().map_err(|kind| format!("returned {kind}, not a number"))?,
                };
                let units = decimal::to_units(number, numeric.digits).ok_or_else(|| {
                    format!("returned {number}, which has more than {} digits after the point", numeric.digits)
                })?;
                if units < numeric.low || units > numeric.high {
                    return Err(format!("returned {number}, which lies outside the declared range"));
                }
                Ok(Some(units))
            }
            _ => Err("returns a type that cannot be declared".to_owned()),
        }
    }
}

/// An error of the interpreter in one line, without its counters, which differ between versions.
fn plain(error: &str) -> String {
    let line = error.lines().next().unwrap_or("").trim();
    line.chars().take(160).collect()
}
