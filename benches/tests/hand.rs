//! The hand-written codes agree with each other, whatever the instructions, the width of keys and
//! the way rows are cut.

#![expect(clippy::indexing_slicing, reason = "a test may fail by panicking")]

use xinpei_benches::hand::{Card, Columns, Isa, Results};
use xinpei_benches::plain::{self, Exact};
use xinpei_benches::workload::{as_of, card, rows};

#[test]
fn all_hands_agree() {
    // 2,049 rows of 25 lines: a whole block of the fast code and one row more.
    for (size, count) in [(25, 5_000), (25, 2_049), (26, 300), (250, 700), (2_500, 60)] {
        let lines = card(size);
        let rows = rows(&lines, count);
        let today = i64::from(as_of().days());
        let columns = Columns::new(&rows);
        let fast = Card::new(&lines, today);
        let exact = Exact::new(&lines);
        let mut losses = 0;
        for isa in Isa::all() {
            let mut whole = Results::default();
            fast.score(&columns, 0..count, isa, &mut whole);
            for (r, row) in rows.iter().enumerate() {
                let answer = plain::score(&lines, row, today);
                losses += answer.reasons.iter().filter(|(lost, _)| *lost > 0).count();
                assert_eq!((whole.scores[r], whole.grades[r]), (answer.score, answer.grade), "{isa:?} row {r}");
                for (k, reason) in answer.reasons.iter().enumerate() {
                    assert_eq!((whole.lost[k][r], whole.codes[k][r]), *reason, "{isa:?} row {r}, reason {k}");
                }
                if isa == Isa::Baseline {
                    let fields = plain::fields(&lines, row);
                    assert_eq!(exact.score(&fields, &row[size..], today), answer, "row {r} in decimals");
                }
            }
            let mut part = Results::default();
            fast.score(&columns, 7..count.min(57), isa, &mut part);
            assert_eq!(part.scores, whole.scores[7..count.min(57)]);
            assert_eq!(part.codes[3], whole.codes[3][7..count.min(57)]);
        }
        assert!(losses > count, "the workload must lose points");
    }
}
