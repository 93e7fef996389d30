//! The text of one cell of a table → a value of its fact.

use std::borrow::Cow;
use std::collections::BTreeMap;

use rust_decimal::Decimal;

use crate::check::typed::{Type, ValueType};
use crate::column::{Cell, Dictionary};
use crate::date::Date;
use crate::decimal::{self, NumberError};
use crate::fault::FaultKind;

/// Reads the cells of one column.
///
/// | type | read as it |
/// |---|---|
/// | money, number, count | `1234.5`, `1,234.50` (groups of three), `-3`; money also after `¥`; then multiplied by `times` |
/// | date | `2026-06-30`, `2026/6/30`, `20260630`, `2026年6月30日` |
/// | flag | `true` `是` `有` `Y` `1`, `false` `否` `无` `N` `0`; the Latin ones in any case |
/// | category | the id of a member, or its label in any language where no other member has the same |
///
/// Blanks around a text do not count, and nothing but blanks is missing. Full-width digits and
/// signs are read as their half-width forms, except in a category. Anything else is a
/// [`Cell::Bad`], which becomes a fault.
#[derive(Clone, Debug)]
pub struct CellReader {
    kind: Kind,
    times: Option<Decimal>,
    values: BTreeMap<String, Translated>,
}

#[derive(Clone, Debug)]
enum Kind {
    Number {
        money: bool,
    },
    Date,
    Flag,
    /// Id of the member by what a cell may say.
    Category(BTreeMap<String, String>),
    /// A type that no cell can have.
    None,
}

/// What a text of a column stands for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Translated {
    /// It says that nothing is known.
    Missing,
    /// A number; `times` does not apply to it.
    Number(Decimal),
    /// True or false.
    Flag(bool),
    /// A date.
    Date(Date),
    /// The id of a member.
    Member(String),
}

impl CellReader {
    /// A reader for values of a type.
    #[must_use]
    pub fn new(value: &ValueType, dictionary: &Dictionary) -> Self {
        let kind = match value.ty {
            Type::Number(_) => Kind::Number { money: value.money },
            Type::Date => Kind::Date,
            Type::Flag => Kind::Flag,
            Type::Category(category) => Kind::Category(members(value, category, dictionary)),
            Type::Grade => Kind::None,
        };
        Self { kind, times: None, values: BTreeMap::new() }
    }

    /// Multiplies every number, exactly.
    #[must_use]
    pub fn times(mut self, factor: Option<Decimal>) -> Self {
        self.times = factor;
        self
    }

    /// Adds texts with a meaning of their own; they go before every other reading.
    #[must_use]
    pub fn values(mut self, values: BTreeMap<String, Translated>) -> Self {
        self.values = values;
        self
    }

    /// What a text of the column stands for, if it has a meaning of its own.
    #[cfg(feature = "arrow")]
    pub(crate) fn translated(&self, text: &str) -> Option<Cell<'_>> {
        self.values.get(text).map(Translated::cell)
    }

    /// Reads a cell.
    #[must_use]
    pub fn read<'a>(&'a self, raw: &'a str) -> Cell<'a> {
        let text = raw.trim();
        if text.is_empty() {
            return Cell::Missing;
        }
        if !self.values.is_empty()
            && let Some(value) = self.values.get(text)
        {
            return value.cell();
        }
        let read = match &self.kind {
            Kind::Number { money } => number(text, *money, self.times).map(Cell::Number),
            Kind::Date => date(&half_width(text)).map(Cell::Date).ok_or(FaultKind::NotADate),
            Kind::Flag => flag(&half_width(text)).map(Cell::Flag).ok_or(FaultKind::NotAFlag),
            Kind::Category(members) => members.get(text).map(|id| Cell::Text(id)).ok_or(FaultKind::UnknownMember),
            Kind::None => Err(FaultKind::WrongType),
        };
        read.unwrap_or_else(|kind| Cell::Bad(kind, text))
    }
}

impl Translated {
    pub(crate) fn cell(&self) -> Cell<'_> {
        match self {
            Self::Missing => Cell::Missing,
            Self::Number(number) => Cell::Number(*number),
            Self::Flag(flag) => Cell::Flag(*flag),
            Self::Date(date) => Cell::Date(*date),
            Self::Member(id) => Cell::Text(id),
        }
    }
}

/// Members by id and by label. An id goes before a label; a label of two members names neither.
fn members(value: &ValueType, category: u32, dictionary: &Dictionary) -> BTreeMap<String, String> {
    let ids: Vec<&str> = dictionary.members(category).map(|m| m.names().collect()).unwrap_or_default();
    let mut labels: BTreeMap<&str, Option<&str>> = BTreeMap::new();
    for (id, label) in ids.iter().zip(&value.labels) {
        for (_, text) in label.iter() {
            let named = labels.entry(text.trim()).or_insert(Some(id));
            if *named != Some(*id) {
                *named = None;
            }
        }
    }
    let by_label = labels.into_iter().filter_map(|(text, id)| Some((text.to_owned(), id?.to_owned())));
    let mut members: BTreeMap<String, String> = by_label.collect();
    members.extend(ids.iter().map(|id| ((*id).to_owned(), (*id).to_owned())));
    members
}

fn number(text: &str, money: bool, times: Option<Decimal>) -> Result<Decimal, FaultKind> {
    let value = match plain(text) {
        Some(value) => value,
        None => careful(text, money)?,
    };
    match times {
        Some(factor) => exact_product(value, factor).ok_or(FaultKind::TooManyDigits),
        None => Ok(value),
    }
}

/// The common case without a detour: a sign, digits and a point, at most 18 digits.
fn plain(text: &str) -> Option<Decimal> {
    let digits = text.strip_prefix('-').unwrap_or(text);
    let mut mantissa = 0_i64;
    let mut whole = 0_u32;
    let mut fraction = None;
    for byte in digits.bytes() {
        match (byte, &mut fraction) {
            (b'0'..=b'9', places) => {
                mantissa = mantissa.checked_mul(10)?.checked_add(i64::from(byte - b'0'))?;
                match places {
                    Some(n) => *n += 1,
                    None => whole += 1,
                }
            }
            (b'.', None) => fraction = Some(0_u32),
            _ => return None,
        }
    }
    let places = fraction.unwrap_or(0);
    if whole == 0 || fraction == Some(0) || whole + places > 18 {
        return None;
    }
    let mantissa = if digits.len() < text.len() { -mantissa } else { mantissa };
    Decimal::try_from_i128_with_scale(i128::from(mantissa), places).ok()
}

/// Full-width digits, thousands separators, `¥`, long numbers, and everything that is no number.
fn careful(text: &str, money: bool) -> Result<Decimal, FaultKind> {
    let half = half_width(text);
    let mut body: &str = &half;
    if money && let Some(rest) = body.strip_prefix(['¥', '￥']) {
        body = rest.trim_start();
    }
    // The engine's own numbers may have `_` between digits; a cell may not.
    if body.contains('_') {
        return Err(FaultKind::NotANumber);
    }
    let clean = ungroup(body).ok_or(FaultKind::NotANumber)?;
    decimal::parse(&clean).map_err(|e| match e {
        NumberError::Syntax => FaultKind::NotANumber,
        NumberError::Digits => FaultKind::TooManyDigits,
    })
}

/// Takes out thousands separators; `None` when they do not part groups of three digits.
fn ungroup(text: &str) -> Option<Cow<'_, str>> {
    if !text.contains(',') {
        return Some(Cow::Borrowed(text));
    }
    let (whole, fraction) = text.split_once('.').map_or((text, None), |(w, f)| (w, Some(f)));
    let mut groups = whole.strip_prefix(['-', '+']).unwrap_or(whole).split(',');
    let digits = |group: &str| group.bytes().all(|b| b.is_ascii_digit());
    let first = groups.next()?;
    // `0,123` would be a decimal comma: a number that starts with a group has no leading zero.
    let leads = matches!(first.len(), 1..=3) && digits(first) && !first.starts_with('0');
    let grouped = leads && groups.all(|g| g.len() == 3 && digits(g)) && !fraction.is_some_and(|f| f.contains(','));
    grouped.then(|| Cow::Owned(text.replace(',', "")))
}

/// The product, if it can be kept without rounding.
pub(crate) fn exact_product(a: Decimal, b: Decimal) -> Option<Decimal> {
    let (a, b) = (a.normalize(), b.normalize());
    let mut mantissa = a.mantissa().checked_mul(b.mantissa())?;
    let mut scale = a.scale() + b.scale();
    while scale > 0 && mantissa % 10 == 0 {
        mantissa /= 10;
        scale -= 1;
    }
    Decimal::try_from_i128_with_scale(mantissa, scale).ok()
}

fn flag(text: &str) -> Option<bool> {
    Some(match text {
        "是" | "有" | "1" => true,
        "否" | "无" | "0" => false,
        _ if ["true", "yes", "y"].iter().any(|word| text.eq_ignore_ascii_case(word)) => true,
        _ if ["false", "no", "n"].iter().any(|word| text.eq_ignore_ascii_case(word)) => false,
        _ => return None,
    })
}

fn date(text: &str) -> Option<Date> {
    if text.contains('-') {
        return Date::parse(text);
    }
    let (year, month, day) = if let Some((year, rest)) = text.split_once('年') {
        let (month, day) = rest.strip_suffix('日')?.split_once('月')?;
        (year, month, day)
    } else if let Some((year, rest)) = text.split_once('/') {
        let (month, day) = rest.split_once('/')?;
        (year, month, day)
    } else if text.len() == 8 {
        (text.get(..4)?, text.get(4..6)?, text.get(6..)?)
    } else {
        return None;
    };
    let part = |text: &str, most: usize| -> Option<i16> {
        let fits = (1..=most).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit());
        if fits { text.parse().ok() } else { None }
    };
    if year.len() != 4 {
        return None;
    }
    let (month, day) = (part(month, 2)?, part(day, 2)?);
    Date::new(part(year, 4)?, i8::try_from(month).ok()?, i8::try_from(day).ok()?)
}

/// Full-width forms of ASCII characters as ASCII.
fn half_width(text: &str) -> Cow<'_, str> {
    const FULL: std::ops::RangeInclusive<char> = '\u{ff01}'..='\u{ff5e}';
    if !text.contains(|c| FULL.contains(&c)) {
        return Cow::Borrowed(text);
    }
    Cow::Owned(
        text.chars()
            .map(|c| if FULL.contains(&c) { char::from_u32(u32::from(c) - 0xfee0).unwrap_or(c) } else { c })
            .collect(),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The short way and the careful one agree wherever both read a text.
    #[test]
    fn the_short_way_is_the_careful_one() {
        let parts = ["0", "7", "10", "00", "123456789", "999999999999999999", "1234567890123456789"];
        for sign in ["", "-"] {
            for whole in parts {
                for fraction in ["", ".0", ".5", ".05", ".123456789", "."] {
                    let text = format!("{sign}{whole}{fraction}");
                    if let Some(value) = plain(&text) {
                        assert_eq!(careful(&text, false).map(|v| v.to_string()), Ok(value.to_string()), "{text}");
                    }
                }
            }
        }
        assert!(plain("12.50").is_some() && plain("1,2").is_none() && plain("").is_none() && plain("-").is_none());
    }
}
