//! Sentences about an answer, in Chinese and in English.

use rust_decimal::{Decimal, RoundingStrategy};
use xinpei::explain::decision::Status as Rated;
use xinpei::explain::words::{self, grouped};

use crate::answer::{Answer, Known, Plan, SearchLimit, Standing, Status};

/// Yuan with separators, such as 12,345.60.
#[must_use]
pub fn money(amount: Decimal) -> String {
    let cents = amount.round_dp_with_strategy(2, RoundingStrategy::MidpointAwayFromZero);
    grouped(&format!("{cents:.2}"))
}

/// Score and grade, or that there are none.
pub(crate) fn stands(standing: &Standing, zh: bool) -> String {
    match (standing.score, &standing.grade) {
        (Some(score), Some(grade)) => format!("{score} {grade}"),
        _ => words::status(Rated::Unrated, if zh { "zh" } else { "en" }).to_owned(),
    }
}

/// A number of English things.
fn count(number: usize, one: &str, many: &str) -> String {
    format!("{number} {}", if number == 1 { one } else { many })
}

/// One line about a plan: what it costs and how long it takes.
#[must_use]
pub(crate) fn brief(plan: &Plan, zh: bool) -> String {
    let (cost, months, steps) = (money(plan.cost), plan.months, plan.steps.len());
    if zh {
        return format!("{months} 个月，{cost} 元，{steps} 项措施");
    }
    let months = count(usize::try_from(months).unwrap_or(usize::MAX), "month", "months");
    format!("{months}, CNY {cost}, {}", count(steps, "measure", "measures"))
}

/// One sentence that says what came of planning, in Chinese or in English.
#[must_use]
pub fn verdict(answer: &Answer, zh: bool) -> String {
    let plan = answer.plan.as_ref();
    let told = plan.map(|p| brief(p, zh)).unwrap_or_default();
    let idle = plan.is_some_and(|p| p.steps.is_empty());
    let months = plan.map_or(0, |p| p.months);
    let gap = answer.gap.map(money).unwrap_or_default();
    let limit = match (answer.limit, zh) {
        (Some(SearchLimit::Options), true) => "措施组合数",
        (Some(SearchLimit::Options), false) => "sets of measures",
        (_, true) => "节点数",
        (_, false) => "nodes",
    };
    match (answer.status, zh) {
        (Status::Optimal, true) if idle => format!("等待 {months} 个月即可达到目标，无需采取措施。"),
        (Status::Optimal, false) if idle => {
            let months = count(usize::try_from(months).unwrap_or(usize::MAX), "month", "months");
            format!("Waiting for {months} is enough; nothing has to be done.")
        }
        (Status::Optimal, true) => format!("可以达到目标：{told}。没有更省的方案。"),
        (Status::Optimal, false) => format!("The target can be reached: {told}. No plan is cheaper."),
        (Status::BestFound, true) => {
            format!("可以达到目标：{told}。搜索达到{limit}上限，更省的方案至多再省 {gap} 元。")
        }
        (Status::BestFound, false) => format!(
            "The target can be reached: {told}. The search was stopped at its limit of {limit}; a better plan would save CNY {gap} at most."
        ),
        (Status::Infeasible, true) => "在期限内没有任何方案能达到目标，证明如下。".to_owned(),
        (Status::Infeasible, false) => "No plan reaches the target in time; this is why.".to_owned(),
        (Status::Undecided, true) => format!("搜索达到{limit}上限，尚未找到方案，也未证明没有方案；可放宽上限。"),
        (Status::Undecided, false) => {
            format!(
                "The search was stopped at its limit of {limit}: no plan was found, and none was excluded; raise it."
            )
        }
        (Status::AtTop, true) => "已是评分可达的最高等级。".to_owned(),
        (Status::AtTop, false) => "Already at the best grade that a score can reach.".to_owned(),
        (Status::Reached, true) => "已经达到目标。".to_owned(),
        (Status::Reached, false) => "The target has been reached already.".to_owned(),
        (Status::Refer, true) => "数据有误，须先由人工核实，再作规划。".to_owned(),
        (Status::Refer, false) => {
            "Something is wrong with the data: a person must look at it before anything is planned.".to_owned()
        }
    }
}

/// A sentence about too little that is known for a rating, in Chinese and in English.
#[must_use]
pub fn known_too_little(known: Known) -> (String, String) {
    let Known { attainable, needed } = known;
    (
        format!("已知情况太少：无论采取何种措施，评分依据的占比至多为 {attainable}，评级至少需要 {needed}。"),
        format!(
            "Too little is known: whatever is done, at most {attainable} of the card is answered, and a rating needs {needed}."
        ),
    )
}

/// A sentence about rules that end before the last day that would have been looked at, in Chinese or in
/// English; `None` where they do not.
#[must_use]
pub fn until(answer: &Answer, zh: bool) -> Option<String> {
    let day = answer.rules_until?;
    Some(if zh {
        format!("规则有效期至 {day}，其后适用何种规则尚不可知，未作推算。")
    } else {
        format!("Rules known until {day}: later days were not looked at.")
    })
}

#[cfg(test)]
mod tests {
    use super::money;

    #[test]
    fn yuan_have_separators() {
        let shown = |text: &str| money(xinpei::decimal::parse(text).unwrap());
        assert_eq!(["0", "999.9", "1000", "-1234567.895"].map(shown), ["0.00", "999.90", "1,000.00", "−1,234,567.90"]);
    }
}
