//! Calls of opaque functions, row by row; what goes wrong is a fault of that row.

use std::collections::BTreeMap;

use rhai::{Array, Dynamic, Map};

use super::chunk::Chunk;
use super::register::{Register, View};
use crate::compile::program::{FactKind, OpaqueArgument, Type};
use crate::decimal;
use crate::fault::{Fault, FaultKind};

/// The last call of each function: what it was given, and what came of it. A function knows nothing but its
/// arguments, so the same ones bring the same result.
pub(super) type Calls = BTreeMap<u32, (Vec<Option<i128>>, Result<Option<i128>, String>)>;

/// Calls the function for every row of the chunk whose arguments are not those of the call before.
pub(super) fn call(
    chunk: &Chunk<'_>,
    out: &mut Register,
    function: u32,
    arguments: &[OpaqueArgument],
    calls: &mut Calls,
) -> Vec<(usize, Fault)> {
    let mut faults = Vec::new();
    let sandbox = &chunk.program.sandbox;
    let views: Vec<Option<View<'_>>> = arguments
        .iter()
        .map(|argument| match argument {
            OpaqueArgument::Value(id) => Some(chunk.view(*id)),
            OpaqueArgument::Table(_, mask) => mask.map(|m| chunk.view(m)),
        })
        .collect();
    let mut given = Vec::new();
    for row in 0..chunk.rows.len() {
        let both = || arguments.iter().zip(&views);
        given.clear();
        for (argument, view) in both() {
            match argument {
                OpaqueArgument::Value(_) => given.push(view.as_ref().and_then(|view| view.get(row))),
                OpaqueArgument::Table(fact, _) => put(chunk, *fact, row, view.as_ref(), &mut given),
            }
        }
        if calls.get(&function).is_none_or(|(before, _)| *before != given) {
            let inputs = both().map(|(argument, view)| match (argument, view) {
                (OpaqueArgument::Value(id), Some(view)) => {
                    dynamic(chunk, &chunk.program.arena.node(*id).ty, view.get(row))
                }
                (OpaqueArgument::Value(_), None) => Dynamic::UNIT,
                (OpaqueArgument::Table(fact, _), mask) => table(chunk, *fact, row, mask.as_ref()),
            });
            calls.insert(function, (given.clone(), sandbox.call(function, inputs.collect())));
        }
        match calls.get(&function) {
            Some((_, Ok(value))) => out.set(row, *value),
            Some((_, Err(message))) => {
                out.set(row, None);
                let fact = sandbox.function(function).map_or_else(String::new, |f| f.id.clone());
                let fault = Fault { fact, kind: FaultKind::Script, value: message.clone() };
                faults.push((chunk.rows.start + row, fault));
            }
            None => out.set(row, None),
        }
    }
    faults
}

/// The events of a row, as far as they take part: how many, and their fields.
fn put(chunk: &Chunk<'_>, fact: u32, row: usize, mask: Option<&View<'_>>, given: &mut Vec<Option<i128>>) {
    let start = given.len();
    given.push(None);
    let Some(table) = chunk.batch.table(fact).filter(|table| table.known(chunk.rows.start + row)) else { return };
    let base = chunk.events(fact).start;
    let mut count = 0;
    for event in table.events(chunk.rows.start + row) {
        match mask.map_or(Some(1), |mask| mask.get(event - base)) {
            Some(1) => {}
            Some(_) => continue,
            None => return given.truncate(start + 1),
        }
        count += 1;
        given.extend(table.fields.iter().map(|column| column.get(event).map(i128::from)));
    }
    if let Some(slot) = given.get_mut(start) {
        *slot = Some(count);
    }
}

fn dynamic(chunk: &Chunk<'_>, ty: &Type, value: Option<i128>) -> Dynamic {
    let Some(units) = value else { return Dynamic::UNIT };
    match ty {
        Type::Number(numeric) => Dynamic::from_decimal(decimal::from_units(units, numeric.digits)),
        Type::Flag => Dynamic::from_bool(units == 1),
        Type::Date | Type::Grade => Dynamic::from_int(i64::try_from(units).unwrap_or(0)),
        Type::Category(category) => {
            let name = chunk.program.dictionary.members(*category).and_then(|m| m.name(i64::try_from(units).ok()?));
            name.map_or(Dynamic::UNIT, |name| Dynamic::from(name.to_owned()))
        }
    }
}

/// The events of a row as an array of maps; missing if it is not known which events take part.
fn table(chunk: &Chunk<'_>, fact: u32, row: usize, mask: Option<&View<'_>>) -> Dynamic {
    let Some(table) = chunk.batch.table(fact) else { return Dynamic::UNIT };
    let Some(FactKind::Events(events)) = chunk.program.typed.facts.get(fact as usize).map(|f| &f.kind) else {
        return Dynamic::UNIT;
    };
    if !table.known(chunk.rows.start + row) {
        return Dynamic::UNIT;
    }
    let base = chunk.events(fact).start;
    let mut array = Array::new();
    for event in table.events(chunk.rows.start + row) {
        match mask.map_or(Some(1), |mask| mask.get(event - base)) {
            Some(1) => {}
            Some(_) => continue,
            None => return Dynamic::UNIT,
        }
        let mut map = Map::new();
        for (field, column) in events.fields.iter().zip(&table.fields) {
            let value = column.get(event).map(i128::from);
            map.insert(field.id.as_str().into(), dynamic(chunk, &field.value.ty, value));
        }
        array.push(Dynamic::from_map(map));
    }
    Dynamic::from_array(array)
}
