//! The nouns of what is shown: each thing has one, in Chinese and in English, on every page.

/// A thing that pages speak of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Noun {
    /// The day that a decision is made for.
    AsOf,
    /// The clause that a rule rests on.
    Basis,
    /// One scored line.
    Characteristic,
    /// Under what a rule applies.
    Condition,
    /// The share of the card that rests on known facts.
    Coverage,
    /// Who certifies, delivers or answers for something.
    Department,
    /// Who is scored.
    Enterprise,
    /// What is filed to show that something is done.
    Evidence,
    /// What is wrong with a value.
    Fault,
    /// The letter that a score earns.
    Grade,
    /// What an enterprise can do.
    Measure,
    /// What is not known.
    Missing,
    /// What follows from a decision.
    Outcome,
    /// A cap, a veto, a notch, or that nobody is rated.
    Override,
    /// Why points were lost.
    Reason,
    /// A row that became no decision.
    Reject,
    /// What the last step of a score adds or takes.
    Rounding,
    /// All points together.
    Score,
    /// What a characteristic scores.
    Scored,
    /// A group of characteristics.
    Section,
    /// Rated, unrated or referred.
    Status,
    /// A level of cultivation.
    Tier,
    /// The last day of something.
    Until,
    /// What a fact or a scored expression is.
    Value,
}

impl Noun {
    /// Chinese, one in English, several in English.
    const fn words(self) -> (&'static str, &'static str, &'static str) {
        match self {
            Self::AsOf => ("评价日", "as of", "as of"),
            Self::Basis => ("依据", "basis", "bases"),
            Self::Characteristic => ("指标", "characteristic", "characteristics"),
            Self::Condition => ("条件", "when", "when"),
            Self::Coverage => ("信息完整度", "coverage", "coverage"),
            Self::Department => ("部门", "department", "departments"),
            Self::Enterprise => ("企业", "enterprise", "enterprises"),
            Self::Evidence => ("证明材料", "evidence", "evidence"),
            Self::Fault => ("数据错误", "fault", "faults"),
            Self::Grade => ("等级", "grade", "grades"),
            Self::Measure => ("措施", "measure", "measures"),
            Self::Missing => ("缺失", "missing", "missing"),
            Self::Outcome => ("结果应用", "outcome", "outcomes"),
            Self::Override => ("一票否决与调整", "override", "overrides"),
            Self::Reason => ("主要原因", "reason", "reasons"),
            Self::Reject => ("拒收", "reject", "rejects"),
            Self::Rounding => ("舍入", "rounding", "rounding"),
            Self::Score => ("得分", "score", "scores"),
            Self::Scored => ("评分对象", "scored", "scored"),
            Self::Section => ("部分", "section", "sections"),
            Self::Status => ("状态", "status", "statuses"),
            Self::Tier => ("层级", "tier", "tiers"),
            Self::Until => ("有效至", "until", "until"),
            Self::Value => ("取值", "value", "values"),
        }
    }

    /// The noun of one.
    #[must_use]
    pub fn one(self, language: &str) -> &'static str {
        let (zh, one, _) = self.words();
        super::pick(language, zh, one)
    }

    /// The noun of several.
    #[must_use]
    pub fn many(self, language: &str) -> &'static str {
        let (zh, _, many) = self.words();
        super::pick(language, zh, many)
    }

    /// The noun of several at the head of a part of a page, where English begins with a capital.
    #[must_use]
    pub fn heading(self, language: &str) -> String {
        let mut letters = self.many(language).chars();
        letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
    }
}
