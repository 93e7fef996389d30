//! Random numbers from a seed: the same on every machine, in debug and release.

/// SplitMix64, after what a fuzzer gave.
#[derive(Clone, Debug)]
pub struct Rng {
    state: u64,
    /// Numbers to give out first, the last one first.
    given: Vec<u64>,
}

impl Rng {
    /// The same seed gives the same numbers.
    #[must_use]
    pub fn new(seed: u64) -> Self {
        // Neighbouring seeds start far apart.
        let mut rng =
            Self { state: seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ 0x5851_f42d_4c95_7f2d, given: Vec::new() };
        rng.next();
        rng
    }

    /// The numbers that bytes make, two bytes each, and then those of a seed.
    #[must_use]
    pub fn of(bytes: &[u8]) -> Self {
        let given = bytes.chunks_exact(2).rev().map(|pair| u64::from(pair[0]) | u64::from(pair[1]) << 8).collect();
        Self { given, ..Self::new(0) }
    }

    /// 64 random bits.
    #[expect(clippy::should_implement_trait, reason = "it never ends")]
    pub fn next(&mut self) -> u64 {
        if let Some(given) = self.given.pop() {
            return given;
        }
        self.state = self.state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.state;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// A number below `n`, which is not zero.
    pub fn below(&mut self, n: usize) -> usize {
        usize::try_from(self.next() % u64::try_from(n).expect("64 bits")).expect("below n")
    }

    /// A number from the first to the last, both included.
    pub fn between(&mut self, low: i128, high: i128) -> i128 {
        let span = u128::try_from(high - low).expect("low is not above high") + 1;
        let bits = (u128::from(self.next()) << 64) | u128::from(self.next());
        low + i128::try_from(bits % span).expect("within the span")
    }

    /// True in so many of a hundred.
    pub fn percent(&mut self, n: usize) -> bool {
        self.below(100) < n
    }

    /// One of a list, which is not empty.
    pub fn pick<'a, T>(&mut self, list: &'a [T]) -> &'a T {
        &list[self.below(list.len())]
    }

    /// Brings a list into another order.
    pub fn shuffle<T>(&mut self, list: &mut [T]) {
        for i in (1..list.len()).rev() {
            list.swap(i, self.below(i + 1));
        }
    }
}
