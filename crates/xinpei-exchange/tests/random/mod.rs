//! Dossiers of random facts: the same for the same rulebook and number, faulty and missing values included.

use std::collections::BTreeMap;

use xinpei::check::typed::{FactKind, Op, Scoring, Type};
use xinpei::{Date, Dossier, Rulebook, Value, decimal};

/// A small generator of random numbers (splitmix64).
struct Random(u64);

impl Random {
    fn below(&mut self, below: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (z ^ (z >> 31)) % below
    }
}

/// Dossiers over the facts of a rulebook: values at edges, beside them and anywhere, one in eight missing,
/// and one in five hundred a fault.
pub(crate) fn dossiers(rulebook: &Rulebook, count: usize) -> Vec<Dossier> {
    let typed = rulebook.typed();
    let edges = |fact: usize| -> Vec<i128> {
        let mut list = Vec::new();
        for id in 0..typed.arena.len() {
            if let Op::Const(units) = typed.arena.node(u32::try_from(id).unwrap()).op {
                list.push(units);
            }
        }
        for characteristic in &typed.characteristics {
            if let Scoring::Bands(node, bands) = &characteristic.scoring
                && typed.arena.node(*node).op == Op::Fact(u32::try_from(fact).unwrap())
            {
                list.extend(bands.iter().filter_map(|b| b.edge).map(|e| e.at));
            }
        }
        list
    };
    let edges: Vec<Vec<i128>> = (0..typed.facts.len()).map(edges).collect();
    let mut random = Random(20_260_630);
    let mut dossiers = Vec::new();
    for row in 0..count {
        let mut facts = BTreeMap::new();
        for (fact, edges) in typed.facts.iter().zip(&edges) {
            let FactKind::Value(value) = &fact.kind else { continue };
            if random.below(8) == 0 {
                continue;
            }
            let pick = usize::try_from(random.below(1_000)).unwrap();
            let near = edges.get(pick % edges.len().max(1)).copied().unwrap_or(0) + i128::from(random.below(3)) - 1;
            let value = match &value.ty {
                Type::Number(n) => {
                    let (low, high) = (n.low.max(-100_000_000), n.high.min(100_000_000));
                    let span = u64::try_from(high - low + 1).unwrap();
                    let any = low + i128::from(random.below(span));
                    let units = if random.below(2) == 0 { near.clamp(n.low, n.high) } else { any };
                    let units = if random.below(500) == 0 { n.high + 1 } else { units };
                    Value::Number(decimal::from_units(units, n.digits))
                }
                Type::Date => {
                    let near = i32::try_from(near).ok().filter(|d| (-20_000..60_000).contains(d));
                    let any = i32::try_from(random.below(40_000)).unwrap() - 10_000;
                    let days = if random.below(2) == 0 { near.unwrap_or(any) } else { any };
                    Value::Date(Date::from_days(days))
                }
                Type::Flag => Value::Flag(random.below(2) == 0),
                Type::Category(category) => {
                    let members = typed.categories.get(usize::try_from(*category).unwrap()).unwrap();
                    let member = random.below(u64::try_from(members.len()).unwrap());
                    let name = members.name(i64::try_from(member).unwrap()).unwrap();
                    Value::Text(if random.below(500) == 0 { "nobody".to_owned() } else { name.to_owned() })
                }
                Type::Grade => continue,
            };
            facts.insert(fact.id.clone(), value);
        }
        dossiers.push(Dossier { enterprise: format!("row {row}"), facts });
    }
    dossiers
}
