//! A plan as a step chart: the score from the first day to the review, and the edge that is to be reached.

use std::fmt::Write;

use rust_decimal::Decimal;
use xinpei::Date;

use crate::answer::{Answer, Plan};

const WIDTH: i64 = 720;
const HEIGHT: i64 = 220;
const LEFT: i64 = 56;
const RIGHT: i64 = 700;
const TOP: i64 = 24;
const BOTTOM: i64 = 180;

/// A place between two ends, for a value between two others; all whole numbers.
fn between(value: i64, (from, to): (i64, i64), (start, end): (i64, i64)) -> i64 {
    start + (end - start) * (value - from) / (to - from).max(1)
}

/// Hundredths of a point, for the height of a line.
fn hundredths(score: Decimal) -> i64 {
    xinpei::decimal::to_units(score.round_dp(2), 2).and_then(|u| i64::try_from(u).ok()).unwrap_or(0)
}

/// The chart as SVG; `None` where nothing was scored.
pub(crate) fn chart(answer: &Answer, plan: &Plan) -> Option<String> {
    let mut points: Vec<(Date, Decimal)> = vec![(answer.as_of, answer.start.score?)];
    points.extend(plan.steps.iter().filter_map(|step| Some((step.end, step.after.score?))));
    points.push((plan.review, plan.result.score?));
    let edge = answer.target.as_ref().and_then(|target| target.score);
    let scores = || points.iter().map(|(_, score)| hundredths(*score)).chain(edge.map(hundredths));
    let (low, high) = (scores().min()? - 500, scores().max()? + 500);
    let days = (i64::from(answer.as_of.days()), i64::from(plan.review.days()));
    let x = |day: Date| between(i64::from(day.days()), days, (LEFT, RIGHT));
    let y = |score: Decimal| between(hundredths(score), (low, high), (BOTTOM, TOP));
    let mut svg = format!(
        "<svg viewBox=\"0 0 {WIDTH} {HEIGHT}\" role=\"img\" aria-label=\"分数走势 Score over time\" xmlns=\"http://www.w3.org/2000/svg\">\n"
    );
    let _ = writeln!(svg, "<line class=\"axis\" x1=\"{LEFT}\" y1=\"{BOTTOM}\" x2=\"{RIGHT}\" y2=\"{BOTTOM}\"/>");
    if let Some(edge) = edge {
        let at = y(edge);
        let _ = writeln!(svg, "<line class=\"edge\" x1=\"{LEFT}\" y1=\"{at}\" x2=\"{RIGHT}\" y2=\"{at}\"/>");
        let _ = writeln!(svg, "<text x=\"4\" y=\"{}\">{}</text>", at + 4, edge.normalize());
    }
    let mut path = String::new();
    for (at, (day, score)) in points.iter().enumerate() {
        let _ = match at {
            0 => write!(path, "M{} {}", x(*day), y(*score)),
            _ => write!(path, " H{} V{}", x(*day), y(*score)),
        };
    }
    let _ = writeln!(svg, "<path class=\"score\" d=\"{path}\"/>");
    for (at, (day, score)) in points.iter().enumerate() {
        let _ = writeln!(
            svg,
            "<circle cx=\"{}\" cy=\"{}\" r=\"3\"><title>{day} {score}</title></circle>",
            x(*day),
            y(*score)
        );
        if (1..=plan.steps.len()).contains(&at) {
            let _ = writeln!(svg, "<text class=\"number\" x=\"{}\" y=\"{}\">{at}</text>", x(*day), y(*score) - 7);
        }
    }
    if let (Some((first, start)), Some((last, end))) = (points.first(), points.last()) {
        let _ = writeln!(svg, "<text x=\"{LEFT}\" y=\"{}\">{first} · {start}</text>", BOTTOM + 18);
        let _ = writeln!(svg, "<text class=\"end\" x=\"{RIGHT}\" y=\"{}\">{last} · {end}</text>", BOTTOM + 18);
    }
    svg.push_str("</svg>\n");
    Some(svg)
}
