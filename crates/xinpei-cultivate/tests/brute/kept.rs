//! What the dictionary does not let change: a measure that touches it is refused, and no plan changes it.

use std::collections::BTreeMap;

use rust_decimal::Decimal;
use xinpei::Value;
use xinpei_cultivate::{Plan, Request, Wanted, plan};

use crate::told;
use crate::world::{Amount, COUNTS, Effect, MOST, Rng, World, count};

/// The same world where facts may change in ways drawn at random.
fn guarded(mut world: World, rng: &mut Rng) -> World {
    let mut set = |world: &mut World, id: &str, ways: &[&'static str]| {
        world.mutability.insert(id.to_owned(), ways[rng.below(ways.len() as i64) as usize]);
    };
    let ordered = ["free", "only_up", "only_down", "immutable"];
    for at in 0..COUNTS {
        set(&mut world, &count(at), &ordered);
    }
    for id in ["f.x0", "f.x1", "t.cases"] {
        set(&mut world, id, &ordered);
    }
    for id in ["k.class", "t.cases.status", "t.cases.due"] {
        set(&mut world, id, &["free", "free", "immutable"]);
    }
    for id in world.facts.clone() {
        if (world.mutable(&id) == "immutable" || id == "t.cases") && rng.percent(40) {
            world.forbidden.insert(id);
        }
    }
    world
}

/// The code of the mistake that an effect is, by the words of the format.
fn mistake(world: &World, effect: &Effect) -> Option<&'static str> {
    let table = |ways: [&str; 2]| (!ways.contains(&world.mutable("t.cases"))).then_some("X0902");
    let value = |id: &str, ways: &[&str]| match world.mutable(id) {
        _ if world.forbidden.contains(id) => Some("X0903"),
        way => (way != "free" && !ways.contains(&way)).then_some("X0902"),
    };
    match effect {
        Effect::Count(c, "set", _) => value(&count(*c), &[]),
        Effect::Count(c, "raise_to", _) => value(&count(*c), &["only_up"]),
        Effect::Count(c, "reduce_to", _) => value(&count(*c), &["only_down"]),
        Effect::Count(c, _, amount) => {
            // The least and the greatest amount that the expression can be.
            let (low, high) = match amount {
                Amount::Plain(n) => (*n, *n),
                Amount::Other(_, n) => (n - MOST, *n),
                _ => (-8, 1),
            };
            let ways: &[&str] = match (low >= 0, high <= 0) {
                (true, true) => &["only_up", "only_down"],
                (true, false) => &["only_up"],
                (false, true) => &["only_down"],
                (false, false) => &[],
            };
            value(&count(*c), ways)
        }
        Effect::Flag(x, on) => value(&format!("f.x{x}"), &[if *on { "only_up" } else { "only_down" }]),
        Effect::Category(_) => value("k.class", &[]),
        Effect::Close(_) => {
            let fixed = ["t.cases.status", "t.cases.due"].iter().any(|f| world.mutable(f) != "free");
            fixed.then_some("X0902")
        }
        Effect::Remove(_) if world.forbidden.contains("t.cases") => Some("X0903"),
        Effect::Remove(_) => table(["only_down", "free"]),
        Effect::Add(..) | Effect::Monthly(_) => table(["only_up", "free"]),
    }
}

/// Takes away the effects that are refused, and the measures that have no other.
fn lawful(world: &World) -> World {
    let mut fewer = world.clone();
    for measure in &mut fewer.measures {
        measure.effects.retain(|e| mistake(world, e).is_none());
    }
    fewer.measures.retain(|m| !m.effects.is_empty());
    let left: Vec<String> = fewer.measures.iter().map(|m| m.id.clone()).collect();
    for measure in &mut fewer.measures {
        measure.requires.retain(|id| left.contains(id));
        measure.excludes.retain(|id| left.contains(id));
    }
    fewer
}

/// Whether a value has only moved in the way of its fact.
fn allowed(way: &str, before: Option<&Value>, after: Option<&Value>) -> bool {
    let size = |value: &Value| match value {
        Value::Number(n) => *n,
        Value::Flag(flag) => Decimal::from(u8::from(*flag)),
        Value::Events(list) => Decimal::from(list.len()),
        _ => unreachable!(),
    };
    match (way, before, after) {
        ("free" | "time_driven", ..) => true,
        (_, a, b) if a == b => true,
        // What was not known has no direction.
        ("only_up" | "only_down", None, _) => true,
        ("only_up", Some(a), Some(b)) => size(b) >= size(a),
        ("only_down", Some(a), Some(b)) => size(b) <= size(a),
        _ => false,
    }
}

/// What a plan leaves of a table: fields that may not change are those of before, one for each case that is
/// still there.
fn fields(world: &World, before: &Value, after: &Value) -> bool {
    let (Value::Events(before), Value::Events(after)) = (before, after) else { return false };
    let fixed = |case: &BTreeMap<String, Value>| -> Vec<String> {
        let ids = ["made", "status", "due"];
        let ids = ids.iter().filter(|f| world.mutable(&format!("t.cases.{f}")) != "free");
        ids.map(|f| told(&case[*f]).unwrap()).collect()
    };
    // Each case of before is found after, or each of after before, whichever the table allows.
    let within = |a: &[BTreeMap<String, Value>], b: &[BTreeMap<String, Value>]| {
        let mut left: Vec<Vec<String>> = b.iter().map(fixed).collect();
        a.iter().map(fixed).all(|case| left.iter().position(|l| *l == case).map(|at| left.swap_remove(at)).is_some())
    };
    let keeps = within(before, after);
    let adds = within(after, before);
    match world.mutable("t.cases") {
        _ if world.forbidden.contains("t.cases") => keeps,
        "only_up" => keeps,
        "only_down" => adds,
        "immutable" => keeps && adds,
        _ => true,
    }
}

fn keeps(world: &World, plan: &Plan) -> bool {
    let (before, after) = (&world.dossier.facts, &plan.facts.facts);
    let single = |id: &&String| allowed(world.mutable(id), before.get(*id), after.get(*id));
    let cases = match (before.get("t.cases"), after.get("t.cases")) {
        (Some(a), Some(b)) => fields(world, a, b),
        (None, b) => b.is_none() || ["only_up", "free"].contains(&world.mutable("t.cases")),
        _ => false,
    };
    let named = plan.steps.iter().flat_map(|s| &s.changes).all(|change| {
        let fact = change.fact.split(['[', '(']).next().unwrap().trim_end_matches(".count");
        let field = change.fact.rsplit_once("].").map(|(_, field)| format!("{fact}.{field}"));
        !["immutable", "time_driven"].contains(&world.mutable(field.as_deref().unwrap_or(fact)))
    });
    cases && named && world.facts.iter().filter(|id| *id != "t.cases").all(|id| single(&id))
}

#[test]
fn what_may_not_change_is_never_touched() {
    let (mut refused, mut plans, mut changed): (BTreeMap<&str, usize>, usize, usize) = (BTreeMap::new(), 0, 0);
    for seed in 80_000..80_160 {
        let mut rng = Rng::new(seed + 1);
        let world = guarded(World::new(seed), &mut rng);
        // All mistakes are told, and nothing else is one: the first mistake of each effect.
        let mut mine: Vec<&str> =
            world.measures.iter().flat_map(|m| &m.effects).filter_map(|e| mistake(&world, e)).collect();
        let codes = world.checked().err().unwrap_or_default();
        let mut theirs: Vec<&str> =
            codes.iter().map(|text| &text[..5]).filter(|code| code.starts_with("X09")).collect();
        mine.sort_unstable();
        theirs.sort_unstable();
        assert_eq!(mine, theirs, "seed {seed}: {codes:?}\n{}", world.text());
        mine.iter().for_each(|code| *refused.entry(code).or_default() += 1);
        let mut world = lawful(&world);
        if world.measures.is_empty() {
            continue;
        }
        world.split = world.measures.len();
        let rulebook = world.rulebook();
        // As much as can be had, so that plans are long.
        for target in [world.request.target.clone(), Wanted::Best] {
            world.request = Request { target, others: 2, unlock: 0, further: 0, ..world.request };
            let answer = plan(&rulebook, &world.dossier, world.as_of, &world.request).unwrap();
            for plan in answer.sooner.iter().chain(&answer.plan).chain(&answer.others) {
                assert!(keeps(&world, plan), "seed {seed}\n{}\n{}", world.text(), answer.to_json());
                plans += 1;
                changed += plan.changes.len();
            }
        }
    }
    println!("{refused:?}, {plans} plans with {changed} changes");
    assert!(["X0902", "X0903"].iter().all(|code| refused.get(code).is_some_and(|n| *n > 40)), "{refused:?}");
    assert!(plans > 60 && changed > 60, "{plans} {changed}");
}
