//! Keys of the enterprises of a batch, packed one after the other.

use std::ops::Range;

use super::shared::Buffer;

/// Keys of enterprises, in the order of the input: own ones, or those of somebody else that were not
/// copied.
#[derive(Clone, Debug)]
pub struct Keys(Form);

#[derive(Clone, Debug)]
enum Form {
    /// The texts one after the other, and where each starts; one more than there are keys.
    Own(String, Vec<usize>),
    /// So many empty keys.
    Blank(usize),
    #[cfg_attr(
        not(any(feature = "arrow", test)),
        expect(dead_code, reason = "without a format of columns in memory nobody has keys to share")
    )]
    Shared(Buffer<u8>, Buffer<i32>),
}

impl Default for Keys {
    fn default() -> Self {
        Self(Form::Own(String::new(), vec![0]))
    }
}

impl Keys {
    /// Keys that somebody else owns: UTF-8, and where each starts; one more than there are keys.
    #[cfg(any(feature = "arrow", test))]
    pub(crate) const fn shared(text: Buffer<u8>, offsets: Buffer<i32>) -> Self {
        Self(Form::Shared(text, offsets))
    }

    /// So many empty keys.
    pub(super) const fn blank(rows: usize) -> Self {
        Self(Form::Blank(rows))
    }

    /// How many there are.
    #[must_use]
    pub const fn len(&self) -> usize {
        match &self.0 {
            Form::Own(_, starts) => starts.len().saturating_sub(1),
            Form::Blank(rows) => *rows,
            Form::Shared(_, starts) => starts.len().saturating_sub(1),
        }
    }

    /// Whether there is none.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The key of a row; empty if there is no such row.
    #[must_use]
    pub fn get(&self, row: usize) -> &str {
        match &self.0 {
            Form::Own(text, starts) => match starts.get(row..row.saturating_add(2)) {
                Some([start, end]) => text.get(*start..*end).unwrap_or(""),
                _ => "",
            },
            Form::Blank(_) => "",
            Form::Shared(text, starts) => match starts.part(row..row.saturating_add(2)) {
                [start, end] => {
                    let at = |offset: &i32| usize::try_from(*offset).unwrap_or(0);
                    std::str::from_utf8(text.part(at(start)..at(end))).unwrap_or("")
                }
                _ => "",
            },
        }
    }

    /// All keys in order.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = &str> + Clone {
        (0..self.len()).map(|row| self.get(row))
    }

    /// Adds a key.
    pub fn push(&mut self, key: &str) {
        if let Form::Shared(..) | Form::Blank(_) = self.0 {
            *self = self.iter().collect();
        }
        if let Form::Own(text, starts) = &mut self.0 {
            text.push_str(key);
            starts.push(text.len());
        }
    }

    /// Takes all keys out; own memory is kept.
    pub fn clear(&mut self) {
        match &mut self.0 {
            Form::Own(text, starts) => {
                text.clear();
                starts.truncate(1);
            }
            Form::Shared(..) | Form::Blank(_) => *self = Self::default(),
        }
    }

    /// The keys of a range of rows; shared ones stay shared.
    pub(super) fn slice(&self, rows: Range<usize>) -> Self {
        match &self.0 {
            Form::Own(..) | Form::Blank(_) => rows.map(|row| self.get(row)).collect(),
            Form::Shared(text, starts) => {
                Self(Form::Shared(text.clone(), starts.slice(rows.start..rows.end.saturating_add(1))))
            }
        }
    }
}

impl<T: AsRef<str>> FromIterator<T> for Keys {
    fn from_iter<I: IntoIterator<Item = T>>(keys: I) -> Self {
        let mut all = Self::default();
        keys.into_iter().for_each(|key| all.push(key.as_ref()));
        all
    }
}

impl PartialEq for Keys {
    fn eq(&self, other: &Self) -> bool {
        self.iter().eq(other.iter())
    }
}

impl Eq for Keys {}

impl<T: AsRef<str>, const N: usize> PartialEq<[T; N]> for Keys {
    fn eq(&self, other: &[T; N]) -> bool {
        self.iter().eq(other.iter().map(AsRef::as_ref))
    }
}
