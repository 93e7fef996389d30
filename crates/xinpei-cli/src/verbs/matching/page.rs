//! What products say to enterprises, as pages of text.

use std::fmt::Write;

use xinpei::check::typed::Outcome;
use xinpei::explain::words::Noun;
use xinpei_cultivate::money;

use super::result::{Entry, Offer, Pick, Record, Road};
use crate::columns::{Columns, safe};
use crate::page::Page;
use crate::zone::{list, percent, yuan};

impl Page<'_, Record> {
    fn outcome(&self, offer: usize) -> Option<&Outcome> {
        let typed = self.rulebook.typed();
        typed.products.get(offer).and_then(|p| typed.outcomes.get(p.outcome))
    }

    fn header(&self) -> String {
        let title = self.label(&self.rulebook.typed().manifest.title);
        format!(
            "{} {} · {} {}\n",
            self.context.bold(&title),
            self.rulebook.version(),
            self.noun(Noun::AsOf),
            self.record.head.as_of
        )
    }

    /// The offers to one enterprise.
    pub(super) fn one(&self) -> String {
        let mut text = self.header();
        for entry in &self.record.enterprises {
            let name = format!("{} {}", safe(&entry.firm.enterprise), safe(&entry.firm.name));
            let _ = writeln!(text, "{}", self.context.bold(name.trim_end()));
            let _ = writeln!(
                text,
                "{} {}",
                entry.score.as_deref().unwrap_or(self.unrated()),
                entry.grade.as_deref().unwrap_or("")
            );
            if entry.faults > 0 {
                let _ = writeln!(
                    text,
                    "{}",
                    self.say(
                        "数据有误，须先由人工核实，以下仅供参考。",
                        "Something is wrong with its data: a person must look first, and what follows is provisional."
                    )
                );
            }
            for offer in &entry.offers {
                self.offer(offer, &mut text);
            }
        }
        text
    }

    fn offer(&self, offer: &Offer, text: &mut String) {
        let Some(outcome) = self.outcome(offer.at) else { return };
        let verdict =
            if offer.admitted { self.say("准入", "admitted") } else { self.say("不准入", "not admitted") };
        let _ = writeln!(
            text,
            "\n{}  {}  {}",
            self.context.bold(&format!("{} · {}", self.label(&outcome.department.1), self.label(&outcome.label))),
            self.context.bold(verdict),
            self.context.dim(&safe(&outcome.id))
        );
        if offer.admitted {
            let _ = writeln!(text, "  {}", self.terms(offer));
        }
        let typed = self.rulebook.typed();
        if let Some(collateral) = typed.products.get(offer.at).and_then(|p| p.collateral.as_ref()) {
            let _ = writeln!(text, "  {} {}", self.say("担保", "secured by"), self.label(collateral));
        }
        for unmet in &offer.unmet {
            let mark = if unmet.holds.is_none() { "?" } else { "✗" };
            let why = if unmet.graded {
                let grade = self.record.enterprises.first().and_then(|e| e.grade.as_deref());
                format!("{} {}", self.say("现为", "is"), grade.unwrap_or(self.unrated()))
            } else {
                list(&unmet.facts, self.context)
            };
            let _ = writeln!(text, "  {mark} {}  {}", self.label(&unmet.label), self.context.dim(&why));
        }
        if let Some(road) = &offer.road {
            let _ = writeln!(text, "  → {}", self.road(road));
        }
    }

    fn terms(&self, offer: &Offer) -> String {
        let mut parts = Vec::new();
        parts.push(match &offer.limit {
            Some(limit) => format!("{} {}", self.say("额度（元）", "limit CNY"), yuan(limit)),
            None => {
                self.say("额度待定（公式中的事实未知）", "limit open (a fact of the formula is not known)").to_owned()
            }
        });
        parts.extend(offer.rate.as_ref().map(|rate| format!("{} {rate} %", self.say("年利率", "rate a year"))));
        parts.extend(offer.until.as_ref().map(|day| format!("{} {day}", self.noun(Noun::Until))));
        parts.join(" · ")
    }

    fn road(&self, road: &Road) -> String {
        let zh = self.context.lang.code() == "zh";
        match road.status {
            "plan" => {
                let (cost, months) = (road.cost.as_deref().map_or_else(String::new, yuan), road.months.unwrap_or(0));
                let measures: Vec<String> = road.measures.iter().map(|id| self.measure(id)).collect();
                let measures = match measures.is_empty() {
                    true => self.say("等待", "waiting").to_owned(),
                    false => measures.join(self.say("；", "; ")),
                };
                match zh {
                    true => format!("{months} 个月、{cost} 元可达：{measures}"),
                    false => {
                        let noun = if months == 1 { "month" } else { "months" };
                        format!("can be opened in {months} {noun} for CNY {cost}: {measures}")
                    }
                }
            }
            "none" => {
                let mut why: Vec<String> = Vec::new();
                if let Some((needed, attainable)) = &road.points {
                    why.push(match zh {
                        true => format!("需要 {needed} 分，最多可得 {attainable} 分"),
                        false => format!("{needed} points needed, {attainable} attainable at most"),
                    });
                }
                let overrides = &self.rulebook.typed().overrides;
                let named = |id: &String| overrides.iter().find(|o| o.id == *id).map(|o| self.label(&o.label));
                why.extend(road.blocked.iter().filter_map(named));
                if !road.fixed.is_empty() {
                    let fixed: Vec<String> = road.fixed.iter().map(|label| self.label(label)).collect();
                    why.push(format!(
                        "{} {}",
                        self.say("没有措施能改变的条件：", "no measure changes:"),
                        fixed.join(self.say("，", ", "))
                    ));
                }
                let none = self.say("没有方案可达", "no plan opens it");
                if why.is_empty() { none.to_owned() } else { format!("{none}: {}", why.join(self.say("；", "; "))) }
            }
            "refer" => self.say("数据有误，先由人工核实", "a person must look at the data first").to_owned(),
            _ => self.say("搜索达到上限，尚无结论", "undecided at the limit of the search").to_owned(),
        }
    }

    fn measure(&self, id: &str) -> String {
        let measures = &self.rulebook.typed().measures;
        measures.iter().find(|m| m.id == id).map_or_else(|| safe(id), |m| self.label(&m.label))
    }

    /// Every product: how many it admits, and what keeps out the others.
    pub(super) fn all(&self) -> String {
        let mut text = self.header();
        let whole = self.record.enterprises.len();
        for product in &self.record.products {
            let Some(outcome) = self.outcome(product.at) else { continue };
            let _ = writeln!(
                text,
                "\n{}  {}",
                self.context.bold(&format!("{} · {}", self.label(&outcome.department.1), self.label(&product.label))),
                self.context.dim(&safe(&product.id))
            );
            let _ = writeln!(
                text,
                "  {} {} / {whole} ({}) · {} {}",
                self.say("准入", "admitted"),
                product.admitted,
                percent(product.admitted, whole),
                self.say("额度合计（元）", "limits together CNY"),
                money(product.limits)
            );
            let mut columns = Columns::indented(2).right(&[1, 2]);
            columns.row([
                self.noun(Noun::Condition),
                self.say("不满足", "not met by"),
                self.say("仅差此项", "by that alone"),
            ]);
            for asked in &product.conditions {
                columns.row([self.label(&asked.label), asked.unmet.to_string(), asked.alone.to_string()]);
            }
            text.push_str(&columns.render(self.context.width));
        }
        let _ = writeln!(
            text,
            "\n{}",
            self.say(
                "逐户见 --product ID、单户见企业代码，全部见 --format json",
                "enterprise by enterprise with --product ID or the code of one, all of them with --format json"
            )
        );
        self.rejects(&mut text);
        text
    }

    /// One product: whom it admits, and who is one condition away.
    pub(super) fn product(&self) -> String {
        let mut text = self.all();
        let of = |entry: &&Entry| entry.offers.first().is_some_and(|offer| offer.admitted);
        let admitted: Vec<&Entry> = self.record.enterprises.iter().filter(of).collect();
        let _ = writeln!(
            text,
            "\n{}",
            self.context.bold(&format!("{} ({})", self.say("准入企业", "Admitted"), admitted.len()))
        );
        let mut columns = Columns::indented(2).right(&[2]);
        for entry in admitted.iter().take(self.shown) {
            let terms = entry.offers.first().map_or_else(String::new, |offer| self.terms(offer));
            columns.row([entry.firm.shown(), entry.grade.clone().unwrap_or_default(), score(entry), terms]);
        }
        text.push_str(&columns.render(self.context.width));
        self.more(admitted.len(), "户", &mut text);
        let near = |entry: &&Entry| entry.offers.first().is_some_and(|offer| offer.unmet.len() == 1);
        let near: Vec<&Entry> = self.record.enterprises.iter().filter(near).collect();
        let heading = format!("{} ({})", self.say("仅差一项", "One condition away"), near.len());
        let _ = writeln!(text, "\n{}", self.context.bold(&heading));
        let mut columns = Columns::indented(2).right(&[2]);
        for entry in near.iter().take(self.shown) {
            let unmet = entry.offers.first().and_then(|offer| offer.unmet.first());
            let (what, why) =
                unmet.map_or_else(Default::default, |u| (self.label(&u.label), list(&u.facts, self.context)));
            columns.row([entry.firm.shown(), entry.grade.clone().unwrap_or_default(), score(entry), what, why]);
        }
        text.push_str(&columns.render(self.context.width));
        self.more(near.len(), "户", &mut text);
        text
    }

    /// For each lender the enterprises that it can be recommended.
    pub(super) fn recommended(&self) -> String {
        let mut text = self.header();
        for lender in &self.record.recommended {
            let heading = format!(
                "{} · {} ({})",
                self.label(&lender.label),
                self.say("推荐名单", "recommended"),
                lender.enterprises.len()
            );
            let _ = writeln!(text, "\n{}", self.context.bold(&heading));
            self.picks(&lender.enterprises, &mut text);
            if !lender.withheld.is_empty() {
                let _ = writeln!(
                    text,
                    "  {} ({})",
                    self.say(
                        "符合条件，因重大预警或数据有误暂不推荐",
                        "Admitted, but withheld for a grave alert or for faults in the data"
                    ),
                    lender.withheld.len()
                );
                self.picks(&lender.withheld, &mut text);
            }
        }
        self.rejects(&mut text);
        text
    }

    fn picks(&self, list: &[Pick], text: &mut String) {
        let outcomes = &self.rulebook.typed().outcomes;
        let named =
            |id: &String| outcomes.iter().find(|o| o.id == *id).map(|o| self.label(&o.label)).unwrap_or_default();
        let mut columns = Columns::indented(2).right(&[2]);
        for pick in list.iter().take(self.shown) {
            let product = |(id, limit, rate): &(String, Option<String>, Option<String>)| {
                let limit = limit.as_deref().map_or_else(|| "—".to_owned(), yuan);
                let rate = rate.as_ref().map_or_else(String::new, |rate| format!(" {rate} %"));
                format!("{} {limit}{rate}", named(id))
            };
            let products: Vec<String> = pick.products.iter().map(product).collect();
            let mut alerts: Vec<String> = pick.alerts.iter().map(named).collect();
            alerts.extend((pick.faults > 0).then(|| self.say("数据有误", "faults in the data").to_owned()));
            let alerts = match alerts.is_empty() {
                true => String::new(),
                false => format!("! {}", alerts.join(self.say("，", ", "))),
            };
            let (grade, score) = (pick.grade.clone().unwrap_or_default(), pick.score.clone().unwrap_or_default());
            columns.row([pick.firm.shown(), grade, score, products.join(self.say("；", "; ")), alerts]);
        }
        text.push_str(&columns.render(self.context.width));
        self.more(list.len(), "户", text);
    }

    fn rejects(&self, text: &mut String) {
        if self.record.rejects > 0 {
            let said = self.say("行被拒收，未参与匹配", "rows were rejected and not matched");
            let _ = writeln!(text, "{} {said}", self.record.rejects);
        }
    }
}

fn score(entry: &Entry) -> String {
    entry.score.clone().unwrap_or_else(|| "—".to_owned())
}
