//! Shortlists against brute force: small populations, every enterprise planned for by the brute force of
//! plans, every set of enterprises tried.

use rust_decimal::Decimal;
use xinpei::author::folder::RuleFiles;
use xinpei::{BatchBuilder, Rulebook, Scratch, Value};
use xinpei_cultivate::{Admission, Aim, Candidate, Means, NODES, Prospect, Wanted, shortlist};

use crate::force::Force;
use crate::world::{COUNTS, MOST, Rng, World, count};

/// The same rules for another enterprise: its counts and flags are drawn anew.
fn neighbour(world: &World, rng: &mut Rng) -> World {
    let mut other = world.clone();
    for at in 0..COUNTS {
        other.dossier.facts.insert(count(at), Value::Number(Decimal::from(rng.below(MOST))));
    }
    for flag in ["f.x0", "f.x1"] {
        other.dossier.facts.insert(flag.into(), Value::Flag(rng.percent(50)));
    }
    other
}

/// A rulebook with a file more or another text of one.
fn with(rulebook: &Rulebook, path: &str, change: impl Fn(&str) -> String) -> Rulebook {
    let mut files: RuleFiles = rulebook.files();
    let text = files.files.get(path).map(|bytes| String::from_utf8(bytes.clone()).unwrap()).unwrap_or_default();
    files.files.insert(path.into(), change(&text).into_bytes());
    Rulebook::from_files(&files).unwrap()
}

/// The way to a line: what it costs and how long it takes; `Err` where there is none.
fn prospect(line: &Admission<'_>, rulebook: &Rulebook, world: &World) -> Result<(Decimal, u32), Prospect> {
    let mut builder = BatchBuilder::new(rulebook.dictionary());
    builder.dossier(&world.dossier);
    let batch = builder.finish();
    let mut scratch = Scratch::default();
    let placement = rulebook.place(&batch, world.as_of, &mut Scratch::default());
    match line.prospect(&line.planner(), (&placement, &batch), 0, false, &mut scratch).unwrap() {
        Prospect::Ready(way) => Ok((way.cost, way.months)),
        other => Err(other),
    }
}

/// Compares a prospect with the best plan of brute force; what the plan costs.
fn compare(
    line: &Admission<'_>,
    rules: (&Rulebook, &Rulebook),
    world: &World,
    seen: &mut [usize; 3],
) -> Option<Candidate> {
    let (rulebook, forced) = rules;
    let force = Force::new(forced, world);
    let goal = force.goal(forced, &world.request.target);
    let best = goal.and_then(|goal| force.plans(world, goal, None).first().map(|t| (crate::yuan(t.cost), t.months)));
    match (prospect(line, rulebook, world), best) {
        (Ok(way), Some(best)) => {
            assert_eq!(way, best, "seed {}", world.seed);
            seen[0] += 1;
            Some(Candidate { cost: best.0, months: best.1, credit: Decimal::ZERO })
        }
        (Err(Prospect::None { .. }), None) => {
            seen[1] += 1;
            None
        }
        (Err(Prospect::Reached), _) => {
            seen[2] += 1;
            None
        }
        (got, best) => panic!("seed {}: {got:?}, brute force {best:?}\n{}", world.seed, world.text()),
    }
}

#[test]
fn most_enterprises_of_a_population_as_brute_force_has_it() {
    let mut seen = [0; 3];
    let mut short = 0;
    let mut pool: Vec<Candidate> = Vec::new();
    for seed in 60_000..60_040 {
        let mut world = World::new(seed);
        let mut rng = Rng::new(seed + 1);
        let rulebook = world.rulebook();
        if rulebook.typed().grades.len() < 2 {
            continue;
        }
        let grades = &rulebook.typed().grades;
        let grade = grades[0].id.clone();
        world.request.target = Wanted::Grade(grade.clone());
        let line = Admission::of_grade(&rulebook, &grade, world.request.clone()).unwrap();
        let population: Vec<World> = (0..5).map(|_| neighbour(&world, &mut rng)).collect();
        pool.extend(population.iter().filter_map(|w| compare(&line, (&rulebook, &rulebook), w, &mut seen)));
        // Plans of several worlds make one population, large enough that a choice is hard.
        if pool.len() < 4 {
            continue;
        }
        let all: Decimal = pool.iter().map(|c| c.cost).sum();
        let means = Means { budget: Some(all / Decimal::TEN), capacity: Some(pool.len() - 1) };
        let choice = shortlist(&pool, means, Aim::Enterprises, NODES);
        let (most, least) = subsets(&pool, means, |_| Decimal::ONE);
        assert_eq!((Decimal::from(choice.chosen.len()), choice.cost), (most, least), "seed {seed}");
        short += usize::from(choice.chosen.len() + 1 < pool.len());
        pool.clear();
    }
    assert!(seen.iter().all(|n| *n > 10) && short > 0, "{seen:?} {short}");
}

/// The best sum of values within the means, and the least cost of it, by trying every set.
fn subsets(list: &[Candidate], means: Means, value: impl Fn(&Candidate) -> Decimal) -> (Decimal, Decimal) {
    let mut best = (Decimal::ZERO, Decimal::ZERO);
    for set in 0_u32..1 << list.len() {
        let picked = || list.iter().enumerate().filter(|(at, _)| set >> at & 1 == 1).map(|(_, c)| c);
        let (cost, sum): (Decimal, Decimal) = (picked().map(|c| c.cost).sum(), picked().map(&value).sum());
        let fits = means.budget.is_none_or(|b| cost <= b) && means.capacity.is_none_or(|c| picked().count() <= c);
        if fits && (sum > best.0 || (sum == best.0 && cost < best.1)) {
            best = (sum, cost);
        }
    }
    best
}

#[test]
fn most_credit_as_brute_force_has_it() {
    let mut rng = Rng::new(7);
    let mut apart = 0;
    for round in 0..400 {
        let yuan = |rng: &mut Rng, most: i64| Decimal::new(rng.below(most), 2);
        let list: Vec<Candidate> = (0..rng.below(11))
            .map(|_| Candidate { cost: yuan(&mut rng, 60), months: 1, credit: yuan(&mut rng, 90) })
            .collect();
        let budget = (round % 4 > 0).then(|| yuan(&mut rng, 250));
        let capacity = (round % 3 > 0).then(|| usize::try_from(rng.below(7)).unwrap());
        let means = Means { budget, capacity };
        let choice = shortlist(&list, means, Aim::Credit, NODES);
        let (most, _) = subsets(&list, means, |c| c.credit);
        assert!(choice.proved);
        assert_eq!((choice.credit, choice.bound), (most, most), "{list:?} {means:?}");
        let sum: Decimal = choice.chosen.iter().map(|at| list[*at].cost).sum();
        assert!(
            sum == choice.cost && budget.is_none_or(|b| sum <= b) && capacity.is_none_or(|c| choice.chosen.len() <= c)
        );
        // A search that is stopped says so, and its bound holds.
        let stopped = shortlist(&list, means, Aim::Credit, 2);
        assert!(stopped.credit <= most && stopped.bound >= most && (stopped.proved || stopped.bound >= stopped.credit));
        let many = shortlist(&list, means, Aim::Enterprises, NODES);
        let (count, cost) = subsets(&list, means, |_| Decimal::ONE);
        assert_eq!((Decimal::from(many.chosen.len()), many.cost), (count, cost));
        apart += usize::from(many.chosen != choice.chosen);
    }
    assert!(apart > 100, "{apart}");
}

/// Equal costs: the sooner first, then the first in the input.
#[test]
fn ties_are_broken_as_documented() {
    let one = |cost: i64, months: u32| Candidate { cost: Decimal::from(cost), months, credit: Decimal::ONE };
    let list = [one(5, 9), one(5, 3), one(5, 3), one(4, 12)];
    let choose =
        |capacity| shortlist(&list, Means { budget: None, capacity: Some(capacity) }, Aim::Enterprises, NODES).chosen;
    assert_eq!((choose(1), choose(2), choose(3)), (vec![3], vec![1, 3], vec![1, 2, 3]));
    assert_eq!(shortlist(&[], Means::default(), Aim::Credit, NODES).chosen, Vec::<usize>::new());
}

/// A product whose conditions are planned for is opened at the cost at which brute force opens a gate that
/// stands in the rules as an override.
#[test]
fn products_are_opened_as_cheaply_as_brute_force_does() {
    let mut seen = [0; 3];
    for seed in 70_000..70_060 {
        let mut world = World::new(seed);
        let mut rng = Rng::new(seed + 1);
        let plain = world.rulebook();
        let grades = &plain.typed().grades;
        if grades.len() < 2 {
            continue;
        }
        let (floor, below) = (grades[grades.len() - 2].id.clone(), grades[grades.len() - 1].id.clone());
        world.request.target = Wanted::Grade(floor.clone());
        let condition = match rng.below(3) {
            0 => format!("n.c{} >= {}", rng.below(5), 3 + rng.below(14)),
            1 => "f.x0 && f.x1".to_owned(),
            _ => format!("t.cases.filter(|c| c.status == \"open\").count() == 0 || n.c0 > {}", rng.below(9)),
        };
        let product = format!(
            "lender: l\nlabel: {{en: l}}\nproducts:\n  - id: l.p\n    label: {{en: p}}\n    basis: pilot\n    floor: {floor}\n    limit: 10\n    conditions:\n      - {{label: {{en: c}}, when: '{condition}'}}\n"
        );
        let offered = with(&plain, "products/p.yaml", |_| product.clone());
        let gate = format!(
            "  - id: o.gate\n    label: {{en: gate}}\n    basis: pilot\n    when: '!otherwise({condition}, false)'\n    cap: {below}\n"
        );
        let forced = with(&plain, "grades.yaml", |text| {
            let list = if text.contains("overrides:\n") { "" } else { "overrides:\n" };
            format!("{text}{list}{gate}")
        });
        let line = Admission::of_product(&offered, 0, world.request.clone()).unwrap();
        for other in (0..2).map(|_| neighbour(&world, &mut rng)) {
            compare(&line, (&offered, &forced), &other, &mut seen);
        }
    }
    assert!(seen.iter().all(|n| *n > 8), "{seen:?}");
}
