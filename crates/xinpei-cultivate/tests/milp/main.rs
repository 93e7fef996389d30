//! Plans of cards whose lines are independent, against a mixed-integer program.

mod card;

use card::Card;
use rust_decimal::Decimal;
use xinpei_cultivate::{Planner, Status};

/// The planner's cost is the optimum of the program; where one finds no plan, so does the other.
#[test]
fn costs_are_those_of_the_program() {
    let (mut plans, mut none) = (0, 0);
    for seed in 0..40 {
        let mut card = Card::new(seed, 12 + usize::try_from(seed % 3).unwrap() * 8, 40);
        // A section of every other card has points for nothing, so that its first measures bring none.
        card.floor = if seed % 2 == 0 { 0 } else { 20 };
        let rulebook = card.rulebook().unwrap();
        let planner = Planner::new(&rulebook);
        for (percent, months) in [(30, 12), (60, 12), (90, 6), (110, 12)] {
            let values = card.enterprise(seed);
            let score = card.target(&values, percent);
            let answer = planner.plan(&Card::dossier(&values), Card::as_of(), &Card::request(score, months)).unwrap();
            let least = card.least_cost(&values, score, months);
            let ours = answer.plan.as_ref().map(|plan| plan.cost);
            assert_eq!(ours, least.map(Decimal::from), "seed {seed}, {percent} %: {}", answer.to_json());
            match answer.status {
                Status::Optimal => plans += 1,
                Status::Infeasible => none += 1,
                other => panic!("{}", other.word()),
            }
        }
    }
    assert!(plans > 60 && none > 30, "{plans} {none}");
}

/// Every plan that is sooner and dearer costs what the program needs at least by then, and a month less is
/// dearer or not enough; the front alone says the same.
#[test]
fn fronts_are_those_of_the_program() {
    let mut points = 0;
    for seed in 100..115 {
        let mut card = Card::new(seed, 15, 30);
        card.floor = if seed % 2 == 0 { 0 } else { 20 };
        let rulebook = card.rulebook().unwrap();
        let values = card.enterprise(seed);
        let score = card.target(&values, 50);
        let (dossier, request) = (Card::dossier(&values), Card::request(score, 12));
        let planner = Planner::new(&rulebook);
        let answer = planner.plan(&dossier, Card::as_of(), &request).unwrap();
        let front = planner.front(&dossier, Card::as_of(), &request).unwrap();
        let least: Vec<(u32, Decimal)> =
            card.front(&values, score, 12).into_iter().map(|(months, cost)| (months, cost.into())).collect();
        let told: Vec<(u32, Decimal)> = answer.sooner.iter().chain(&answer.plan).map(|p| (p.months, p.cost)).collect();
        assert_eq!(told, least, "seed {seed}: {}", answer.to_json());
        let alone: Vec<(u32, Decimal)> = front.offers.iter().map(|offer| (offer.months, offer.cost)).collect();
        assert_eq!((alone, front.status), (least, answer.status), "seed {seed}");
        points += told.len();
    }
    assert!(points > 45, "{points}");
}
