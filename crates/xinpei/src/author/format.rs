//! The rule format: which keys each kind of file has. rules/FORMAT.md says it in prose.

use super::shape::{Form, Shape, may, must};
use crate::decimal::ROUNDINGS;

const LABEL: Form = Form::Label;
const WINDOW: Shape = Shape {
    name: "a window of dates",
    keys: &[must("from", Form::Date, "the first day"), may("to", Form::Date, "the last day, inclusive")],
};
const RANGE: Shape = Shape {
    name: "a range",
    keys: &[
        may("from", Form::Scalar, "the least value allowed"),
        may("to", Form::Scalar, "the greatest value allowed"),
    ],
};

pub(crate) const RULEBOOK: Form = Form::Map(&Shape {
    name: "a rulebook",
    keys: &[
        must("rulebook", Form::Text, "the id, the same as the folder"),
        must("version", Form::Text, "the version, the same as the folder"),
        must("language", Form::Whole, "the version of the rule language"),
        must("title", LABEL, "the name people use"),
        must("authority", LABEL, "who issued it"),
        must("effective", Form::Map(&WINDOW), "the days on which it is in force"),
        must("languages", Form::List(&Form::Word), "the languages of every label"),
        must("key", Form::Choice(&["uscc", "text"]), "how enterprises are named: `uscc` or `text`"),
        may("partial", LABEL, "what the rulebook leaves out"),
        may("note", LABEL, "a remark"),
        must(
            "score",
            Form::Map(&Shape {
                name: "`score`",
                keys: &[
                    must("digits", Form::Whole, "digits after the point of the score"),
                    must("rounding", Form::Choice(ROUNDINGS), "how the score is rounded, once"),
                ],
            }),
            "how the score is rounded",
        ),
        may(
            "reasons",
            Form::Map(&Shape {
                name: "`reasons`",
                keys: &[
                    may("count", Form::Whole, "how many reasons a decision tells, 4 by default"),
                    may(
                        "baseline",
                        Form::Choice(&["max", "mean", "neutral", "custom"]),
                        "against what points are lost",
                    ),
                ],
            }),
            "how reasons are chosen",
        ),
        may(
            "coverage",
            Form::Map(&Shape {
                name: "`coverage`",
                keys: &[must("unrated_below", Form::Number, "the share of points that must rest on present facts")],
            }),
            "when too little is known to rate",
        ),
    ],
});

const RETURN_KEYS: &[super::shape::Field] = &[
    must("type", Form::Choice(&["money", "number", "count", "flag"]), "what the function returns"),
    may("digits", Form::Whole, "digits after the point"),
    may("unit", Form::Word, "the unit"),
    may("range", Form::Map(&RANGE), "the values that it may return"),
];

const MEMBERS: Form = Form::Either(&[Form::List(&Form::Text), Form::Dict(&Form::Label)]);

const FIELD: Shape = Shape {
    name: "a field of an event",
    keys: &[
        must("id", Form::Word, "the name that expressions use"),
        must("label", LABEL, "the name people use"),
        must("type", Form::Choice(&["money", "number", "count", "date", "flag", "category"]), "the type"),
        may("unit", Form::Word, "the unit of a number or a count"),
        may("digits", Form::Whole, "digits after the point of a number"),
        may("range", Form::Map(&RANGE), "the values allowed, edges inclusive"),
        may("members", MEMBERS, "the members of a category"),
        may("missing", Form::Choice(&["unknown", "required"]), "what an absent value means"),
        may("mutability", Form::Choice(&["immutable", "free"]), "whether a measure may change it"),
        may("note", LABEL, "a remark"),
    ],
};

const MUTABILITY: Form = Form::Choice(&["immutable", "only_up", "only_down", "free", "time_driven"]);

const FACT: Shape = Shape {
    name: "a fact",
    keys: &[
        must("id", Form::Dotted, "the name that expressions use"),
        must("label", LABEL, "the name people use"),
        must("type", Form::Choice(&["money", "number", "count", "date", "flag", "category", "events"]), "the type"),
        may("unit", Form::Word, "the unit of a number or a count"),
        may("digits", Form::Whole, "digits after the point of a number"),
        may("range", Form::Map(&RANGE), "the values allowed, edges inclusive"),
        may("members", MEMBERS, "the members of a category"),
        may(
            "missing",
            Form::Either(&[
                Form::Choice(&["unknown", "required"]),
                Form::Map(&Shape {
                    name: "`missing`",
                    keys: &[must("means", Form::Scalar, "the value that absence stands for")],
                }),
            ]),
            "what an absent value means",
        ),
        may("fields", Form::List(&Form::Map(&FIELD)), "the fields of an event"),
        may("order", Form::Word, "the date field that orders the records"),
        may("every", Form::Choice(&["month"]), "one record for each month"),
        may("mutability", MUTABILITY, "how the fact may change; a plan leaves an immutable one alone"),
        may("forbidden", LABEL, "advice that must never be given about it, and why"),
        may("note", LABEL, "a remark"),
    ],
};

pub(crate) const FACTS: Form = Form::Map(&Shape {
    name: "a dictionary file",
    keys: &[
        must("department", Form::Word, "the department that delivers these facts"),
        must("label", LABEL, "its name"),
        may("refresh", Form::Duration, "how often it delivers"),
        must("facts", Form::List(&Form::Map(&FACT)), "its facts"),
    ],
});

const INNER_BAND: Shape = Shape {
    name: "a band",
    keys: &[
        may("upto", Form::Scalar, "the upper edge, inclusive"),
        may("below", Form::Scalar, "the upper edge, exclusive"),
        must("points", Form::Number, "the points"),
    ],
};
const BAND: Shape = Shape {
    name: "a band",
    keys: &[
        may("upto", Form::Scalar, "the upper edge, inclusive"),
        may("below", Form::Scalar, "the upper edge, exclusive"),
        may("points", Form::Number, "the points"),
        may("by", Form::List(&Form::Map(&INNER_BAND)), "bands by the second variable"),
    ],
};
const POINTS: Form = Form::Either(&[Form::List(&Form::Map(&BAND)), Form::Dict(&Form::Number)]);

const CHARACTERISTIC: Shape = Shape {
    name: "a characteristic",
    keys: &[
        must("id", Form::Dotted, "its id"),
        must("label", LABEL, "the name people use"),
        must("basis", Form::Text, "the clause it rests on, or `pilot`"),
        may(
            "of",
            Form::Either(&[Form::Expression, Form::List(&Form::Expression)]),
            "what is scored: a fact or an expression, or two",
        ),
        may("points", POINTS, "bands by upper edge, or points of each member"),
        may(
            "first",
            Form::List(&Form::Map(&Shape {
                name: "a line of `first`",
                keys: &[may("when", Form::Expression, "the condition"), must("points", Form::Expression, "the points")],
            })),
            "conditions from top to bottom",
        ),
        may("each", Form::Expression, "the table whose events cost points"),
        may("where", Form::Expression, "which events count"),
        may("start", Form::Number, "the points without any event"),
        may(
            "deduct",
            Form::Either(&[
                Form::Expression,
                Form::Map(&Shape {
                    name: "`deduct`",
                    keys: &[
                        must("of", Form::Expression, "what is banded"),
                        must("points", POINTS, "points deducted by band or member"),
                    ],
                }),
            ]),
            "points that each event costs",
        ),
        may("per", Form::Choice(&["event", "month", "once"]), "how often an event counts"),
        may("formula", Form::Expression, "points by formula"),
        may("at_least", Form::Number, "the least points of a formula"),
        may("at_most", Form::Number, "the most points of a formula, or the ceiling of deductions"),
        must("missing", Form::Number, "the points when the answer is not known"),
        may("baseline", Form::Number, "the points against which a shortfall counts"),
        may(
            "reason",
            Form::Map(&Shape {
                name: "`reason`",
                keys: &[may("code", Form::Text, "the code"), may("text", LABEL, "the text")],
            }),
            "why points were lost",
        ),
        may("falls_with", Form::Dotted, "points never rise when this fact rises"),
        may("rises_with", Form::Dotted, "points never fall when this fact rises"),
        may("note", LABEL, "a remark"),
    ],
};

pub(crate) const SECTION: Form = Form::Map(&Shape {
    name: "a section",
    keys: &[
        must("section", Form::Word, "its id"),
        must("label", LABEL, "the name people use"),
        may("max", Form::Number, "the cap of its points"),
        may("floor", Form::Number, "the floor of its points"),
        may("note", LABEL, "a remark"),
        must("characteristics", Form::List(&Form::Map(&CHARACTERISTIC)), "the scored lines"),
    ],
});

pub(crate) const GRADES: Form = Form::Map(&Shape {
    name: "the file of grades",
    keys: &[
        must(
            "grades",
            Form::List(&Form::Map(&Shape {
                name: "a grade",
                keys: &[
                    must("id", Form::Text, "its name"),
                    may("from", Form::Number, "the lower edge, inclusive"),
                    may("by", Form::Choice(&["override"]), "reached only by an override"),
                    must("label", LABEL, "what it means"),
                ],
            })),
            "best first",
        ),
        may(
            "overrides",
            Form::List(&Form::Map(&Shape {
                name: "an override",
                keys: &[
                    must("id", Form::Dotted, "its id"),
                    must("label", LABEL, "the name people use"),
                    must("basis", Form::Text, "the clause it rests on, or `pilot`"),
                    must("when", Form::Expression, "the condition"),
                    may("cap", Form::Text, "the grade cannot be better than this"),
                    may("veto", Form::Text, "the grade is this"),
                    may("notch", Form::Whole, "grades up (positive) or down (negative)"),
                    may("unrated", Form::Flag, "no rating at all"),
                    may("note", LABEL, "a remark"),
                ],
            })),
            "caps, vetoes, notches, unrated",
        ),
    ],
});

pub(crate) const OUTCOMES: Form = Form::Map(&Shape {
    name: "a file of outcomes",
    keys: &[
        must("department", Form::Word, "the department that owes them"),
        must("label", LABEL, "its name"),
        must(
            "outcomes",
            Form::List(&Form::Map(&Shape {
                name: "an outcome",
                keys: &[
                    must("id", Form::Dotted, "its id"),
                    must("kind", Form::Choice(&["entitlement", "sanction", "alert", "listing", "product"]), "its kind"),
                    must("label", LABEL, "what follows"),
                    must("basis", Form::Text, "the clause it rests on, or `pilot`"),
                    must("when", Form::Expression, "the condition"),
                    may("until", Form::Expression, "the last day"),
                    may("amount", Form::Expression, "an amount"),
                    may("severity", Form::Choice(&["high", "medium", "low"]), "how grave an alert is"),
                    may(
                        "publicity",
                        Form::Choice(&["honest", "dishonest"]),
                        "the public list that a listing stands on",
                    ),
                    may("note", LABEL, "a remark"),
                ],
            })),
            "what follows from a decision",
        ),
    ],
});

pub(crate) const PRODUCTS: Form = Form::Map(&Shape {
    name: "a file of products",
    keys: &[
        must("lender", Form::Word, "the lender that offers them"),
        must("label", LABEL, "its name"),
        must(
            "products",
            Form::List(&Form::Map(&Shape {
                name: "a product",
                keys: &[
                    must("id", Form::Dotted, "its id"),
                    must("label", LABEL, "the name people use"),
                    must("basis", Form::Text, "the clause it rests on, or `pilot`"),
                    may("floor", Form::Text, "the least grade that is admitted"),
                    may(
                        "conditions",
                        Form::List(&Form::Map(&Shape {
                            name: "a condition",
                            keys: &[
                                must("label", LABEL, "what is asked"),
                                must("when", Form::Expression, "the condition"),
                            ],
                        })),
                        "what is asked besides the grade; all must hold",
                    ),
                    may("collateral", LABEL, "what secures it"),
                    must("limit", Form::Expression, "the most that is lent, in yuan"),
                    may("rate", Form::Expression, "the yearly rate, in per cent"),
                    may("until", Form::Expression, "the last day on which the offer stands"),
                    may("note", LABEL, "a remark"),
                ],
            })),
            "what it offers",
        ),
    ],
});

const RULES: Form = Form::List(&Form::Map(&Shape {
    name: "a rule of cultivation",
    keys: &[
        must("id", Form::Dotted, "its id"),
        must("label", LABEL, "the name people use"),
        must("basis", Form::Text, "the clause it rests on, or `pilot`"),
        must("when", Form::Expression, "the condition"),
        may("note", LABEL, "a remark"),
    ],
}));

pub(crate) const TIERS: Form = Form::Map(&Shape {
    name: "the file of tiers",
    keys: &[
        must(
            "tiers",
            Form::List(&Form::Map(&Shape {
                name: "a tier",
                keys: &[
                    must("id", Form::Text, "its name"),
                    must("label", LABEL, "what it means"),
                    must("basis", Form::Text, "the clause it rests on, or `pilot`"),
                    may("floor", Form::Text, "the least grade that is in it"),
                    may("when", Form::Expression, "the condition"),
                    may("note", LABEL, "a remark"),
                ],
            })),
            "best first; the first that fits holds",
        ),
        must("line", Form::Text, "the tier that cultivation leads to"),
        may("selection", RULES, "who is taken in: all must hold"),
        may("bars", RULES, "who is kept out: one is enough"),
        may("success", RULES, "when cultivation has succeeded: one is enough"),
        may("removal", RULES, "when an enterprise leaves without success: one is enough"),
        may("note", LABEL, "a remark"),
    ],
});

pub(crate) const FUNCTIONS: Form = Form::Map(&Shape {
    name: "the file of functions",
    keys: &[must(
        "functions",
        Form::List(&Form::Map(&Shape {
            name: "a function",
            keys: &[
                must("id", Form::Word, "its name in the script"),
                must("label", LABEL, "what it computes"),
                must("basis", Form::Text, "the clause it rests on, or `pilot`"),
                may("opaque", Form::Flag, "it runs in the sandbox"),
                may("returns", Form::Map(&Shape { name: "`returns`", keys: RETURN_KEYS }), "what it returns"),
                may("note", LABEL, "a remark"),
            ],
        })),
        "functions of the scripts",
    )],
});

const FACT_VALUES: Form = Form::Dict(&Form::Any);

pub(crate) const CASES: Form = Form::Map(&Shape {
    name: "a file of cases",
    keys: &[
        may("as_of", Form::Date, "the as-of date of every case"),
        may("facts", FACT_VALUES, "facts of every case"),
        must(
            "cases",
            Form::List(&Form::Map(&Shape {
                name: "a case",
                keys: &[
                    must("id", Form::Text, "its name"),
                    must("note", Form::Text, "the hand calculation"),
                    may("enterprise", Form::Text, "its code"),
                    may("as_of", Form::Date, "the as-of date"),
                    may("facts", FACT_VALUES, "facts on top of the file's"),
                    must(
                        "expect",
                        Form::Map(&Shape {
                            name: "`expect`",
                            keys: &[
                                may("status", Form::Choice(&["rated", "unrated", "refer"]), "the status"),
                                may("score", Form::Number, "the score"),
                                may("grade", Form::Text, "the grade"),
                                may("coverage", Form::Number, "the coverage"),
                                may("sections", Form::Dict(&Form::Number), "points of sections"),
                                may("points", Form::Dict(&Form::Number), "points of characteristics"),
                                may("values", Form::Dict(&Form::Scalar), "values of characteristics"),
                                may("overrides", Form::Names, "exactly these overrides"),
                                may("reasons", Form::Names, "exactly these reason codes"),
                                may("outcomes", Form::Names, "at least these outcomes"),
                                may("no_outcomes", Form::Names, "none of these outcomes"),
                                may("tier", Form::Text, "the tier"),
                                may("selected", Form::Flag, "whether cultivation takes it in"),
                                may("cultivation", Form::Names, "exactly these rules of success and removal hold"),
                                may("faults", Form::Names, "exactly these facts are at fault"),
                            ],
                        }),
                        "the expected result",
                    ),
                ],
            })),
            "examples with expected results",
        ),
    ],
});

const EFFECT: Shape = Shape {
    name: "an effect",
    keys: &[
        may("fact", Form::Dotted, "the fact that changes"),
        may("events", Form::Dotted, "the table whose events change"),
        may("where", Form::Expression, "which events change"),
        may(
            "set",
            Form::Either(&[Form::Expression, Form::Dict(&Form::Expression)]),
            "the new value of a fact, or of fields of the events",
        ),
        may(
            "add",
            Form::Either(&[Form::Expression, Form::Dict(&Form::Expression)]),
            "what is added to a fact, or the fields of a new event",
        ),
        may("reduce_to", Form::Expression, "the fact falls to this, unless it is lower already"),
        may("raise_to", Form::Expression, "the fact rises to this, unless it is higher already"),
        may("remove", Form::Flag, "the events leave the table"),
        may("every", Form::Choice(&["month"]), "a new event in each month of a continuing measure"),
    ],
};

pub(crate) const MEASURES: Form = Form::Map(&Shape {
    name: "a file of measures",
    keys: &[
        must("department", Form::Word, "the department that certifies them"),
        must("label", LABEL, "its name"),
        must(
            "measures",
            Form::List(&Form::Map(&Shape {
                name: "a measure",
                keys: &[
                    must("id", Form::Dotted, "its id"),
                    must("label", LABEL, "what is done"),
                    must("basis", Form::Text, "the clause it rests on, or `pilot`"),
                    may("actor", LABEL, "who acts; the enterprise by default"),
                    must("evidence", LABEL, "what is filed to show that it is done"),
                    may("when", Form::Expression, "whether there is something to do"),
                    must("effects", Form::List(&Form::Map(&EFFECT)), "what changes in the facts"),
                    must("cost", Form::Expression, "what it costs, in yuan"),
                    must("duration", Form::Expression, "how long it takes: `30 days`, `2 months` or an expression"),
                    may("earliest", Form::Expression, "the first day on which it can start"),
                    may("requires", Form::List(&Form::Dotted), "measures that must be done before"),
                    may("excludes", Form::List(&Form::Dotted), "measures that cannot be in the same plan"),
                    may("times", Form::Whole, "how often it can be taken, once by default"),
                    may("continuing", Form::Flag, "it is kept up until the end of the plan"),
                    may("note", LABEL, "a remark"),
                ],
            })),
            "what an enterprise can do",
        ),
    ],
});

/// The kinds of file, each with the folder or name that marks it and its form.
pub(crate) const KINDS: &[(&str, &Form)] = &[
    ("rulebook.yaml", &RULEBOOK),
    ("facts/", &FACTS),
    ("sections/", &SECTION),
    ("grades.yaml", &GRADES),
    ("outcomes/", &OUTCOMES),
    ("products/", &PRODUCTS),
    ("tiers.yaml", &TIERS),
    ("measures/", &MEASURES),
    ("scripts/functions.yaml", &FUNCTIONS),
    ("cases/", &CASES),
];
