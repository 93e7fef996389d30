//! The waterfall of a page: what each characteristic adds to the score, and who delivered it.

use console::Style;
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;
use xinpei::check::typed::Characteristic;
use xinpei::explain::StepKind;
use xinpei::explain::decision::CharacteristicPoints;
use xinpei::explain::words::{self, Noun, signed};

use super::owners;
use super::report::Page;
use crate::columns::{Columns, bar, safe};
use crate::zone;

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
                    self.read(characteristic, &mut columns);
                }
                steps.next_if(|step| step.kind == StepKind::Characteristic && step.id == characteristic.id);
            }
            if let Some(step) = steps.next_if(|step| step.kind == StepKind::Limit && step.id == section.id) {
                let what = words::limit(step.amount, lang);
                columns.row([format!("  {what}"), String::new(), signed(step.amount)]);
            }
        }
        for step in steps {
            columns.row([self.noun(Noun::Rounding).to_owned(), String::new(), signed(step.amount)]);
        }
        if let Some(score) = self.decision.score {
            columns.row([self.context.bold(self.noun(Noun::Score)), String::new(), score.to_string()]);
        }
        text.push('\n');
        text.push_str(&columns.render(self.context.width));
    }

    /// The facts that a formula or a list of conditions reads, with their values.
    fn read(&self, characteristic: &Characteristic, columns: &mut Columns) {
        if !words::told_by_facts(characteristic) {
            return;
        }
        let on = (self.rulebook, self.decision.as_of);
        for fact in owners::facts_of(self.typed(), characteristic) {
            if let Some(cause) = zone::cause(on, self.batch, self.row, fact) {
                let label = safe(cause.label.text(self.context.lang.code()));
                columns.row([self.context.dim(&format!("    {label}")), self.context.dim(&cause.shown(self.context))]);
            }
        }
    }

    /// One characteristic: label, value, points, bar, the departments that delivered it.
    fn line(&self, characteristic: &Characteristic, line: &CharacteristicPoints) -> Vec<String> {
        let lang = self.context.lang.code();
        let value = if line.missing {
            self.context.paint(self.noun(Noun::Missing), Style::new().yellow())
        } else {
            words::value(self.rulebook.program(), characteristic, line, lang)
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
}

/// Points in thousandths, for bars.
fn thousandths(points: Decimal) -> i128 {
    (points * Decimal::ONE_THOUSAND).to_i128().unwrap_or(0)
}
