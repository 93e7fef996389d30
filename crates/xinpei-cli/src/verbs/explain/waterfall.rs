//! The waterfall of a page: what each characteristic adds to the score, and who delivered it.

use console::Style;
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;
use xinpei::check::typed::{Characteristic, Fact, FactKind, NodeId, Op, Type};
use xinpei::explain::StepKind;
use xinpei::explain::decision::CharacteristicPoints;

use super::against::signed;
use super::owners;
use super::report::Page;
use crate::columns::{Columns, bar};

impl Page<'_> {
    /// One line a characteristic, by section; the lines add up to the score.
    pub(super) fn waterfall(&self, text: &mut String) {
        let lang = self.context.lang.code();
        let mut steps = self.steps.iter().peekable();
        let mut columns = Columns::default().right(&[2]);
        for (section, points) in self.typed().sections.iter().zip(&self.decision.sections) {
            let label = self.context.bold(section.label.text(lang));
            columns.row([label, String::new(), format!("{} / {}", points.points, points.max)]);
            let lines = self.typed().characteristics.get(section.characteristics.clone()).unwrap_or_default();
            for characteristic in lines {
                if let Some(line) = self.decision.characteristics.iter().find(|c| c.id == characteristic.id) {
                    columns.row(self.line(characteristic, line));
                }
                steps.next_if(|step| step.kind == StepKind::Characteristic && step.id == characteristic.id);
            }
            if let Some(step) = steps.next_if(|step| step.kind == StepKind::Limit && step.id == section.id) {
                let what = if step.amount.is_sign_negative() {
                    self.say("超出上限", "above the cap")
                } else {
                    self.say("补足下限", "up to the floor")
                };
                columns.row([format!("  {what}"), String::new(), signed(step.amount)]);
            }
        }
        for step in steps {
            columns.row([self.say("取整", "rounding").to_owned(), String::new(), signed(step.amount)]);
        }
        if let Some(score) = self.decision.score {
            columns.row([self.context.bold(self.say("得分", "score")), String::new(), score.to_string()]);
        }
        text.push('\n');
        text.push_str(&columns.render(self.context.width));
    }

    /// One characteristic: label, value, points, bar, the departments that delivered it.
    fn line(&self, characteristic: &Characteristic, line: &CharacteristicPoints) -> Vec<String> {
        let lang = self.context.lang.code();
        let value = if line.missing {
            self.context.paint(self.say("缺失", "missing"), Style::new().yellow())
        } else {
            self.value(characteristic, line)
        };
        let mut departments: Vec<&str> = Vec::new();
        for fact in owners::facts_of(self.typed(), characteristic) {
            let department = self.typed().facts.get(fact).and_then(|f| self.typed().departments.get(f.department));
            let label = department.map_or("", |d| d.label.text(lang));
            if !departments.contains(&label) {
                departments.push(label);
            }
        }
        let share = bar(thousandths(line.points), thousandths(line.max), 10);
        let label = format!("  {}", characteristic.label.text(lang));
        vec![
            label,
            value,
            format!("{} / {}", line.points, line.max),
            share,
            self.context.dim(&departments.join(self.say("、", ", "))),
        ]
    }

    /// The value as people write it: labels of members, yes and no, digits in groups of three.
    fn value(&self, characteristic: &Characteristic, line: &CharacteristicPoints) -> String {
        let Some(plain) = &line.value else { return String::new() };
        // Several values are joined the same way.
        let parts: Vec<&str> = if characteristic.values.len() > 1 { plain.split(" / ").collect() } else { vec![plain] };
        let parts = parts.iter().zip(&characteristic.values).map(|(part, node)| self.part(*node, part));
        parts.collect::<Vec<_>>().join(" / ")
    }

    fn part(&self, node: NodeId, plain: &str) -> String {
        let node = self.typed().arena.node(node);
        match (&node.ty, &node.op) {
            (Type::Flag, _) => if plain == "true" { self.say("是", "yes") } else { self.say("否", "no") }.to_owned(),
            (Type::Number(_), _) => grouped(plain),
            (Type::Category(category), Op::Fact(fact)) => {
                let fact = usize::try_from(*fact).ok().and_then(|at| self.typed().facts.get(at));
                fact.and_then(|fact| self.member(fact, *category, plain)).unwrap_or_else(|| plain.to_owned())
            }
            _ => plain.to_owned(),
        }
    }

    fn member(&self, fact: &Fact, category: u32, plain: &str) -> Option<String> {
        let FactKind::Value(value) = &fact.kind else { return None };
        let index = self.rulebook.dictionary().members(category)?.index(plain)?;
        Some(value.labels.get(usize::try_from(index).ok()?)?.text(self.context.lang.code()).to_owned())
    }
}

/// Points in thousandths, for bars.
fn thousandths(points: Decimal) -> i128 {
    (points * Decimal::ONE_THOUSAND).to_i128().unwrap_or(0)
}

/// Digits before the point in groups of three.
pub(super) fn grouped(number: &str) -> String {
    let (sign, digits) = number.strip_prefix('-').map_or(("", number), |rest| ("-", rest));
    let (whole, fraction) = digits.split_once('.').map_or((digits, None), |(w, f)| (w, Some(f)));
    let mut text = sign.to_owned();
    for (at, digit) in whole.chars().enumerate() {
        if at > 0 && (whole.len() - at) % 3 == 0 {
            text.push(',');
        }
        text.push(digit);
    }
    if let Some(fraction) = fraction {
        text.push('.');
        text.push_str(fraction);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::grouped;

    #[test]
    fn money_stands_in_groups_of_three() {
        assert_eq!(grouped("1234567.50"), "1,234,567.50");
        assert_eq!(grouped("-100000"), "-100,000");
        assert_eq!(grouped("999"), "999");
    }
}
