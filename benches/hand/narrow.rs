//! Whole numbers of 16 and 32 bits behind one set of operations that wrap.

/// What the hand-written code does with a number, whichever its width.
pub(super) trait Narrow: Copy + Ord {
    /// Nothing.
    const ZERO: Self;
    /// The low bits of a number that is known to fit.
    fn cut(n: i64) -> Self;
    /// The sum.
    fn plus(self, other: Self) -> Self;
    /// The difference.
    fn minus(self, other: Self) -> Self;
    /// Shifted down by so many bits.
    fn down(self, bits: u32) -> Self;
    /// The bits of both.
    fn and(self, other: Self) -> Self;
    /// A tenth, rounded half up, of a number that is not below zero.
    fn tenth(self) -> Self;
    /// In 32 bits.
    fn long(self) -> i32;
    /// The low 16 bits.
    fn code(self) -> u16;
}

macro_rules! narrow {
    ($signed:ty, $unsigned:ty) => {
        impl Narrow for $signed {
            const ZERO: Self = 0;
            #[inline(always)]
            fn cut(n: i64) -> Self {
                n as $signed
            }
            #[inline(always)]
            fn plus(self, other: Self) -> Self {
                self.wrapping_add(other)
            }
            #[inline(always)]
            fn minus(self, other: Self) -> Self {
                self.wrapping_sub(other)
            }
            #[inline(always)]
            fn down(self, bits: u32) -> Self {
                self.wrapping_shr(bits)
            }
            #[inline(always)]
            fn and(self, other: Self) -> Self {
                self & other
            }
            #[inline(always)]
            fn tenth(self) -> Self {
                ((self.wrapping_add(5) as $unsigned) / 10) as $signed
            }
            #[inline(always)]
            fn long(self) -> i32 {
                i32::from(self)
            }
            #[inline(always)]
            fn code(self) -> u16 {
                self as u16
            }
        }
    };
}

narrow!(i16, u16);
narrow!(i32, u32);
