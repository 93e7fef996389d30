//! What an answer says beside its plan: why there is none, and what each line could have.

use rust_decimal::Decimal;
use xinpei::Date;
use xinpei::check::typed::Effect;
use xinpei_cultivate::Answer;

use crate::Trial;
use crate::force::{Force, Goal, decision_on, rated};

/// How many months a certificate looks ahead for what waiting alone brings.
const WAITING: u32 = 120;

/// Why there is no plan.
pub(crate) fn holds(trial: &Trial, goal: Option<Goal>, answer: &Answer) {
    let Trial { world, rulebook, force } = trial;
    let shown = || trial.shown(answer);
    let certificate = answer.certificate.as_ref().unwrap();
    assert!(force.most().is_none_or(|most| most <= certificate.attainable), "more points than are told\n{}", shown());
    for blocked in &certificate.blocked {
        assert!(force.always.contains(&blocked.id), "`{}` does not always fire\n{}", blocked.id, shown());
    }
    // Without a number no score has the grade, because a notch downwards is there whatever is done: that is told
    // in place of the points, where the notch can be named.
    let notched = rulebook.typed().overrides.iter().any(|o| match o.effect {
        Effect::Notch(n) => n < 0 && force.always.contains(&o.id),
        _ => false,
    });
    let unnamed = notched && certificate.blocked.is_empty();
    let short = certificate.needed.map_or(unnamed, |needed| needed > certificate.attainable);
    assert!(!certificate.points_short || short, "points are not short\n{}", shown());
    assert_eq!(certificate.months, world.request.months, "{}", shown());
    // Line by line.
    let today = rulebook.decide(&world.dossier, world.as_of);
    assert_eq!(certificate.lines.len(), today.characteristics.len());
    for (at, (line, now)) in certificate.lines.iter().zip(&today.characteristics).enumerate() {
        let best = force.tried.iter().map(|t| t.points[at]).max();
        assert_eq!(
            (line.id.as_str(), line.now, Some(line.best)),
            (&*now.id.to_string(), now.points, best),
            "{}",
            shown()
        );
    }
    let Some(goal) = goal else { return };
    // What reaches the target by steps back has the points that it needs.
    let reached = force.tried.iter().filter(|t| Force::reached(goal, (t.score, t.rank)));
    let least = reached.map(|t| t.total).min();
    assert!(least.is_none_or(|least| certificate.needed.is_none_or(|needed| needed <= least)), "{}", shown());
    // Waiting alone.
    if world.seed % 4 == 0 {
        let alone = |months: &u32| {
            let day = world.as_of.add_months(*months as i32);
            Force::reached(goal, rated(rulebook, &decision_on(rulebook, world, &[], day)))
        };
        let first = (world.request.months + 1..=WAITING).find(alone);
        assert_eq!(certificate.waiting, first.map(|n| world.as_of.add_months(n as i32)), "{}", shown());
    }
}

/// For each line the least that another point of it costs, and the measures that bring it.
pub(crate) fn gradient(trial: &Trial, answer: &Answer) {
    let Trial { world, rulebook, force } = trial;
    let shown = || trial.shown(answer);
    let today = rulebook.decide(&world.dossier, world.as_of);
    let review = |months: u32| -> Date { world.as_of.add_months(months as i32) };
    for line in &answer.gradient {
        let at = today.characteristics.iter().position(|c| c.id == line.id).unwrap();
        assert_eq!(line.points, today.characteristics[at].points, "{}: {}", line.id, shown());
        // Of each set and review day what it adds to what waiting brings.
        let idle = |months: u32| force.idle[&review(months)].1[at];
        let gains: Vec<_> = force.tried.iter().map(|t| (t, t.points[at] - idle(t.months))).collect();
        let gains = || gains.iter().filter(|(_, more)| *more > Decimal::ZERO);
        let least = gains().map(|(t, _)| t.cost).min();
        assert_eq!(line.cost, least.map(crate::yuan), "{}: {}", line.id, shown());
        let named = |(m, _): &(usize, i64)| world.measures[*m].id.clone();
        let told = gains().any(|(t, more)| {
            Some(t.cost) == least
                && Some(*more) == line.adds
                && t.named.iter().map(named).eq(line.measures.iter().cloned())
        });
        assert!(told || least.is_none() && line.measures.is_empty() && line.adds.is_none(), "{}: {}", line.id, shown());
    }
}
