//! Opaque functions: the scripts in an interpreter of the oracle's own.

use rhai::packages::{Package, StandardPackage};
use rhai::{AST, Dynamic, Engine, Map, Scope};
use rust_decimal::Decimal;
use xinpei::check::typed::{FactKind, OpaqueArgument, Type, Typed};

use super::calendar;
use super::node::Row;
use super::number::with_digits;
use super::value::Value;

/// The interpreter with the scripts of a rulebook.
pub struct Sandbox {
    engine: Engine,
    tree: Option<AST>,
}

impl Sandbox {
    pub fn new(typed: &Typed) -> Self {
        let mut engine = Engine::new_raw();
        engine.register_global_module(StandardPackage::new().as_shared_module());
        // The interpreter's own limits differ between debug and release.
        engine.set_max_expr_depths(0, 0);
        engine.set_max_operations(200_000);
        engine.set_max_call_levels(24);
        engine.set_max_string_size(64 * 1024);
        engine.set_max_array_size(20_000);
        engine.set_max_map_size(1_000);
        let tree = (!typed.opaque.is_empty()).then(|| engine.compile(&typed.script).expect("the engine read it"));
        Self { engine, tree }
    }

    pub fn call(&self, row: &Row<'_>, function: u32, arguments: &[OpaqueArgument]) -> Result<Option<Value>, String> {
        let declared = &row.typed.opaque[function as usize];
        let tree = self.tree.as_ref().ok_or("no script")?;
        let given: Vec<Dynamic> = arguments.iter().map(|argument| self.argument(row, argument)).collect();
        let result: Dynamic =
            self.engine.call_fn(&mut Scope::new(), tree, &declared.id, given).map_err(|_| "script".to_owned())?;
        if result.is_unit() {
            return Ok(None);
        }
        match &declared.returns.ty {
            Type::Flag => result.as_bool().map(|f| Some(Value::Flag(f))).map_err(|_| "script".into()),
            Type::Number(numeric) => {
                let number = result
                    .as_int()
                    .map(Decimal::from)
                    .or_else(|_| result.as_decimal())
                    .map_err(|_| "script")?
                    .normalize();
                let edge = |units| Decimal::from_i128_with_scale(units, numeric.digits);
                if number.scale() > numeric.digits || number < edge(numeric.low) || number > edge(numeric.high) {
                    return Err("script".into());
                }
                Ok(Some(Value::Number(with_digits(number, numeric.digits))))
            }
            other => panic!("a function cannot return {other:?}"),
        }
    }

    fn argument(&self, row: &Row<'_>, argument: &OpaqueArgument) -> Dynamic {
        match argument {
            OpaqueArgument::Value(id) => dynamic(row, &row.typed.arena.node(*id).ty, row.value(*id, 0)),
            OpaqueArgument::Table(fact, mask) => {
                let FactKind::Events(events) = &row.typed.facts[*fact as usize].kind else { panic!("a table") };
                let Some(list) = &row.facts.tables[*fact as usize] else { return Dynamic::UNIT };
                let mut array = Vec::new();
                for (at, event) in list.iter().enumerate() {
                    match mask.map_or(Some(true), |mask| row.flag(mask, at)) {
                        Some(true) => {}
                        Some(false) => continue,
                        // A filter that is not known leaves no known table.
                        None => return Dynamic::UNIT,
                    }
                    let fields = events.fields.iter().zip(event);
                    let map: Map =
                        fields.map(|(f, v)| (f.id.as_str().into(), dynamic(row, &f.value.ty, v.clone()))).collect();
                    array.push(Dynamic::from_map(map));
                }
                Dynamic::from_array(array)
            }
        }
    }
}

fn dynamic(row: &Row<'_>, ty: &Type, value: Option<Value>) -> Dynamic {
    match (value, ty) {
        (None, _) => Dynamic::UNIT,
        (Some(Value::Number(n)), _) => Dynamic::from_decimal(n),
        (Some(Value::Flag(f)), _) => Dynamic::from_bool(f),
        (Some(Value::Date(d)), _) => Dynamic::from_int(calendar::days_between(jiff::civil::date(1970, 1, 1), d)),
        (Some(Value::Member(m)), Type::Category(category)) => {
            Dynamic::from(row.typed.categories[*category as usize].name(m.into()).expect("a member").to_owned())
        }
        (Some(other), ty) => panic!("{other:?} of {ty:?} is never given to a function"),
    }
}
