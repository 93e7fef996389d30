//! Which enterprises to cultivate with a budget and so many hands: the most of them, or the most credit.

use rust_decimal::Decimal;
use xinpei::decimal;

/// What a shortlist is to bring.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Aim {
    /// As many enterprises as possible.
    #[default]
    Enterprises,
    /// As much credit as possible.
    Credit,
}

/// An enterprise that a plan leads to the line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Candidate {
    /// What its plan costs, in yuan with two digits.
    pub cost: Decimal,
    /// How many months its plan takes.
    pub months: u32,
    /// The credit that becomes possible, in yuan with two digits.
    pub credit: Decimal,
}

/// What can be spent.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Means {
    /// Yuan; `None` is no bound.
    pub budget: Option<Decimal>,
    /// Enterprises; `None` is no bound.
    pub capacity: Option<usize>,
}

/// Who is on the shortlist.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Choice {
    /// Those chosen, by their place among the candidates, rising.
    pub chosen: Vec<usize>,
    /// What they cost together.
    pub cost: Decimal,
    /// The credit that becomes possible together.
    pub credit: Decimal,
    /// More credit than this no choice brings; the same as `credit` where the choice is proved.
    pub bound: Decimal,
    /// Whether no choice is better.
    pub proved: bool,
}

/// Nodes of the search for the most credit.
pub const NODES: u64 = 5_000_000;
/// Largest table of sums for the bound by capacity.
const TABLE: usize = 8_000_000;

/// Chooses among candidates, which stand in the order of the input.
///
/// For the most enterprises the cheapest are taken first, of equal cost the soonest, then the first in the
/// input: any choice of as many costs at least as much, so none has more within the same budget. For the most credit
/// it is a knapsack with two bounds, which branch and bound solves: candidates by credit for each yuan,
/// the credit that fractions would bring as the bound. It looks at `nodes` nodes at most; the choice says
/// whether that was enough. Of choices with as much credit the one met first is taken: candidates stand
/// by credit for each yuan, then by credit, then in the order of the input, and taking one goes before
/// leaving it out.
#[must_use]
pub fn shortlist(candidates: &[Candidate], means: Means, aim: Aim, nodes: u64) -> Choice {
    let fen = |yuan: Decimal| decimal::to_units(yuan.round_dp(2), 2).unwrap_or(i128::MAX / 4);
    let items: Vec<Item> = candidates
        .iter()
        .enumerate()
        .map(|(at, c)| Item { at, cost: fen(c.cost).max(0), months: c.months, credit: fen(c.credit).max(0) })
        .collect();
    let budget = means.budget.map_or(i128::MAX / 4, fen);
    let capacity = means.capacity.unwrap_or(candidates.len()).min(candidates.len());
    let (mut chosen, bound) = match aim {
        Aim::Enterprises => (cheapest(items.clone(), budget, capacity), None),
        Aim::Credit => Knapsack::new(items.clone(), budget, capacity, nodes).solve(),
    };
    chosen.sort_unstable();
    let sum = |value: fn(&Item) -> i128| chosen.iter().filter_map(|at| items.get(*at)).map(value).sum::<i128>();
    let (cost, credit) = (sum(|i| i.cost), sum(|i| i.credit));
    let yuan = |fen: i128| decimal::from_units(fen, 2);
    let bound_yuan = yuan(bound.map_or(credit, |bound| bound.max(credit)));
    Choice { chosen, cost: yuan(cost), credit: yuan(credit), bound: bound_yuan, proved: bound.is_none() }
}

#[derive(Clone, Copy, Debug)]
struct Item {
    at: usize,
    cost: i128,
    months: u32,
    credit: i128,
}

/// The cheapest first, as long as money and hands are left.
fn cheapest(mut items: Vec<Item>, mut budget: i128, capacity: usize) -> Vec<usize> {
    items.sort_by_key(|item| (item.cost, item.months, item.at));
    let mut chosen = Vec::new();
    for item in items.into_iter().take(capacity) {
        if item.cost > budget {
            break;
        }
        budget -= item.cost;
        chosen.push(item.at);
    }
    chosen
}

/// Credit under a budget and a number of hands.
struct Knapsack {
    /// By credit for each yuan, the most first.
    items: Vec<Item>,
    /// Sums of cost and credit of the first items, the empty sum first.
    sums: Vec<(i128, i128)>,
    /// By item and hands left: the most credit that so many of the items from there on have; empty where
    /// the table would be too large.
    most: Vec<i128>,
    /// The most credit of one item from there on.
    single: Vec<i128>,
    budget: i128,
    capacity: usize,
    nodes: u64,
    best: (i128, Vec<usize>),
    stopped: bool,
}

impl Knapsack {
    fn new(items: Vec<Item>, budget: i128, capacity: usize, nodes: u64) -> Self {
        // What brings nothing or can never be paid is left out.
        let mut items: Vec<Item> = items.into_iter().filter(|i| i.credit > 0 && i.cost <= budget).collect();
        items.sort_by(|a, b| {
            let ratio = (b.credit.saturating_mul(a.cost)).cmp(&a.credit.saturating_mul(b.cost));
            ratio.then(b.credit.cmp(&a.credit)).then(a.at.cmp(&b.at))
        });
        let mut sums = vec![(0, 0)];
        for item in &items {
            let (cost, credit) = sums.last().copied().unwrap_or_default();
            sums.push((cost + item.cost, credit + item.credit));
        }
        let mut single = vec![0; items.len() + 1];
        for (at, item) in items.iter().enumerate().rev() {
            let after = single.get(at + 1).copied().unwrap_or(0);
            if let Some(slot) = single.get_mut(at) {
                *slot = item.credit.max(after);
            }
        }
        let capacity = capacity.min(items.len());
        let most =
            if (items.len() + 1).saturating_mul(capacity + 1) <= TABLE { most(&items, capacity) } else { Vec::new() };
        Self { items, sums, most, single, budget, capacity, nodes, best: (0, Vec::new()), stopped: false }
    }

    /// The chosen places, and a bound where the search was stopped.
    fn solve(mut self) -> (Vec<usize>, Option<i128>) {
        let whole = self.bound(0, self.budget, self.capacity);
        // Whether each item was taken, the path of the search.
        let mut path: Vec<bool> = Vec::with_capacity(self.items.len());
        let mut state = (self.budget, self.capacity, 0_i128);
        let mut used = 0_u64;
        loop {
            let at = path.len();
            let (left, hands, credit) = state;
            if credit > self.best.0 {
                let chosen = path.iter().zip(&self.items).filter(|(taken, _)| **taken).map(|(_, i)| i.at).collect();
                self.best = (credit, chosen);
            }
            used += 1;
            if used > self.nodes {
                self.stopped = true;
                break;
            }
            let open = at < self.items.len() && hands > 0 && credit + self.bound(at, left, hands) > self.best.0;
            if let (true, Some(item)) = (open, self.items.get(at)) {
                let taken = item.cost <= left;
                if taken {
                    state = (left - item.cost, hands - 1, credit + item.credit);
                }
                path.push(taken);
                continue;
            }
            // Back to the last item that was taken, which is now left out.
            while path.pop_if(|taken| !*taken).is_some() {}
            if path.pop().is_none() {
                break;
            }
            if let Some(item) = self.items.get(path.len()) {
                state = (state.0 + item.cost, state.1 + 1, state.2 - item.credit);
            }
            path.push(false);
        }
        (self.best.1, self.stopped.then_some(whole))
    }

    /// More credit than this no choice of the items from a place on brings.
    fn bound(&self, from: usize, left: i128, hands: usize) -> i128 {
        let (cost, credit) = self.sums.get(from).copied().unwrap_or_default();
        // The last sum that can be paid; of the item behind it a fraction, rounded up.
        let rest = self.sums.get(from..).unwrap_or_default();
        let paid = rest.partition_point(|(sum, _)| sum - cost <= left).saturating_sub(1);
        let (spent, gained) = rest.get(paid).copied().unwrap_or((cost, credit));
        let mut by_money = gained - credit;
        if let Some(item) = self.items.get(from + paid) {
            let room = (left - (spent - cost)).saturating_mul(item.credit);
            by_money += if item.cost > 0 { (room + item.cost - 1) / item.cost } else { item.credit };
        }
        let by_hands = match self.most.get(from * (self.capacity + 1) + hands) {
            Some(sum) => *sum,
            None => self.single.get(from).copied().unwrap_or(0).saturating_mul(i128::try_from(hands).unwrap_or(0)),
        };
        by_money.min(by_hands)
    }
}

/// For each place and number of hands the most credit of so many items from there on.
fn most(items: &[Item], capacity: usize) -> Vec<i128> {
    let width = capacity + 1;
    let mut table = vec![0; (items.len() + 1) * width];
    let mut largest: Vec<i128> = Vec::with_capacity(width);
    for (at, item) in items.iter().enumerate().rev() {
        let place = largest.partition_point(|credit| *credit >= item.credit);
        largest.insert(place, item.credit);
        largest.truncate(capacity);
        let mut sum = 0;
        for hands in 0..width {
            if let Some(slot) = table.get_mut(at * width + hands) {
                *slot = sum;
            }
            sum += largest.get(hands).copied().unwrap_or(0);
        }
    }
    table
}
