//! The unified social credit code (GB 32100-2015) and its two check characters.

const ALPHABET: &[u8; 31] = b"0123456789ABCDEFGHJKLMNPQRTUWXY";
const WEIGHTS: [u32; 17] = [1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28];
const UNIT_WEIGHTS: [u32; 8] = [3, 7, 9, 10, 5, 8, 4, 2];

/// What is wrong with a code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CodeError {
    /// It has not 18 characters.
    Length,
    /// It has a character outside the standard's alphabet (which lacks I, O, S, V and Z).
    Alphabet,
    /// Its last character does not check (GB 32100).
    Check,
    /// The ninth character of the embedded organisation code does not check (GB 11714).
    UnitCheck,
}

impl std::fmt::Display for CodeError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Length => "has not 18 characters",
            Self::Alphabet => "has a character outside the alphabet of GB 32100",
            Self::Check => "its check character is wrong (GB 32100)",
            Self::UnitCheck => "the check character of its organisation code is wrong (GB 11714)",
        })
    }
}

/// Brings a code to its plain form: without spaces and hyphens, half-width, upper case.
///
/// ```
/// assert_eq!(xinpei::uscc::normalise(" 91110000-600037341l"), "91110000600037341L");
/// ```
#[must_use]
pub fn normalise(text: &str) -> String {
    text.chars()
        .map(|c| match c {
            '\u{ff01}'..='\u{ff5e}' => char::from_u32(u32::from(c) - 0xfee0).unwrap_or(c),
            '\u{3000}' => ' ',
            c => c,
        })
        .filter(|c| !c.is_whitespace() && *c != '-')
        .map(|c| c.to_ascii_uppercase())
        .collect()
}

/// Checks a normalised code: length, alphabet and both check characters.
///
/// ```
/// assert!(xinpei::uscc::check("91110000600037341L").is_ok());
/// assert!(xinpei::uscc::check("91110000600037341N").is_err());
/// ```
pub fn check(code: &str) -> Result<(), CodeError> {
    if code.chars().count() != 18 {
        return Err(CodeError::Length);
    }
    let (body, last) = code.split_at_checked(17).ok_or(CodeError::Alphabet)?;
    if check_character(body).ok_or(CodeError::Alphabet)? != last.chars().next().unwrap_or(' ') {
        let known = last.bytes().all(|b| ALPHABET.contains(&b));
        return Err(if known { CodeError::Check } else { CodeError::Alphabet });
    }
    let unit = body.get(8..16).ok_or(CodeError::Alphabet)?;
    if unit_check_character(unit).ok_or(CodeError::Alphabet)? != body.chars().last().unwrap_or(' ') {
        return Err(CodeError::UnitCheck);
    }
    Ok(())
}

/// The 18th character for the first 17; `None` if one is not in the alphabet.
#[must_use]
pub fn check_character(body: &str) -> Option<char> {
    let mut sum = 0;
    for (byte, weight) in body.bytes().zip(WEIGHTS) {
        sum += u32::try_from(ALPHABET.iter().position(|a| *a == byte)?).ok()? * weight;
    }
    let index = (31 - sum % 31) % 31;
    ALPHABET.get(usize::try_from(index).ok()?).map(|b| char::from(*b))
}

/// The ninth character of an organisation code for its first eight (GB 11714).
#[must_use]
pub fn unit_check_character(unit: &str) -> Option<char> {
    let mut sum = 0;
    for (c, weight) in unit.chars().zip(UNIT_WEIGHTS) {
        sum += c.to_digit(36)? * weight;
    }
    Some(match 11 - sum % 11 {
        10 => 'X',
        11 => '0',
        digit => char::from_digit(digit, 10)?,
    })
}
