//! The language's functions for Rhai's interpreter, written for one event and one value at a time.

use jiff::civil::Date;
use rhai::packages::{Package, StandardPackage};
use rhai::{Array, Dynamic, Engine, EvalAltResult, FnPtr, ImmutableString, NativeCallContext};
use rust_decimal::Decimal;
use xinpei_tests::oracle::{Mode, add_months, months_between, quotient};

/// A civil date.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Day(pub Date);

/// A division that waits to be rounded.
#[derive(Clone, Copy)]
struct Quotient(Decimal, Decimal);

type Answer<T> = Result<T, Box<EvalAltResult>>;

/// A number; an error that names `()` for what is missing.
fn number(value: Dynamic) -> Answer<Decimal> {
    let value = value.flatten();
    if let Ok(n) = value.as_int() {
        return Ok(Decimal::from(n));
    }
    value.as_decimal().map_err(|kind| format!("not a number: {kind}").into())
}

/// The lesser or greater of two numbers or dates.
fn extreme(a: Dynamic, b: Dynamic, least: bool) -> Answer<Dynamic> {
    let (a, b) = (a.flatten(), b.flatten());
    if a.is_unit() || b.is_unit() {
        return Err("an extreme of ()".into());
    }
    if let (Some(x), Some(y)) = (a.clone().try_cast::<Day>(), b.clone().try_cast::<Day>()) {
        return Ok(Dynamic::from(if (x < y) == least { x } else { y }));
    }
    let (x, y) = (number(a)?, number(b)?);
    Ok(Dynamic::from_decimal(if least { x.min(y) } else { x.max(y) }))
}

fn condition(value: &Dynamic) -> Answer<bool> {
    value.as_bool().map_err(|kind| format!("not a condition: {kind}").into())
}

/// The calendar of facts, outside of which a date is missing.
fn kept(date: Option<Date>) -> Dynamic {
    match date {
        Some(date) if (1900..=2199).contains(&date.year()) => Dynamic::from(Day(date)),
        _ => Dynamic::UNIT,
    }
}

fn add_days(day: Day, days: Dynamic) -> Answer<Dynamic> {
    let days = number(days)?;
    let days = i32::try_from(days).ok().filter(|d| d.abs() < 1_000_000);
    Ok(kept(days.and_then(|d| day.0.checked_add(jiff::Span::new().days(d)).ok())))
}

fn days(from: Day, to: Day) -> i64 {
    i64::from(from.0.until(to.0).expect("a span of the calendar").get_days())
}

/// An interpreter that knows the functions of the rule language.
pub fn engine(as_of: Date) -> Engine {
    let today = Day(as_of);
    let mut engine = Engine::new_raw();
    engine.register_global_module(StandardPackage::new().as_shared_module());
    // A quotient of whole numbers is not a whole number here.
    engine.set_fast_operators(false);
    engine.set_max_expr_depths(0, 0);
    engine.register_type_with_name::<Day>("date");
    operators(&mut engine);
    engine.register_fn("round", |x: Dynamic, digits: i64| rounded(x, digits, "half_up"));
    // The package has one for decimals that rounds ties to even.
    engine.register_fn("round", |x: Decimal, digits: i64| rounded(Dynamic::from_decimal(x), digits, "half_up"));
    engine.register_fn("round", |x: Dynamic, digits: i64, mode: ImmutableString| rounded(x, digits, &mode));
    engine.register_fn("min", |a: Dynamic, b: Dynamic| extreme(a, b, true));
    engine.register_fn("max", |a: Dynamic, b: Dynamic| extreme(a, b, false));
    for (name, least) in [("min", true), ("max", false)] {
        // The package has its own for each type.
        engine.register_fn(name, move |a: i64, b: i64| if least { a.min(b) } else { a.max(b) });
        engine.register_fn(name, move |a: Decimal, b: Decimal| if least { a.min(b) } else { a.max(b) });
    }
    engine.register_fn("abs", |x: Decimal| x.abs());
    engine.register_fn("bare", |x: Dynamic| number(x).map(Dynamic::from_decimal));
    engine.register_fn("choose", |c: bool, a: Dynamic, b: Dynamic| if c { a } else { b });
    engine.register_fn("present", |x: Dynamic| !x.flatten().is_unit());
    engine.register_fn(
        "otherwise",
        |x: Dynamic, default: Dynamic| if x.clone().flatten().is_unit() { default } else { x },
    );
    engine.register_fn("date", |text: ImmutableString| Day(text.parse().expect("a date")));
    engine.register_fn("days_since", move |d: Day| days(d, today));
    engine.register_fn("months_since", move |d: Day| months_between(d.0, today.0));
    engine.register_fn("years_since", move |d: Day| months_between(d.0, today.0) / 12);
    engine.register_fn("days_between", days);
    engine.register_fn("months_between", |a: Day, b: Day| months_between(a.0, b.0));
    engine.register_fn("add_days", add_days);
    engine.register_fn("add_months", |d: Day, n: Dynamic| -> Answer<Dynamic> {
        let n = number(n)?;
        Ok(kept(i64::try_from(n).ok().filter(|n| n.abs() < 1_000_000).and_then(|n| add_months(d.0, n))))
    });
    engine.register_fn("year", |d: Day| i64::from(d.0.year()));
    engine.register_fn("month", |d: Day| i64::from(d.0.month()));
    tables(&mut engine);
    engine
}

fn rounded(x: Dynamic, digits: i64, mode: &str) -> Answer<Dynamic> {
    let digits = u32::try_from(digits).expect("few digits");
    let x = x.flatten();
    let (a, b) = match x.clone().try_cast::<Quotient>() {
        Some(Quotient(a, b)) => (a, b),
        None => (number(x)?, Decimal::ONE),
    };
    Ok(quotient(a, b, digits, Mode::of(mode)).map_or(Dynamic::UNIT, Dynamic::from_decimal))
}

fn operators(engine: &mut Engine) {
    engine.register_fn("/", |a: i64, b: i64| Quotient(a.into(), b.into()));
    engine.register_fn("/", |a: Decimal, b: i64| Quotient(a, b.into()));
    engine.register_fn("/", |a: i64, b: Decimal| Quotient(a.into(), b));
    engine.register_fn("/", |a: Decimal, b: Decimal| Quotient(a, b));
    engine.register_fn("==", |a: Day, b: Day| a == b);
    engine.register_fn("!=", |a: Day, b: Day| a != b);
    engine.register_fn("<", |a: Day, b: Day| a < b);
    engine.register_fn("<=", |a: Day, b: Day| a <= b);
    engine.register_fn(">", |a: Day, b: Day| a > b);
    engine.register_fn(">=", |a: Day, b: Day| a >= b);
    // The interpreter finds a missing value and a number merely different.
    macro_rules! refuse_missing {
        ($($sign:literal),*) => {
            $(engine.register_fn($sign, |_: (), _: Dynamic| -> Answer<bool> { Err("compared with ()".into()) });
            engine.register_fn($sign, |_: Dynamic, _: ()| -> Answer<bool> { Err("compared with ()".into()) });
            engine.register_fn($sign, |_: (), _: ()| -> Answer<bool> { Err("compared with ()".into()) });)*
        };
    }
    refuse_missing!("==", "!=", "<", "<=", ">", ">=");
    engine.register_fn("contains", |list: &mut Array, x: Dynamic| -> Answer<bool> {
        if x.clone().flatten().is_unit() {
            return Err("compared with ()".into());
        }
        let same = |item: &Dynamic| match (number(item.clone()), number(x.clone())) {
            (Ok(a), Ok(b)) => a == b,
            _ => item.clone().into_string().ok() == x.clone().flatten().into_string().ok(),
        };
        Ok(list.iter().any(same))
    });
}

/// The value of a closure for each event, in order.
fn each(context: &NativeCallContext<'_>, table: &Array, closure: &FnPtr) -> Answer<Vec<Dynamic>> {
    table.iter().map(|event| Ok(closure.call_within_context::<Dynamic>(context, (event.clone(),))?.flatten())).collect()
}

fn tables(engine: &mut Engine) {
    type Context<'a> = NativeCallContext<'a>;
    engine.register_fn("count", |table: &mut Array| i64::try_from(table.len()).expect("few events"));
    engine.register_fn("filter", |context: Context<'_>, table: &mut Array, closure: FnPtr| -> Answer<Array> {
        let keep = each(&context, table, &closure)?;
        let mut kept = Array::new();
        for (event, keep) in table.iter().zip(&keep) {
            if condition(keep)? {
                kept.push(event.clone());
            }
        }
        Ok(kept)
    });
    engine.register_fn("sum", |context: Context<'_>, table: &mut Array, closure: FnPtr| -> Answer<Decimal> {
        each(&context, table, &closure)?.into_iter().try_fold(Decimal::ZERO, |sum, x| Ok(sum + number(x)?))
    });
    for (name, least) in [("min", true), ("max", false)] {
        engine.register_fn(name, move |context: Context<'_>, table: &mut Array, closure: FnPtr| -> Answer<Dynamic> {
            let values = each(&context, table, &closure)?;
            let Some((first, rest)) = values.split_first() else { return Ok(Dynamic::UNIT) };
            // One value alone must be known too.
            rest.iter()
                .try_fold(extreme(first.clone(), first.clone(), least)?, |so_far, x| extreme(so_far, x.clone(), least))
        });
    }
    for (name, all) in [("any", false), ("all", true)] {
        engine.register_fn(name, move |context: Context<'_>, table: &mut Array, closure: FnPtr| -> Answer<bool> {
            let holds: Vec<bool> = each(&context, table, &closure)?.iter().map(condition).collect::<Answer<_>>()?;
            Ok(if all { !holds.contains(&false) } else { holds.contains(&true) })
        });
    }
    engine.register_fn("run", |context: Context<'_>, table: &mut Array, closure: FnPtr| -> Answer<i64> {
        let holds: Vec<bool> = each(&context, table, &closure)?.iter().map(condition).collect::<Answer<_>>()?;
        let runs = holds.split(|holds| !holds).map(<[bool]>::len);
        Ok(i64::try_from(runs.max().unwrap_or(0)).expect("few events"))
    });
}
