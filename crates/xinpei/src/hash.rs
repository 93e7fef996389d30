//! SHA-256 as text, for digests and receipts.

use sha2::{Digest, Sha256};

/// The digest of some bytes, in hexadecimal.
///
/// ```
/// assert!(xinpei::hash::sha256(b"").starts_with("e3b0c44298fc1c14"));
/// ```
#[must_use]
pub fn sha256(bytes: &[u8]) -> String {
    hexadecimal("", bytes)
}

/// The digest of some bytes with the name of its kind before it, `sha256:…`.
///
/// ```
/// assert!(xinpei::hash::digest(b"").starts_with("sha256:e3b0c44298fc1c14"));
/// ```
#[must_use]
pub fn digest(bytes: &[u8]) -> String {
    hexadecimal("sha256:", bytes)
}

fn hexadecimal(before: &str, bytes: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let mut digits = [b'0'; 64];
    for (pair, byte) in digits.as_chunks_mut::<2>().0.iter_mut().zip(Sha256::digest(bytes)) {
        let digit = |n: u8| DIGITS.get(usize::from(n)).copied().unwrap_or(b'0');
        *pair = [digit(byte >> 4), digit(byte & 15)];
    }
    let mut text = String::with_capacity(before.len() + digits.len());
    text.push_str(before);
    text.push_str(std::str::from_utf8(&digits).unwrap_or_default());
    text
}
