//! What a certificate says of facts that would have to be different, and of the first day with a plan.

use std::collections::BTreeMap;

use rust_decimal::Decimal;
use xinpei::{Date, Value};
use xinpei_cultivate::{Answer, Request, Requirement, Status, Wanted, plan};

use crate::world::{COUNTS, MOST, OLDEST, World, count};

/// What a certificate says must be different is enough, and where it says that less is not, nothing less is.
#[test]
fn what_unlocks_a_plan() {
    let (mut told, mut single, mut pairs, mut later) = (0, 0, 0, 0);
    for seed in 70_000..70_110 {
        let mut world = World::new(seed);
        world.request = Request { unlock: 12, further: 18, ..world.request };
        if let (Wanted::Score(score), 0) = (&mut world.request.target, seed % 3) {
            *score += Decimal::from(40);
        }
        let rulebook = world.rulebook();
        let answer = plan(&rulebook, &world.dossier, world.as_of, &world.request).unwrap();
        let Some(certificate) = &answer.certificate else { continue };
        let there = |answer: &Answer| answer.plan.is_some() || answer.status == Status::Reached;
        // The target is that of the enterprise as it is: the next grade of another may be another.
        let target = answer.target.as_ref().unwrap();
        let wanted = target.grade.clone().map_or_else(|| Wanted::Score(target.score.unwrap()), Wanted::Grade);
        let ask = |facts: &[(&str, Value)], months: u32| {
            let mut dossier = world.dossier.clone();
            dossier.facts.extend(facts.iter().map(|(id, value)| ((*id).to_owned(), value.clone())));
            let request = Request { unlock: 0, further: 0, months, target: wanted.clone(), ..world.request.clone() };
            plan(&rulebook, &dossier, world.as_of, &request).unwrap()
        };
        // The first day on which there is a plan.
        let first = (world.request.months + 1..=18).find(|months| there(&ask(&[], *months)));
        let day = first.map(|months| world.as_of.add_months(months as i32));
        assert_eq!(certificate.earliest, day, "{}\n{}", world.text(), answer.to_json());
        later += usize::from(day.is_some());
        if certificate.unlock.is_empty() {
            continue;
        }
        told += 1;
        let value = |r: &Requirement| match r.fact.as_str() {
            "t.cases" => Value::Events(Vec::new()),
            "k.class" => Value::Text(r.needed.clone()),
            "d.founded" => Value::Date(Date::parse(&r.needed).unwrap()),
            fact if fact.starts_with("f.") => Value::Flag(r.needed == "true"),
            _ => Value::Number(r.needed.parse().unwrap()),
        };
        let facts: Vec<(&str, Value)> = certificate.unlock.iter().map(|r| (r.fact.as_str(), value(r))).collect();
        assert!(there(&ask(&facts, world.request.months)), "{}\n{}", world.text(), answer.to_json());
        single += usize::from(facts.len() == 1);
        if facts.len() < 2 || !certificate.smallest {
            continue;
        }
        pairs += 1;
        // No value of any one fact is enough.
        for (fact, value) in every_value(&world) {
            let other = ask(&[(fact.as_str(), value.clone())], world.request.months);
            assert!(!there(&other), "{fact} {value:?} is enough\n{}\n{}", world.text(), answer.to_json());
        }
    }
    assert!(told > 10 && single > 5 && pairs > 0 && later > 0, "{told} {single} {pairs} {later}");
}

/// Every fact with every value, or so many of a date and a table that all that matters is among them.
fn every_value(world: &World) -> Vec<(String, Value)> {
    let mut list: Vec<(String, Value)> = Vec::new();
    let number = |n: i64| Value::Number(Decimal::from(n));
    for at in 0..COUNTS {
        list.extend((0..=MOST).map(|n| (count(at), number(n))));
    }
    for at in 0..2 {
        list.extend([false, true].map(|flag| (format!("f.x{at}"), Value::Flag(flag))));
    }
    list.extend(["A", "B", "C"].map(|member| ("k.class".to_owned(), Value::Text(member.into()))));
    list.extend((0..30).map(|n| ("d.founded".to_owned(), Value::Date(world.as_of.add_months(-n)))));
    list.extend((0..=OLDEST).map(|n| ("a.age".to_owned(), number(n))));
    list.extend((0..=60).map(|n| ("w.days".to_owned(), number(n))));
    list.push(("t.cases".to_owned(), Value::Events(Vec::new())));
    for (back, status, due) in [(0, "open", 0), (0, "done", 90), (7, "open", 90), (7, "done", 0), (18, "open", 90)] {
        let case = BTreeMap::from([
            ("made".to_owned(), Value::Date(world.as_of.add_months(-back))),
            ("status".to_owned(), Value::Text(status.into())),
            ("due".to_owned(), number(due)),
        ]);
        list.extend([1, 2, 4].map(|n| ("t.cases".to_owned(), Value::Events(vec![case.clone(); n]))));
    }
    let ids: Vec<String> = world.facts.clone();
    list.extend(ids.into_iter().map(|id| (id, Value::Missing)));
    list
}
