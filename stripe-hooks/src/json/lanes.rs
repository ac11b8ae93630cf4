//! What stands in many bytes at once, as masks of one bit for each byte.

use self::vector::Lane;

/// The bytes of a block that decide where a value ends.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Marks {
    pub(super) quotes: u64,
    pub(super) backslashes: u64,
    /// Opening brackets of either kind.
    pub(super) opening: u64,
    /// Closing brackets of either kind.
    pub(super) closing: u64,
}

impl Marks {
    #[inline]
    pub(super) fn of(block: &[u8; 64]) -> Self {
        let (lanes, _) = block.as_chunks::<16>();
        let mut marks = Self::default();
        for (at, lane) in lanes.iter().enumerate() {
            let (lane, shift) = (Lane::of(lane), 16 * at);
            marks.quotes |= u64::from(lane.equal_to(b'"')) << shift;
            marks.backslashes |= u64::from(lane.equal_to(b'\\')) << shift;
            // `[` and `{` differ in the one bit that tells the cases of letters apart, and so do `]` and `}`.
            let lane = lane.in_lower_case();
            marks.opening |= u64::from(lane.equal_to(b'{')) << shift;
            marks.closing |= u64::from(lane.equal_to(b'}')) << shift;
        }
        marks
    }
}

/// How many of the bytes come before the first that ends a string, escapes something in it, or must not be in it as it is.
#[inline]
pub(super) fn plain(bytes: &[u8; 16]) -> usize {
    let lane = Lane::of(bytes);
    let odd = lane.equal_to(b'"') | lane.equal_to(b'\\') | lane.at_most(0x1f);
    odd.trailing_zeros().min(16) as usize
}

/// How many of the bytes come before the first quote or backslash.
#[inline]
pub(super) fn quoted(bytes: &[u8; 16]) -> usize {
    let lane = Lane::of(bytes);
    (lane.equal_to(b'"') | lane.equal_to(b'\\')).trailing_zeros().min(16) as usize
}

/// How many spaces the bytes start with.
#[inline]
pub(super) fn spaces(bytes: &[u8; 16]) -> usize {
    Lane::of(bytes).equal_to(b' ').trailing_ones() as usize
}

/// SSE2, which every x86-64 has.
#[cfg(target_arch = "x86_64")]
mod vector {
    use safe_arch::{
        cmp_eq_mask_i8_m128i, load_unaligned_m128i, m128i, min_u8_m128i, move_mask_i8_m128i,
        set_splat_i8_m128i,
    };

    #[derive(Clone, Copy)]
    pub(super) struct Lane(m128i);

    impl Lane {
        #[inline(always)]
        pub(super) fn of(bytes: &[u8; 16]) -> Self {
            Self(load_unaligned_m128i(bytes))
        }

        #[inline(always)]
        pub(super) fn equal_to(self, byte: u8) -> u32 {
            mask(cmp_eq_mask_i8_m128i(self.0, all(byte)))
        }

        #[inline(always)]
        pub(super) fn at_most(self, byte: u8) -> u32 {
            mask(cmp_eq_mask_i8_m128i(min_u8_m128i(self.0, all(byte)), self.0))
        }

        #[inline(always)]
        pub(super) fn in_lower_case(self) -> Self {
            Self(self.0 | all(0x20))
        }
    }

    #[inline(always)]
    fn all(byte: u8) -> m128i {
        set_splat_i8_m128i(byte.cast_signed())
    }

    #[inline(always)]
    fn mask(lane: m128i) -> u32 {
        move_mask_i8_m128i(lane).cast_unsigned()
    }
}

/// The same in two words of eight bytes, for all other processors.
#[cfg(any(test, not(target_arch = "x86_64")))]
#[cfg_attr(target_arch = "x86_64", allow(dead_code, reason = "only the tests look at it here"))]
mod words {
    const LOW: u64 = u64::from_le_bytes([0x01; 8]);
    const HIGH: u64 = u64::from_le_bytes([0x80; 8]);

    #[derive(Clone, Copy)]
    pub(super) struct Lane([u64; 2]);

    impl Lane {
        #[inline]
        pub(super) fn of(bytes: &[u8; 16]) -> Self {
            let (halves, _) = bytes.as_chunks::<8>();
            Self([u64::from_le_bytes(halves[0]), u64::from_le_bytes(halves[1])])
        }

        #[inline]
        pub(super) fn equal_to(self, byte: u8) -> u32 {
            self.mask(|word| {
                let other = word ^ (LOW * u64::from(byte));
                // The high bit of each byte that has any bit, without a carry from one to the next.
                !(((other & !HIGH) + !HIGH) | other)
            })
        }

        /// For bytes below 0x80.
        #[inline]
        pub(super) fn at_most(self, byte: u8) -> u32 {
            self.mask(|word| {
                let above = (word & !HIGH) + LOW * u64::from(0x7f - byte);
                !(above | word)
            })
        }

        #[inline]
        pub(super) fn in_lower_case(self) -> Self {
            Self(self.0.map(|word| word | (LOW * 0x20)))
        }

        /// Gathers the high bits of all bytes.
        #[inline]
        fn mask(self, marked: impl Fn(u64) -> u64) -> u32 {
            let gathered = self.0.map(|word| {
                let bits = (marked(word) & HIGH) >> 7;
                (bits.wrapping_mul(0x0102_0408_1020_4080) >> 56) as u32
            });
            gathered[0] | gathered[1] << 8
        }
    }
}
#[cfg(not(target_arch = "x86_64"))]
use self::words as vector;

#[cfg(all(test, target_arch = "x86_64"))]
mod tests {
    use super::{vector, words};

    #[test]
    fn words_see_what_vectors_see() {
        for byte in 0..=u8::MAX {
            let mut bytes = [b'x'; 16];
            for (at, other) in bytes.iter_mut().enumerate() {
                *other = byte.wrapping_mul(1 + (at as u8 % 3)).wrapping_add(at as u8 % 2);
            }
            let (one, other) = (vector::Lane::of(&bytes), words::Lane::of(&bytes));
            for asked in *b"\"\\{} \x00\x7f\x80\xff" {
                assert_eq!(one.equal_to(asked), other.equal_to(asked), "{bytes:?} {asked}");
                assert_eq!(
                    one.in_lower_case().equal_to(asked),
                    other.in_lower_case().equal_to(asked),
                    "{bytes:?} {asked}"
                );
            }
            assert_eq!(one.at_most(0x1f), other.at_most(0x1f), "{bytes:?}");
        }
    }
}
