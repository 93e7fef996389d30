//! The codes of diagnostics, each with a title and a page.

/// Which kind of mistake a diagnostic reports.
///
/// ```
/// use xinpei::diagnostic::Code;
/// let code = Code::parse("X0406").unwrap();
/// assert_eq!(code.title(), "a division without written rounding");
/// assert!(code.page().contains("round"));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Code {
    /// The file is not YAML.
    YamlSyntax,
    /// The file is not UTF-8.
    NotUtf8,
    /// The file is too large.
    FileTooLarge,
    /// Lists and maps are nested too deeply.
    TooDeep,
    /// Aliases repeat too much.
    TooManyAliases,
    /// A key stands twice.
    DuplicateKey,
    /// A tag or a merge key.
    TagOrMerge,
    /// The file is empty or holds several documents.
    NotOneDocument,
    /// The file starts with a byte order mark.
    ByteOrderMark,
    /// Lines end with a carriage return.
    CarriageReturn,
    /// A tab where only spaces may stand.
    TabIndent,
    /// The file has too many values.
    TooManyValues,
    /// A key that the format does not know.
    UnknownKey,
    /// A key is missing.
    MissingKey,
    /// A text, a list or a map where another is asked.
    WrongShape,
    /// Not an exact decimal number.
    NotANumber,
    /// Not `true` or `false`.
    NotABoolean,
    /// Not a date of the calendar.
    NotADate,
    /// Not an id.
    NotAnId,
    /// A word outside the fixed list.
    UnknownWord,
    /// A label lacks a language.
    MissingLanguage,
    /// A file that the format does not know.
    UnknownFile,
    /// A file is missing.
    MissingFile,
    /// A number has too many digits.
    TooManyDigits,
    /// A list or map is empty.
    EmptyList,
    /// Exactly one of several keys is asked.
    NotOneOf,
    /// Not a number of days or months.
    NotADuration,
    /// A version of the rule language that is not known.
    UnknownLanguageVersion,
    /// Id or version differ from the folder.
    NotTheFolder,
    /// A text is empty.
    EmptyText,
    /// A label has a language that the rulebook does not list.
    UnknownLanguage,
    /// The rulebook has too many files.
    TooManyFiles,
    /// An id stands twice.
    DuplicateId,
    /// A range is reversed.
    ReversedRange,
    /// A window of dates is empty.
    EmptyWindow,
    /// A member stands twice.
    DuplicateMember,
    /// A word that expressions reserve.
    ReservedWord,
    /// What a missing value means does not fit the fact.
    BadMeaning,
    /// Records cannot be ordered by that field.
    BadOrder,
    /// A key that this type does not have.
    KeyForOtherType,
    /// Two versions are in force on one day.
    OverlappingWindows,
    /// A released version was changed.
    ReleasedChanged,
    /// The expression cannot be read.
    ExpressionSyntax,
    /// An unknown fact or name.
    UnknownName,
    /// An unknown function.
    UnknownFunction,
    /// The types do not fit.
    TypeMismatch,
    /// The units do not fit.
    UnitMismatch,
    /// A division without written rounding.
    BareDivision,
    /// A number that cannot be kept exactly.
    InexactLiteral,
    /// A word that is no member of the category.
    UnknownMember,
    /// A construct outside the rule language.
    NotInLanguage,
    /// The result may become too large.
    MayOverflow,
    /// The wrong number of arguments.
    WrongArguments,
    /// A table where a single value is asked.
    TableAsValue,
    /// An unknown field of an event.
    UnknownField,
    /// A result that is not known yet at this place.
    NotYetKnown,
    /// An unknown section, characteristic or override.
    UnknownReference,
    /// Functions that call each other in a circle.
    CircularFunctions,
    /// An opaque function is not declared.
    OpaqueUndeclared,
    /// An opaque function declares no range.
    OpaqueWithoutRange,
    /// A declared function does not exist.
    NoSuchFunction,
    /// A result with too many digits after the point.
    TooManyFractionDigits,
    /// The number of digits is not a plain number.
    DigitsNotLiteral,
    /// Members of a category have no order.
    NoOrder,
    /// A condition is asked.
    ConditionExpected,
    /// An expression is too long or too deep.
    TooComplex,
    /// A division by zero.
    DivisionByZero,
    /// A function stands twice.
    DuplicateFunction,
    /// A function is opaque.
    OpaqueFunction,
    /// A function that nothing calls.
    NeverCalled,
    /// A condition that never holds.
    NeverHolds,
    /// A condition that always holds.
    AlwaysHolds,
    /// Edges do not rise.
    BadEdgeOrder,
    /// The last band is not open.
    OpenBandMissing,
    /// A band that nothing reaches.
    UnreachableBand,
    /// A member has no points.
    MemberWithoutPoints,
    /// Points for a member that does not exist.
    UnknownPointsMember,
    /// An `else` that nothing reaches.
    ElseUnreachable,
    /// The last line has a condition.
    LastNotUnconditional,
    /// A line that nothing reaches.
    UnreachableRow,
    /// A band that does not fit what is scored.
    BadBand,
    /// A floor above the cap.
    FloorAboveMax,
    /// Points do not move as promised.
    PromiseBroken,
    /// A deduction that may add points.
    NegativeDeduction,
    /// A baseline is missing or not asked.
    BaselineMismatch,
    /// `per: month` needs a table with an order.
    MonthNeedsOrder,
    /// Grades are not in falling order.
    GradeOrder,
    /// The last grade does not take the rest.
    GradeNotOpen,
    /// An unknown grade.
    UnknownGrade,
    /// A notch that moves nothing.
    ZeroNotch,
    /// A grade that no score reaches.
    UnreachableGrade,
    /// `until` is not a date.
    OutcomeNotADate,
    /// `amount` is not a number.
    OutcomeNotANumber,
    /// A key of another kind of outcome.
    OutcomeKey,
    /// A case names an unknown fact.
    CaseUnknownFact,
    /// A case has a value that its fact cannot take.
    CaseBadValue,
    /// A case expects nothing.
    CaseExpectsNothing,
    /// A case expects an unknown id.
    CaseUnknownId,
    /// How a fact may change does not fit its type.
    MutabilityMismatch,
    /// A measure changes what may not change.
    ImmutableFact,
    /// A measure is what must not be advised.
    ForbiddenAdvice,
    /// An effect on what no rule reads.
    EffectUnread,
    /// An effect leaves the range of its fact.
    EffectOutOfRange,
    /// A cost or a duration may be below zero.
    NegativeCost,
    /// Measures that wait for each other.
    CircularMeasures,
    /// An unknown measure.
    UnknownMeasure,
    /// A cost, a duration or a first day of another type.
    MeasureValue,
    /// A measure requires what it excludes.
    ContradictoryMeasures,
    /// A continuing measure that cannot go on.
    EveryMonth,
    /// A line that is no tier to reach.
    UnknownTier,
    /// Tiers that do not end with one for the rest.
    OpenTier,
    /// A limit or a rate of another type.
    ProductValue,
    /// A limit or a rate may be below zero.
    NegativeProduct,
    /// A product that admits everybody.
    OpenProduct,
}

/// Every code with its name, title and page, in order.
const TABLE: &[(Code, &str, &str, &str)] = &[
    (Code::YamlSyntax, "X0101", "the file is not YAML", include_str!("../../codes/X0101.md")),
    (Code::NotUtf8, "X0102", "the file is not UTF-8", include_str!("../../codes/X0102.md")),
    (Code::FileTooLarge, "X0103", "the file is too large", include_str!("../../codes/X0103.md")),
    (Code::TooDeep, "X0104", "lists and maps are nested too deeply", include_str!("../../codes/X0104.md")),
    (Code::TooManyAliases, "X0105", "aliases repeat too much", include_str!("../../codes/X0105.md")),
    (Code::DuplicateKey, "X0106", "a key stands twice", include_str!("../../codes/X0106.md")),
    (Code::TagOrMerge, "X0107", "a tag or a merge key", include_str!("../../codes/X0107.md")),
    (
        Code::NotOneDocument,
        "X0108",
        "the file is empty or holds several documents",
        include_str!("../../codes/X0108.md"),
    ),
    (Code::ByteOrderMark, "X0109", "the file starts with a byte order mark", include_str!("../../codes/X0109.md")),
    (Code::CarriageReturn, "X0110", "lines end with a carriage return", include_str!("../../codes/X0110.md")),
    (Code::TabIndent, "X0111", "a tab where only spaces may stand", include_str!("../../codes/X0111.md")),
    (Code::TooManyValues, "X0112", "the file has too many values", include_str!("../../codes/X0112.md")),
    (Code::UnknownKey, "X0201", "a key that the format does not know", include_str!("../../codes/X0201.md")),
    (Code::MissingKey, "X0202", "a key is missing", include_str!("../../codes/X0202.md")),
    (Code::WrongShape, "X0203", "a text, a list or a map where another is asked", include_str!("../../codes/X0203.md")),
    (Code::NotANumber, "X0204", "not an exact decimal number", include_str!("../../codes/X0204.md")),
    (Code::NotABoolean, "X0205", "not `true` or `false`", include_str!("../../codes/X0205.md")),
    (Code::NotADate, "X0206", "not a date of the calendar", include_str!("../../codes/X0206.md")),
    (Code::NotAnId, "X0207", "not an id", include_str!("../../codes/X0207.md")),
    (Code::UnknownWord, "X0208", "a word outside the fixed list", include_str!("../../codes/X0208.md")),
    (Code::MissingLanguage, "X0209", "a label lacks a language", include_str!("../../codes/X0209.md")),
    (Code::UnknownFile, "X0210", "a file that the format does not know", include_str!("../../codes/X0210.md")),
    (Code::MissingFile, "X0211", "a file is missing", include_str!("../../codes/X0211.md")),
    (Code::TooManyDigits, "X0212", "a number has too many digits", include_str!("../../codes/X0212.md")),
    (Code::EmptyList, "X0213", "a list or map is empty", include_str!("../../codes/X0213.md")),
    (Code::NotOneOf, "X0214", "exactly one of several keys is asked", include_str!("../../codes/X0214.md")),
    (Code::NotADuration, "X0215", "not a number of days or months", include_str!("../../codes/X0215.md")),
    (
        Code::UnknownLanguageVersion,
        "X0216",
        "a version of the rule language that is not known",
        include_str!("../../codes/X0216.md"),
    ),
    (Code::NotTheFolder, "X0217", "id or version differ from the folder", include_str!("../../codes/X0217.md")),
    (Code::EmptyText, "X0218", "a text is empty", include_str!("../../codes/X0218.md")),
    (
        Code::UnknownLanguage,
        "X0219",
        "a label has a language that the rulebook does not list",
        include_str!("../../codes/X0219.md"),
    ),
    (Code::TooManyFiles, "X0220", "the rulebook has too many files", include_str!("../../codes/X0220.md")),
    (Code::DuplicateId, "X0301", "an id stands twice", include_str!("../../codes/X0301.md")),
    (Code::ReversedRange, "X0302", "a range is reversed", include_str!("../../codes/X0302.md")),
    (Code::EmptyWindow, "X0303", "a window of dates is empty", include_str!("../../codes/X0303.md")),
    (Code::DuplicateMember, "X0304", "a member stands twice", include_str!("../../codes/X0304.md")),
    (Code::ReservedWord, "X0305", "a word that expressions reserve", include_str!("../../codes/X0305.md")),
    (
        Code::BadMeaning,
        "X0306",
        "what a missing value means does not fit the fact",
        include_str!("../../codes/X0306.md"),
    ),
    (Code::BadOrder, "X0307", "records cannot be ordered by that field", include_str!("../../codes/X0307.md")),
    (Code::KeyForOtherType, "X0308", "a key that this type does not have", include_str!("../../codes/X0308.md")),
    (Code::OverlappingWindows, "X0309", "two versions are in force on one day", include_str!("../../codes/X0309.md")),
    (Code::ReleasedChanged, "X0310", "a released version was changed", include_str!("../../codes/X0310.md")),
    (Code::ExpressionSyntax, "X0401", "the expression cannot be read", include_str!("../../codes/X0401.md")),
    (Code::UnknownName, "X0402", "an unknown fact or name", include_str!("../../codes/X0402.md")),
    (Code::UnknownFunction, "X0403", "an unknown function", include_str!("../../codes/X0403.md")),
    (Code::TypeMismatch, "X0404", "the types do not fit", include_str!("../../codes/X0404.md")),
    (Code::UnitMismatch, "X0405", "the units do not fit", include_str!("../../codes/X0405.md")),
    (Code::BareDivision, "X0406", "a division without written rounding", include_str!("../../codes/X0406.md")),
    (Code::InexactLiteral, "X0407", "a number that cannot be kept exactly", include_str!("../../codes/X0407.md")),
    (Code::UnknownMember, "X0408", "a word that is no member of the category", include_str!("../../codes/X0408.md")),
    (Code::NotInLanguage, "X0409", "a construct outside the rule language", include_str!("../../codes/X0409.md")),
    (Code::MayOverflow, "X0410", "the result may become too large", include_str!("../../codes/X0410.md")),
    (Code::WrongArguments, "X0411", "the wrong number of arguments", include_str!("../../codes/X0411.md")),
    (Code::TableAsValue, "X0412", "a table where a single value is asked", include_str!("../../codes/X0412.md")),
    (Code::UnknownField, "X0413", "an unknown field of an event", include_str!("../../codes/X0413.md")),
    (Code::NotYetKnown, "X0414", "a result that is not known yet at this place", include_str!("../../codes/X0414.md")),
    (
        Code::UnknownReference,
        "X0415",
        "an unknown section, characteristic or override",
        include_str!("../../codes/X0415.md"),
    ),
    (
        Code::CircularFunctions,
        "X0416",
        "functions that call each other in a circle",
        include_str!("../../codes/X0416.md"),
    ),
    (Code::OpaqueUndeclared, "X0417", "an opaque function is not declared", include_str!("../../codes/X0417.md")),
    (Code::OpaqueWithoutRange, "X0418", "an opaque function declares no range", include_str!("../../codes/X0418.md")),
    (Code::NoSuchFunction, "X0419", "a declared function does not exist", include_str!("../../codes/X0419.md")),
    (
        Code::TooManyFractionDigits,
        "X0420",
        "a result with too many digits after the point",
        include_str!("../../codes/X0420.md"),
    ),
    (
        Code::DigitsNotLiteral,
        "X0421",
        "the number of digits is not a plain number",
        include_str!("../../codes/X0421.md"),
    ),
    (Code::NoOrder, "X0422", "members of a category have no order", include_str!("../../codes/X0422.md")),
    (Code::ConditionExpected, "X0423", "a condition is asked", include_str!("../../codes/X0423.md")),
    (Code::TooComplex, "X0424", "an expression is too long or too deep", include_str!("../../codes/X0424.md")),
    (Code::DivisionByZero, "X0425", "a division by zero", include_str!("../../codes/X0425.md")),
    (Code::DuplicateFunction, "X0426", "a function stands twice", include_str!("../../codes/X0426.md")),
    (Code::OpaqueFunction, "X0427", "a function is opaque", include_str!("../../codes/X0427.md")),
    (Code::NeverCalled, "X0428", "a function that nothing calls", include_str!("../../codes/X0428.md")),
    (Code::NeverHolds, "X0429", "a condition that never holds", include_str!("../../codes/X0429.md")),
    (Code::AlwaysHolds, "X0430", "a condition that always holds", include_str!("../../codes/X0430.md")),
    (Code::BadEdgeOrder, "X0501", "edges do not rise", include_str!("../../codes/X0501.md")),
    (Code::OpenBandMissing, "X0502", "the last band is not open", include_str!("../../codes/X0502.md")),
    (Code::UnreachableBand, "X0503", "a band that nothing reaches", include_str!("../../codes/X0503.md")),
    (Code::MemberWithoutPoints, "X0504", "a member has no points", include_str!("../../codes/X0504.md")),
    (
        Code::UnknownPointsMember,
        "X0505",
        "points for a member that does not exist",
        include_str!("../../codes/X0505.md"),
    ),
    (Code::ElseUnreachable, "X0506", "an `else` that nothing reaches", include_str!("../../codes/X0506.md")),
    (Code::LastNotUnconditional, "X0507", "the last line has a condition", include_str!("../../codes/X0507.md")),
    (Code::UnreachableRow, "X0508", "a line that nothing reaches", include_str!("../../codes/X0508.md")),
    (Code::BadBand, "X0509", "a band that does not fit what is scored", include_str!("../../codes/X0509.md")),
    (Code::FloorAboveMax, "X0510", "a floor above the cap", include_str!("../../codes/X0510.md")),
    (Code::PromiseBroken, "X0511", "points do not move as promised", include_str!("../../codes/X0511.md")),
    (Code::NegativeDeduction, "X0512", "a deduction that may add points", include_str!("../../codes/X0512.md")),
    (Code::BaselineMismatch, "X0513", "a baseline is missing or not asked", include_str!("../../codes/X0513.md")),
    (Code::MonthNeedsOrder, "X0514", "`per: month` needs a table with an order", include_str!("../../codes/X0514.md")),
    (Code::GradeOrder, "X0601", "grades are not in falling order", include_str!("../../codes/X0601.md")),
    (Code::GradeNotOpen, "X0602", "the last grade does not take the rest", include_str!("../../codes/X0602.md")),
    (Code::UnknownGrade, "X0603", "an unknown grade", include_str!("../../codes/X0603.md")),
    (Code::ZeroNotch, "X0604", "a notch that moves nothing", include_str!("../../codes/X0604.md")),
    (Code::UnreachableGrade, "X0605", "a grade that no score reaches", include_str!("../../codes/X0605.md")),
    (Code::OutcomeNotADate, "X0701", "`until` is not a date", include_str!("../../codes/X0701.md")),
    (Code::OutcomeNotANumber, "X0702", "`amount` is not a number", include_str!("../../codes/X0702.md")),
    (Code::OutcomeKey, "X0703", "a key of another kind of outcome", include_str!("../../codes/X0703.md")),
    (Code::CaseUnknownFact, "X0801", "a case names an unknown fact", include_str!("../../codes/X0801.md")),
    (Code::CaseBadValue, "X0802", "a case has a value that its fact cannot take", include_str!("../../codes/X0802.md")),
    (Code::CaseExpectsNothing, "X0803", "a case expects nothing", include_str!("../../codes/X0803.md")),
    (Code::CaseUnknownId, "X0804", "a case expects an unknown id", include_str!("../../codes/X0804.md")),
    (
        Code::MutabilityMismatch,
        "X0901",
        "a way to change that its type does not have",
        include_str!("../../codes/X0901.md"),
    ),
    (Code::ImmutableFact, "X0902", "a measure changes what may not change", include_str!("../../codes/X0902.md")),
    (Code::ForbiddenAdvice, "X0903", "a measure is what must not be advised", include_str!("../../codes/X0903.md")),
    (Code::EffectUnread, "X0904", "an effect on what no rule reads", include_str!("../../codes/X0904.md")),
    (Code::EffectOutOfRange, "X0905", "an effect leaves the range of its fact", include_str!("../../codes/X0905.md")),
    (Code::NegativeCost, "X0906", "a cost or a duration may be below zero", include_str!("../../codes/X0906.md")),
    (Code::CircularMeasures, "X0907", "measures that wait for each other", include_str!("../../codes/X0907.md")),
    (Code::UnknownMeasure, "X0908", "an unknown measure", include_str!("../../codes/X0908.md")),
    (
        Code::MeasureValue,
        "X0909",
        "a cost, a duration or a first day of another type",
        include_str!("../../codes/X0909.md"),
    ),
    (Code::ContradictoryMeasures, "X0910", "a measure requires what it excludes", include_str!("../../codes/X0910.md")),
    (Code::EveryMonth, "X0911", "a continuing measure that cannot go on", include_str!("../../codes/X0911.md")),
    (Code::UnknownTier, "X1001", "a line that is no tier to reach", include_str!("../../codes/X1001.md")),
    (Code::OpenTier, "X1002", "tiers that do not end with one for the rest", include_str!("../../codes/X1002.md")),
    (Code::ProductValue, "X1003", "a limit or a rate of another type", include_str!("../../codes/X1003.md")),
    (Code::NegativeProduct, "X1004", "a limit or a rate may be below zero", include_str!("../../codes/X1004.md")),
    (Code::OpenProduct, "X1005", "a product that admits everybody", include_str!("../../codes/X1005.md")),
];

impl Code {
    /// All codes, in order.
    pub fn all() -> impl Iterator<Item = Self> {
        TABLE.iter().map(|(code, ..)| *code)
    }

    /// The code of that name, such as `X0406`.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        TABLE.iter().find(|(_, n, ..)| n.eq_ignore_ascii_case(name)).map(|(code, ..)| *code)
    }

    fn row(self) -> (&'static str, &'static str, &'static str) {
        // INVARIANT: the table has one row a variant; a test walks through all of them.
        TABLE.iter().find(|(code, ..)| *code == self).map_or(("", "", ""), |(_, name, title, page)| (name, title, page))
    }

    /// The name, such as `X0406`.
    #[must_use]
    pub fn name(self) -> &'static str {
        self.row().0
    }

    /// What it means, in one line.
    #[must_use]
    pub fn title(self) -> &'static str {
        self.row().1
    }

    /// A page that explains it, in Markdown, with an example that produces it.
    #[must_use]
    pub fn page(self) -> &'static str {
        self.row().2
    }
}
