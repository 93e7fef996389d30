//! What the tests of `match`, `shortlist`, `watch` and `report` share: the county with measures, a lender and
//! tiers.

#![expect(clippy::expect_used, reason = "a test without its result has failed")]

use crate::place::{CODES, Place, Ran};

const MEASURES: &str = "department: tax
label: {zh: 税务局, en: Tax bureau}
measures:
  - id: tax.pay
    label: {zh: 缴清欠税, en: Pay the arrears}
    basis: pilot
    evidence: {zh: 完税凭证, en: Tax receipt}
    when: tax.arrears > 0
    effects: [{fact: tax.arrears, reduce_to: 0}]
    cost: tax.arrears
    duration: 10 days
";

const PRODUCTS: &str = "lender: town_bank
label: {zh: 城镇银行, en: Town bank}
products:
  - id: town_bank.line
    label: {zh: 信用贷款, en: Credit line}
    basis: pilot
    floor: B
    conditions:
      - {label: {zh: 无欠税, en: No tax arrears}, when: tax.arrears == 0}
      - {label: {zh: 无未结案件, en: No open case}, when: open_cases(court.cases) == 0}
    limit: 100_000
    rate: choose(grade >= \"A\", 3.5, 4.25)
    until: add_months(as_of, 6)
  - id: town_bank.micro
    label: {zh: 小额贷款, en: Micro loan}
    basis: pilot
    floor: C
    conditions:
      - {label: {zh: 欠税低于1万元, en: Arrears below 10 000}, when: tax.arrears < 10_000}
    limit: max(50_000 - tax.arrears, 0)
";

const TIERS: &str = "tiers:
  - {id: T2, label: {zh: 已准入, en: Admitted}, basis: pilot, floor: B, when: tax.arrears == 0}
  - {id: T1, label: {zh: 可培植, en: Can be cultivated}, basis: pilot, floor: C}
  - {id: T0, label: {zh: 未建档, en: No archive}, basis: pilot}
line: T2
selection:
  - {id: zone.graded, label: {zh: 有纳税信用级别, en: Has a tax credit grade}, basis: pilot, when: present(tax.grade)}
bars:
  - {id: zone.listed, label: {zh: 失信被执行人, en: Dishonest judgment debtor}, basis: pilot, when: court.dishonest}
success:
  - {id: zone.paid, label: {zh: 欠税清零, en: Arrears paid}, basis: pilot, when: tax.arrears == 0}
removal:
  - {id: zone.out, label: {zh: 列入失信, en: Listed as dishonest}, basis: pilot, when: court.dishonest}
";

/// The county of the other tests, with two enterprises more.
///
/// By hand: the first has 100 points, A; the second 67, B, owes 9 999.99 and has an open case; the third 75,
/// but is dishonest since 2024-06-20: D; the fourth 30 + 12 + 40 = 82, A, owes 5 000; the fifth
/// 25 + 0 + 40 = 65, B, owes 20 000.
pub(crate) fn county() -> Place {
    let place = Place::new();
    let rules = "rules/county/2026.1";
    place.write(&format!("{rules}/measures/tax.yaml"), MEASURES);
    place.write(&format!("{rules}/products/town_bank.yaml"), PRODUCTS);
    place.write(&format!("{rules}/tiers.yaml"), TIERS);
    place.change(&format!("{rules}/facts/tax.yaml"), "id: tax.arrears", "id: tax.arrears\n    mutability: only_down");
    place.change(
        &format!("{rules}/facts/court.yaml"),
        "  - id: court.cases",
        "  - {id: court.listed_on, label: {zh: 列入日期, en: Listed on}, type: date}\n  - id: court.cases",
    );
    // The rule itself does not look at the window, so that the report has to.
    place.write(
        &format!("{rules}/outcomes/court.yaml"),
        "department: court\nlabel: {zh: 法院, en: Court}\noutcomes:\n\
         \x20 - id: court.publicity\n    kind: listing\n    publicity: dishonest\n\
         \x20   label: {zh: 失信公布, en: Published as dishonest}\n    basis: pilot\n    when: court.dishonest\n\
         \x20   until: add_days(add_months(court.listed_on, 24), -1)\n",
    );
    place.change(
        &format!("{rules}/outcomes/committee.yaml"),
        "  - id: committee.watch\n    kind: alert\n",
        "  - id: committee.watch\n    kind: alert\n    severity: high\n",
    );
    place.change("data/mapping.yaml", "{失信: court.dishonest}", "{失信: court.dishonest, 列入: court.listed_on}");
    place.write("data/dishonest.csv", format!("代码,失信,列入\n{},是,2024-06-20\n", CODES[2]));
    let register = place.read("data/register.csv");
    place.write("data/register.csv", format!("{register}{},云图新材,B\n{},远航食品,M\n", CODES[3], CODES[4]));
    let arrears = place.read("data/arrears.csv");
    place.write("data/arrears.csv", format!("{arrears}{},5000,\n{},20000,\n", CODES[3], CODES[4]));
    place
}

/// The delivery of another month, in `later`: the first has tax grade B and owes 20 000, 30 + 0 + 40 = 70, B;
/// the case of the second is settled, 82, A; the third is no longer listed, 75, B; the fourth is gone.
pub(crate) fn later(place: &Place) {
    place.write("later/mapping.yaml", place.read("data/mapping.yaml"));
    place.write(
        "later/register.csv",
        format!(
            "代码,名称,级别\n{},晨泰电子,B\n{},启源机械,B\n{},恒川商贸,\n{},远航食品,M\n",
            CODES[0], CODES[1], CODES[2], CODES[4]
        ),
    );
    place.write(
        "later/arrears.csv",
        format!("代码,欠税,备注\n{},20000,\n{},\"9,999.99\",\n{},20000,\n", CODES[0], CODES[1], CODES[4]),
    );
    place.write("later/dishonest.csv", "代码,失信,列入\n");
    place.write("later/cases.csv", format!("代码,立案,状态\n{},2026-01-15,settled\n", CODES[1]));
}

/// The result of a verb as JSON.
pub(crate) fn json(ran: &Ran) -> serde_json::Value {
    assert_eq!(ran.code, 0, "{}", ran.err);
    serde_json::from_str(&ran.out).expect("JSON")
}

/// A result with the gaps between columns closed.
pub(crate) fn words(ran: &Ran) -> String {
    assert_eq!(ran.code, 0, "{}", ran.err);
    ran.out.split_whitespace().collect::<Vec<_>>().join(" ")
}
