//! What has become of enterprises, as a page of text.

use std::fmt::Write;

use xinpei::explain::words::{self, Noun};

use super::result::{Changed, Follow, Record, Standing, Watched};
use crate::columns::{Columns, safe};
use crate::page::Page;

impl Page<'_, Record> {
    /// The page.
    pub(super) fn render(&self) -> String {
        let mut text = String::new();
        self.header(&mut text);
        let dishonest = |f: &Follow| f.publicity.as_deref() == Some("dishonest");
        self.follows(("失信提示：新列入公示名单", "Dishonesty: newly on public lists"), true, &dishonest, &mut text);
        for severity in ["high", "medium", "low"] {
            let zh = format!("新预警：{}", words::severity(severity, "zh"));
            let en = format!("New alerts: {}", words::severity(severity, "en"));
            self.follows((&zh, &en), true, &|f| f.severity.as_deref() == Some(severity), &mut text);
        }
        let plain = |f: &Follow| f.kind == "alert" && f.severity.is_none();
        self.follows(("新预警：未分级", "New alerts: no severity"), true, &plain, &mut text);
        self.moves(("等级下降", "Worse grades"), -1, &mut text);
        self.moves(("等级上升", "Better grades"), 1, &mut text);
        self.follows(("不再准入的产品", "Products that no longer admit"), false, &|f| f.kind == "product", &mut text);
        self.follows(("新准入的产品", "Products that now admit"), true, &|f| f.kind == "product", &mut text);
        self.follows(
            ("不良信息期满或移出", "Adverse records that ran out or were lifted"),
            false,
            &dishonest,
            &mut text,
        );
        self.follows(("解除的预警", "Alerts that ended"), false, &|f| f.kind == "alert", &mut text);
        self.follows(("新的惩戒", "New sanctions"), true, &|f| f.kind == "sanction", &mut text);
        self.line(&mut text);
        self.stale(&mut text);
        self.others(&mut text);
        text
    }

    fn header(&self, text: &mut String) {
        let record = self.record;
        let title = safe(self.rulebook.typed().manifest.title.text(self.context.lang.code()));
        let since = record.head.since.as_deref().unwrap_or("");
        let _ = writeln!(
            text,
            "{} {} · {since} → {}",
            self.context.bold(&title),
            self.rulebook.version(),
            record.head.as_of
        );
        let outcomes = &self.rulebook.typed().outcomes;
        let name = |id: &String| {
            let found = outcomes.iter().find(|o| o.department.0 == *id);
            found.map_or_else(|| safe(id), |o| safe(o.department.1.text(self.context.lang.code())))
        };
        if let Some(lender) = &record.lender {
            let _ =
                writeln!(text, "{} {}", self.say("此前准入的客户，机构：", "those admitted before by"), name(lender));
        }
        if let Some(department) = &record.department {
            let _ = writeln!(text, "{} {}", self.say("部门：", "department:"), name(department));
        }
        let _ = writeln!(
            text,
            "\n{}",
            self.context.bold(&match self.context.lang.code() {
                "zh" => format!(
                    "监测 {} 户：等级上升 {} 户，下降 {} 户；新增 {} 户，减少 {} 户。",
                    record.watched,
                    record.better,
                    record.worse,
                    record.come.len(),
                    record.gone.len()
                ),
                _ => format!(
                    "{} enterprises watched: {} have a better grade and {} a worse one; {} came and {} are gone.",
                    record.watched,
                    record.better,
                    record.worse,
                    record.come.len(),
                    record.gone.len()
                ),
            })
        );
    }

    fn standing(&self, standing: &Standing) -> String {
        let grade = standing.grade.as_deref().unwrap_or(self.unrated());
        let refer = if standing.refer { "?" } else { "" };
        format!("{grade}{refer} {}", standing.score.as_deref().unwrap_or(""))
    }

    /// Outcomes that came or went, one an enterprise and outcome.
    fn follows(&self, title: (&str, &str), came: bool, keep: &dyn Fn(&Follow) -> bool, text: &mut String) {
        let mut found: Vec<(&Watched, &Follow)> = Vec::new();
        for watched in &self.record.enterprises {
            let list = if came { &watched.came } else { &watched.went };
            found.extend(list.iter().filter(|f| keep(f)).map(|f| (watched, f)));
        }
        if found.is_empty() {
            return;
        }
        self.counted(title, found.len(), text);
        let mut columns = Columns::indented(2);
        let outcomes = &self.rulebook.typed().outcomes;
        let lang = self.context.lang.code();
        for (watched, follow) in found.iter().take(self.shown) {
            let label = outcomes.get(follow.at).map_or_else(String::new, |o| safe(o.label.text(lang)));
            let mut more: Vec<String> = follow.facts.iter().map(|fact| self.changed(fact)).collect();
            more.extend(follow.unmet.iter().map(|label| format!("✗ {}", safe(label.text(lang)))));
            if let Some(until) = follow.until.as_ref().filter(|_| follow.kind != "product") {
                let word = if came { self.noun(Noun::Until) } else { self.say("原有效至", "was until") };
                more.push(format!("{word} {until}"));
            }
            columns.row([watched.firm.shown(), self.standing(&watched.now), label, more.join(self.say("，", ", "))]);
        }
        text.push_str(&columns.render(self.context.width));
        self.more(found.len(), "条", text);
    }

    fn changed(&self, changed: &Changed) -> String {
        let label = safe(changed.now.label.text(self.context.lang.code()));
        let now = changed.now.shown(self.context);
        match &changed.before {
            None => format!("{label} {now}"),
            Some(before) => format!("{label} {} → {now}", before.shown(self.context)),
        }
    }

    fn moves(&self, title: (&str, &str), direction: i8, text: &mut String) {
        let mut found: Vec<&Watched> = self.record.enterprises.iter().filter(|w| w.moved == direction).collect();
        // The longest way first.
        let grades = &self.rulebook.typed().grades;
        let place = |standing: &Standing| grades.iter().position(|g| Some(&g.id) == standing.grade.as_ref());
        found.sort_by_key(|w| {
            let (before, now) = (place(&w.before).unwrap_or(0), place(&w.now).unwrap_or(0));
            std::cmp::Reverse(before.abs_diff(now))
        });
        if found.is_empty() {
            return;
        }
        self.counted(title, found.len(), text);
        let typed = self.rulebook.typed();
        let lang = self.context.lang.code();
        let mut columns = Columns::indented(2);
        for watched in found.iter().take(self.shown) {
            let rule = |id: &String| {
                typed.overrides.iter().find(|o| o.id == *id).map_or_else(|| safe(id), |o| safe(o.label.text(lang)))
            };
            let line = |(id, shift): &(String, String)| {
                let label = typed.characteristics.iter().find(|c| c.id == *id);
                let sign = if shift.starts_with('-') { "" } else { "+" };
                format!("{} {sign}{shift}", label.map_or_else(|| safe(id), |c| safe(c.label.text(lang))))
            };
            let mut why: Vec<String> = Vec::new();
            why.extend(watched.overrides_came.iter().map(|id| format!("⊕ {}", rule(id))));
            why.extend(watched.overrides_went.iter().map(|id| format!("⊖ {}", rule(id))));
            why.extend(watched.lines.iter().map(line));
            let moved = format!("{} → {}", self.standing(&watched.before), self.standing(&watched.now));
            columns.row([watched.firm.shown(), moved, why.join(self.say("，", ", "))]);
        }
        text.push_str(&columns.render(self.context.width));
        self.more(found.len(), "条", text);
    }

    /// Who crossed the line of cultivation.
    fn line(&self, text: &mut String) {
        let Some(tiers) = &self.rulebook.typed().tiers else { return };
        let above = |standing: &Standing| {
            let place = standing.tier.as_ref().and_then(|id| tiers.tiers.iter().position(|t| t.id == *id));
            place.is_some_and(|at| at <= tiers.line)
        };
        for (zh, en, up) in
            [("达到准入线", "Reached the admission line", true), ("跌出准入线", "Fell below the admission line", false)]
        {
            let crossed = |w: &&Watched| above(&w.now) == up && above(&w.before) != up;
            let found: Vec<&Watched> = self.record.enterprises.iter().filter(crossed).collect();
            if found.is_empty() {
                continue;
            }
            self.counted((zh, en), found.len(), text);
            let mut columns = Columns::indented(2);
            for watched in found.iter().take(self.shown) {
                let tier = |standing: &Standing| standing.tier.clone().unwrap_or_default();
                columns.row([
                    watched.firm.shown(),
                    format!("{} → {}", tier(&watched.before), tier(&watched.now)),
                    format!("{} → {}", self.standing(&watched.before), self.standing(&watched.now)),
                ]);
            }
            text.push_str(&columns.render(self.context.width));
            self.more(found.len(), "条", text);
        }
    }

    fn stale(&self, text: &mut String) {
        let stale = &self.record.stale;
        if stale.is_empty() {
            return;
        }
        self.counted(("未按期报送的来源", "Stale sources"), stale.len(), text);
        let mut columns = Columns::indented(2);
        for source in stale {
            columns.row([safe(&source.file), source.why(self.context)]);
        }
        text.push_str(&columns.render(self.context.width));
    }

    fn others(&self, text: &mut String) {
        for (list, zh, en) in [
            (&self.record.come, "新增企业", "New enterprises"),
            (&self.record.gone, "减少企业", "Enterprises that are gone"),
        ] {
            if !list.is_empty() {
                self.counted((zh, en), list.len(), text);
                let names: Vec<String> = list.iter().take(self.shown).map(crate::zone::Firm::shown).collect();
                let _ = writeln!(text, "  {}", names.join(self.say("，", ", ")));
                self.more(list.len(), "条", text);
            }
        }
        if self.record.enterprises.iter().any(|w| w.now.refer || w.before.refer) {
            let said = self.say(
                "? 数据有误，等级暂定，须人工核实",
                "? faults in the data: the grade is provisional until a person has looked",
            );
            let _ = writeln!(text, "\n{said}");
        }
        if self.record.rejects > 0 {
            let _ = writeln!(text, "\n{} {}", self.record.rejects, self.say("行被拒收", "rows were rejected"));
        }
    }
}
