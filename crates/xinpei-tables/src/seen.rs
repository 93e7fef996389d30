//! Which enterprises were there before, and where.

use std::hash::Hash;

use hashbrown::hash_map::Entry;
use hashbrown::{DefaultHashBuilder, HashMap};
use xinpei::Date;

/// Keys that were there before, each with its line. Nothing walks through it, so no order of hashes
/// can reach a result.
///
/// A table of millions of keys decides how much memory a run takes, so keys of up to 21 letters and
/// digits, which codes of enterprises are, take 20 bytes.
#[derive(Debug, Default)]
pub(crate) struct Seen {
    short: HashMap<[u32; 4], u32>,
    /// Longer keys, keys with other characters, and rows with a date of their own.
    other: HashMap<(String, Option<Date>), u32>,
}

impl Seen {
    /// Takes a key that is new on its date, or says on which line it stands already.
    pub(crate) fn take(&mut self, key: &str, date: Option<Date>, line: u64) -> Result<(), u32> {
        let line = u32::try_from(line).unwrap_or(u32::MAX);
        match (pack(key), date) {
            (Some(short), None) => put(self.short.entry(short), line),
            (_, date) => put(self.other.entry((key.to_owned(), date)), line),
        }
    }
}

fn put<K: Eq + Hash>(entry: Entry<'_, K, u32, DefaultHashBuilder>, line: u32) -> Result<(), u32> {
    match entry {
        Entry::Occupied(first) => Err(*first.get()),
        Entry::Vacant(free) => {
            free.insert(line);
            Ok(())
        }
    }
}

/// Six bits for each character; zeros end a text, so every text has its own number.
fn pack(key: &str) -> Option<[u32; 4]> {
    if key.len() > 21 {
        return None;
    }
    let mut bits = 0_u128;
    for byte in key.bytes() {
        let digit = match byte {
            b'0'..=b'9' => byte - b'0' + 1,
            b'A'..=b'Z' => byte - b'A' + 11,
            b'a'..=b'z' => byte - b'a' + 37,
            b'-' => 63,
            _ => return None,
        };
        bits = bits << 6 | u128::from(digit);
    }
    let part = |at: u32| u32::try_from(bits >> (32 * at) & 0xffff_ffff).unwrap_or(0);
    Some([part(0), part(1), part(2), part(3)])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_new_once() {
        let mut seen = Seen::default();
        let long = "x".repeat(22);
        // Short and long ones, parts of each other, and such as differ in one bit.
        let keys =
            ["", "0", "00", "1", "A", "a", "-", "91110000600037341L", "企业", "a b", &long, "zzzzzzzzzzzzzzzzzzzzz"];
        for (line, key) in (1..).zip(keys) {
            assert_eq!(seen.take(key, None, line), Ok(()), "{key}");
        }
        for (line, key) in (1..).zip(keys) {
            assert_eq!(seen.take(key, None, 100), Err(line), "{key}");
        }
    }

    #[test]
    fn on_another_date_a_key_is_another() {
        let mut seen = Seen::default();
        let day = |text: &str| Date::parse(text);
        assert_eq!(seen.take("a", day("2026-06-30"), 1), Ok(()));
        assert_eq!(seen.take("a", day("2026-07-31"), 2), Ok(()));
        assert_eq!(seen.take("a", day("2026-06-30"), 3), Err(1));
    }
}
