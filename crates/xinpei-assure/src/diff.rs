//! The difference of two rulebooks in words, by meaning and not by text.

mod bands;
mod card;
mod dictionary;
mod functions;
mod meaning;
mod measures;
mod page;
mod rules;
mod scoring;
mod zone;

use std::collections::BTreeMap;

use serde::Serialize;
use xinpei::author::source::Source;
use xinpei::check::typed::NodeId;
use xinpei::explain::words::Noun;
use xinpei::{Label, Rulebook};

use self::meaning::Meaning;
use crate::words::{both, join, plain, squeeze};

/// What is different between two rulebooks. Layout, comments, spelling of numbers, the order of keys
/// and notes are no difference; an expression is different when it computes something else, also where
/// only a function that it calls was changed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Difference {
    /// The rulebook before.
    pub old: Side,
    /// The rulebook after.
    pub new: Side,
    /// The changes: the rulebook itself, sections, characteristics, grades, overrides, outcomes, products,
    /// tiers, rules of cultivation, measures, departments, facts, functions; each in the order of the new
    /// rulebook, removed ones last.
    pub changes: Vec<RuleChange>,
}

/// One of the two rulebooks.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Side {
    /// The id.
    pub id: String,
    /// The version.
    pub version: String,
    /// Digest of the canonical content.
    pub digest: String,
    /// The name people use.
    pub title: Label,
}

impl Side {
    /// What a rulebook says of itself.
    #[must_use]
    pub fn of(rulebook: &Rulebook) -> Self {
        Self {
            id: rulebook.id().to_owned(),
            version: rulebook.version().to_owned(),
            digest: rulebook.digest(),
            title: crate::words::label(&rulebook.typed().manifest.title),
        }
    }
}

/// What kind of rule a change is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// `rulebook.yaml`.
    Rulebook,
    /// A section.
    Section,
    /// A characteristic.
    Characteristic,
    /// A grade.
    Grade,
    /// An override.
    Override,
    /// An outcome.
    Outcome,
    /// A product of a lender.
    Product,
    /// A tier, or the line among them.
    Tier,
    /// A rule of cultivation: who is taken in, kept out, has succeeded, leaves.
    Cultivation,
    /// A measure.
    Measure,
    /// A department.
    Department,
    /// A fact.
    Fact,
    /// A function of the scripts.
    Function,
}

impl Kind {
    /// The word in a record.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Rulebook => "rulebook",
            Self::Section => "section",
            Self::Characteristic => "characteristic",
            Self::Grade => "grade",
            Self::Override => "override",
            Self::Outcome => "outcome",
            Self::Product => "product",
            Self::Tier => "tier",
            Self::Cultivation => "cultivation",
            Self::Measure => "measure",
            Self::Department => "department",
            Self::Fact => "fact",
            Self::Function => "function",
        }
    }

    /// The heading over rules of the kind, in `zh` or `en`.
    #[must_use]
    pub fn heading(self, zh: bool) -> String {
        let of = |noun: Noun| noun.heading(if zh { "zh" } else { "en" });
        let pick = |chinese: &str, english: &str| if zh { chinese } else { english }.to_owned();
        match self {
            Self::Rulebook => pick("规则本身", "Rulebook"),
            Self::Section => of(Noun::Section),
            Self::Characteristic => of(Noun::Characteristic),
            Self::Grade => of(Noun::Grade),
            Self::Override => of(Noun::Override),
            Self::Outcome => of(Noun::Outcome),
            Self::Product => pick("产品", "Products"),
            Self::Tier => of(Noun::Tier),
            Self::Cultivation => pick("培植规则", "Rules of cultivation"),
            Self::Measure => of(Noun::Measure),
            Self::Department => of(Noun::Department),
            Self::Fact => pick("事实", "Facts"),
            Self::Function => pick("函数", "Functions"),
        }
    }
}

/// What happened to a rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Action {
    /// It is new.
    Added,
    /// It is gone.
    Removed,
    /// It is there in both, and says something else.
    Changed,
}

/// What changed in one rule.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct RuleChange {
    /// The kind of rule.
    pub kind: Kind,
    /// Its id; empty for the rulebook itself.
    pub id: String,
    /// The name people use: the new one, in Chinese and English.
    pub label: Label,
    /// What happened.
    pub action: Action,
    /// What is different, or what a new rule says; in Chinese and English.
    pub details: Vec<Detail>,
}

/// One difference.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Detail {
    /// The field, as the rule file has it: `missing`, `points`, `when`.
    pub field: &'static str,
    /// What it says in words: the field, the band or member, the old and the new.
    pub text: Label,
    /// The old value; absent where there was none, and where its words stayed the same.
    pub old: Option<String>,
    /// The new value; absent where there is none, and where its words stayed the same.
    pub new: Option<String>,
}

impl Difference {
    /// The difference between two rulebooks.
    #[must_use]
    pub fn between(old: &Rulebook, new: &Rulebook) -> Self {
        let pair = Pair::new(old, new);
        let mut changes = rules::manifest(&pair);
        changes.extend(card::sections(&pair));
        changes.extend(card::characteristics(&pair));
        changes.extend(rules::grades(&pair));
        changes.extend(rules::overrides(&pair));
        changes.extend(rules::outcomes(&pair));
        changes.extend(zone::products(&pair));
        changes.extend(zone::tiers(&pair));
        changes.extend(measures::measures(&pair));
        changes.extend(dictionary::departments(&pair));
        changes.extend(dictionary::facts(&pair));
        changes.extend(dictionary::functions(&pair));
        Self { old: Side::of(old), new: Side::of(new), changes }
    }

    /// Whether both say the same.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.changes.is_empty()
    }

    /// The difference as a text for people, in `zh` or `en`; ends with a line feed.
    #[must_use]
    pub fn text(&self, language: &str) -> String {
        page::render(self, language)
    }
}

/// Two rulebooks side by side.
struct Pair<'a> {
    old: &'a Source,
    new: &'a Source,
    meaning: Meaning<'a>,
}

impl<'a> Pair<'a> {
    fn new(old: &'a Rulebook, new: &'a Rulebook) -> Self {
        Self {
            old: old.source(),
            new: new.source(),
            meaning: Meaning::new(old.typed(), new.typed(), (functions::of(old.source()), functions::of(new.source()))),
        }
    }

    /// What changed in an expression: its words, or only what the functions in it do.
    fn expression(
        &self,
        field: &'static str,
        noun: &Label,
        (old, a): (Option<&str>, Option<NodeId>),
        (new, b): (Option<&str>, Option<NodeId>),
    ) -> Option<Detail> {
        if self.meaning.same_option(a, b) {
            return None;
        }
        let (old, new) = (old.map(squeeze), new.map(squeeze));
        if old != new {
            return Some(changed(field, noun, old, new));
        }
        let (before, now) = &self.meaning.code;
        let called = functions::called(old.as_deref().unwrap_or(""), now);
        let changed: Vec<String> =
            called.iter().filter(|name| before.get(*name) != now.get(*name)).map(|name| format!("`{name}`")).collect();
        let text = if changed.is_empty() {
            both("文字未变，所用事实的含义有变", "the same words, but the facts in it mean something else now")
        } else {
            both(
                format!("文字未变，所调用的函数有变：{}", changed.join("、")),
                format!("the same words, but what they call has changed: {}", changed.join(", ")),
            )
        };
        Some(Detail { field, text: join(&[noun, &text], "：", ": "), old: None, new: None })
    }
}

/// A field that says something else.
fn changed(field: &'static str, noun: &Label, old: Option<String>, new: Option<String>) -> Detail {
    let none = both("无", "none");
    let say = |value: &Option<String>| value.as_ref().map_or_else(|| none.clone(), plain);
    turned(field, noun, &say(&old), &say(&new), old, new)
}

/// A field that says something else, in words of its own.
fn turned(
    field: &'static str,
    noun: &Label,
    old_text: &Label,
    new_text: &Label,
    old: Option<String>,
    new: Option<String>,
) -> Detail {
    let values = join(&[old_text, new_text], " → ", " → ");
    Detail { field, text: join(&[noun, &values], "：", ": "), old, new }
}

/// A field of a rule that was added.
fn says(field: &'static str, noun: &Label, text: &Label, value: String) -> Detail {
    Detail { field, text: join(&[noun, text], "：", ": "), old: None, new: Some(value) }
}

/// A field with a text that is compared word by word.
fn texts(field: &'static str, zh: &str, en: &str, old: Option<&str>, new: Option<&str>) -> Option<Detail> {
    (old != new).then(|| changed(field, &both(zh, en), old.map(str::to_owned), new.map(str::to_owned)))
}

/// The label of a rule in every language of either rulebook.
fn labels(field: &'static str, zh: &str, en: &str, old: Option<&Label>, new: Option<&Label>) -> Option<Detail> {
    if old == new {
        return None;
    }
    let none = both("无", "none");
    let one = |label: Option<&Label>| label.map_or_else(|| none.clone(), crate::words::label);
    let value = |label: Option<&Label>| label.map(|l| l.iter().map(|(_, text)| text).collect::<Vec<_>>().join(" / "));
    let (a, b) = (one(old), one(new));
    let mut text = join(&[&a, &b], " → ", " → ");
    // Where only the other language changed, that one is told.
    let pick = |language: &str, other: &str| {
        let (x, y) = (a.text(language), b.text(language));
        if x == y { format!("{} → {}", a.text(other), b.text(other)) } else { format!("{x} → {y}") }
    };
    if a.text("zh") == b.text("zh") || a.text("en") == b.text("en") {
        text = both(pick("zh", "en"), pick("en", "zh"));
    }
    Some(Detail { field, text: join(&[&both(zh, en), &text], "：", ": "), old: value(old), new: value(new) })
}

/// A change of a rule, unless nothing is different.
fn changed_rule(kind: Kind, id: &str, label: &Label, details: Vec<Detail>) -> Option<RuleChange> {
    let rule =
        RuleChange { kind, id: id.to_owned(), label: crate::words::label(label), action: Action::Changed, details };
    (!rule.details.is_empty()).then_some(rule)
}

/// A rule that is new or gone.
fn whole_rule(kind: Kind, id: &str, label: &Label, action: Action, details: Vec<Detail>) -> RuleChange {
    RuleChange { kind, id: id.to_owned(), label: crate::words::label(label), action, details }
}

/// Compares two lists of rules by id: new and changed ones in the order of the new list, then those
/// that are gone.
fn by_id<'a, T>(
    old: &'a [T],
    new: &'a [T],
    id: impl Fn(&T) -> &str,
    changed: impl Fn((usize, &'a T), (usize, &'a T)) -> Option<RuleChange>,
    alone: impl Fn(usize, &'a T, Action) -> RuleChange,
) -> Vec<RuleChange> {
    let place = |list: &'a [T]| list.iter().enumerate().map(|(i, t)| (id(t).to_owned(), i)).collect::<BTreeMap<_, _>>();
    let (olds, news) = (place(old), place(new));
    let mut changes = Vec::new();
    for (at, rule) in new.iter().enumerate() {
        match olds.get(id(rule)).and_then(|i| Some((*i, old.get(*i)?))) {
            Some(before) => changes.extend(changed(before, (at, rule))),
            None => changes.push(alone(at, rule, Action::Added)),
        }
    }
    for (at, rule) in old.iter().enumerate().filter(|(_, rule)| !news.contains_key(id(rule))) {
        changes.push(alone(at, rule, Action::Removed));
    }
    changes
}
