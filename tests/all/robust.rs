//! Rules with a random mistake: refused in words, or scored as the oracle scores them; nothing panics.

use xinpei::Rulebook;
use xinpei::diagnostic::Severity;
use xinpei_tests::generator::yaml::Yaml;
use xinpei_tests::generator::{self, Rng, Taste};
use xinpei_tests::oracle;

use crate::agreement::seeds;

const NUMBERS: &[&str] = &[
    "0",
    "-1",
    "1",
    "0.5",
    "0.000000001",
    "0.000000000000000001",
    "99999999999",
    "1000000000000",
    "9223372036854775807",
    "9223372036854775808",
    "-9223372036854775808",
    "79228162514264337593543950335",
    "1e5",
    "true",
    "2024-02-29",
    "null",
];
const TEXTS: &[&str] = &[
    "",
    "A",
    "events",
    "money",
    "date",
    "half_even",
    "true && false",
    "1 / 3",
    "round(1 / 3, 9)",
    "g0.t0.count()",
    "g0.t0.sum(|c| c.f0)",
    "g0.t0.filter(|c| c.f1).count()",
    "days_since(as_of)",
    "add_months(as_of, 4_000)",
    "score",
    "grade >= \"A\"",
    "fired(\"o.r0\")",
    "points(\"s0.c0\") * 1.5",
    "section(\"s0\") > 10",
    "rated",
    "max(99_999_999_999 * 99_999_999_999, 0)",
    "choose(true, 1, 2) + 0.1",
];

/// Changes the node that the counter reaches.
fn change(yaml: &mut Yaml, at: &mut usize, rng: &mut Rng) -> bool {
    if *at == 0 {
        match yaml {
            Yaml::Plain(text) => *text = (*rng.pick(NUMBERS)).to_owned(),
            Yaml::Text(text) => match rng.below(4) {
                0 => *text = text.replacen(|c: char| c.is_ascii_digit(), "9", 1),
                1 => *text = text.chars().take(text.chars().count() / 2).collect(),
                _ => *text = (*rng.pick(TEXTS)).to_owned(),
            },
            Yaml::List(list) if !list.is_empty() => {
                let which = rng.below(list.len());
                if rng.percent(50) {
                    list.remove(which);
                } else {
                    list.push(list[which].clone());
                }
            }
            Yaml::Map(map) if !map.is_empty() => {
                let which = rng.below(map.len());
                map.remove(which);
            }
            _ => {}
        }
        return true;
    }
    *at -= 1;
    match yaml {
        Yaml::List(list) => list.iter_mut().any(|value| change(value, at, rng)),
        Yaml::Map(map) => map.iter_mut().any(|(_, value)| change(value, at, rng)),
        _ => false,
    }
}

#[test]
fn rules_with_a_mistake_are_refused_or_scored_exactly() {
    let (mut refused, mut scored) = (0, 0);
    for seed in 0..seeds() / 2 {
        let book = generator::book(seed);
        let mut rng = Rng::new(seed ^ 0x0b_ad);
        for _ in 0..4 {
            let mut other = book.clone();
            let paths: Vec<String> = other.files.keys().cloned().collect();
            let path = rng.pick(&paths).clone();
            let mut at = rng.below(120);
            if !change(other.files.get_mut(&path).expect("a file"), &mut at, &mut rng) {
                continue;
            }
            let (rulebook, diagnostics) = Rulebook::check(&other.calm());
            let errors = diagnostics.sorted().iter().filter(|d| d.severity == Severity::Error).count();
            assert_eq!(rulebook.is_none(), errors > 0, "seed {seed}: refused without a word, or not refused");
            let Some(rulebook) = rulebook else {
                refused += 1;
                continue;
            };
            scored += 1;
            let as_of = generator::as_of(&mut rng);
            let dossier = generator::dossier(&book, &mut rng, Taste { missing: 10, wrong: 0 });
            let decision = rulebook.decide(&dossier, as_of);
            let differences = oracle::decide(rulebook.typed(), &dossier, as_of).differences(&decision);
            assert!(differences.is_empty(), "seed {seed}, {path}: {}\n{}", differences.join("\n"), other.shown());
        }
    }
    assert!(refused > scored / 10 && scored > refused / 10, "{refused} refused, {scored} scored");
}
