//! What stands in many bytes at once, as masks of one bit for each byte.

use self::vector::Lane;

/// The bytes of a block that decide where a value ends.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Marks {
    pub(super) quotes: u64,
    /// Brackets of either kind, opening and closing.
    pub(super) brackets: u64,
    /// Whether there is a backslash at all, which is rare.
    pub(super) any_backslash: bool,
}

impl Marks {
    #[inline]
    pub(super) fn of(block: &[u8; 64]) -> Self {
        let lanes = lanes(block);
        let backslashes = lanes.map(|lane| lane.is(b'\\'));
        Self {
            quotes: joined(lanes.map(|lane| lane.is(b'"').mask())),
            brackets: joined(lanes.map(|lane| lane.is_bracket().mask())),
            any_backslash: (backslashes[0].or(backslashes[1])).or(backslashes[2].or(backslashes[3])).mask()
                != 0,
        }
    }
}

#[cold]
pub(super) fn backslashes(block: &[u8; 64]) -> u64 {
    joined(lanes(block).map(|lane| lane.is(b'\\').mask()))
}

#[inline]
pub(super) fn colons(block: &[u8; 64]) -> u64 {
    joined(lanes(block).map(|lane| lane.is(b':').mask()))
}

#[inline(always)]
fn lanes(block: &[u8; 64]) -> [Lane; 4] {
    let (lanes, _) = block.as_chunks::<16>();
    [0, 1, 2, 3].map(|at| Lane::of(&lanes[at]))
}

#[inline(always)]
fn joined(masks: [u32; 4]) -> u64 {
    let [a, b, c, d] = masks.map(u64::from);
    (a | b << 16) | (c << 32 | d << 48)
}

/// How many of the bytes come before the first that ends a string, escapes something in it, or must not be in it as it is.
#[inline]
pub(super) fn plain(bytes: &[u8; 16]) -> usize {
    let lane = Lane::of(bytes);
    let odd = lane.is(b'"').or(lane.is(b'\\')).or(lane.is_control());
    first(odd.mask())
}

/// Whether none of the bytes ends a string, escapes something in it, or must not be in it as it is.
#[inline]
pub(super) fn is_plain(text: &[u8]) -> bool {
    let (chunks, rest) = text.as_chunks();
    chunks.iter().all(|chunk| plain(chunk) == chunk.len())
        && rest.iter().all(|byte| *byte > 0x1f && !matches!(byte, b'"' | b'\\'))
}

/// How many of the bytes come before the first quote or backslash.
#[inline]
pub(super) fn quoted(bytes: &[u8; 16]) -> usize {
    let lane = Lane::of(bytes);
    first(lane.is(b'"').or(lane.is(b'\\')).mask())
}

/// Where among the bytes there are quotes.
#[inline]
pub(super) fn quotes(bytes: &[u8; 16]) -> u32 {
    Lane::of(bytes).is(b'"').mask()
}

/// How much white space the bytes start with.
#[inline]
pub(super) fn white_space(bytes: &[u8; 16]) -> usize {
    let lane = Lane::of(bytes);
    let space = (lane.is(b' ').or(lane.is(b'\n'))).or(lane.is(b'\r').or(lane.is(b'\t')));
    first(!space.mask())
}

/// Where the first bit is, or sixteen.
#[inline]
fn first(mask: u32) -> usize {
    (mask | 1 << 16).trailing_zeros() as usize
}

/// SSE2, which every x86-64 has.
#[cfg(target_arch = "x86_64")]
mod vector {
    use safe_arch::{
        cmp_eq_mask_i8_m128i, load_unaligned_m128i, m128i, min_u8_m128i, move_mask_i8_m128i,
        set_splat_i8_m128i, sub_i8_m128i,
    };

    /// Sixteen bytes, or for each of them whether something is so.
    #[derive(Clone, Copy)]
    pub(super) struct Lane(m128i);

    impl Lane {
        #[inline(always)]
        pub(super) fn of(bytes: &[u8; 16]) -> Self {
            Self(load_unaligned_m128i(bytes))
        }

        #[inline(always)]
        pub(super) fn is(self, byte: u8) -> Self {
            Self(cmp_eq_mask_i8_m128i(self.0, all(byte)))
        }

        #[inline(always)]
        pub(super) fn is_control(self) -> Self {
            Self(cmp_eq_mask_i8_m128i(min_u8_m128i(self.0, all(0x1f)), self.0))
        }

        /// With the bit set that tells the cases of letters apart, `[` is `{`, `]` is `}`, and these are two apart.
        #[inline(always)]
        pub(super) fn is_bracket(self) -> Self {
            let distance = sub_i8_m128i(self.0 | all(0x20), all(b'{'));
            Self(cmp_eq_mask_i8_m128i(distance & all(!2), all(0)))
        }

        #[inline(always)]
        pub(super) fn or(self, other: Self) -> Self {
            Self(self.0 | other.0)
        }

        /// One bit for each byte.
        #[inline(always)]
        pub(super) fn mask(self) -> u32 {
            move_mask_i8_m128i(self.0).cast_unsigned()
        }
    }

    #[inline(always)]
    fn all(byte: u8) -> m128i {
        set_splat_i8_m128i(byte.cast_signed())
    }
}

/// The same in two words of eight bytes, for all other processors. What is so is told by the high bit of a byte.
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
        pub(super) fn is(self, byte: u8) -> Self {
            Self(self.0.map(|word| {
                let other = word ^ (LOW * u64::from(byte));
                // The high bit of each byte that has any bit, without a carry from one to the next.
                !(((other & !HIGH) + !HIGH) | other)
            }))
        }

        #[inline]
        pub(super) fn is_control(self) -> Self {
            Self(self.0.map(|word| !(((word & !HIGH) + LOW * 0x60) | word)))
        }

        #[inline]
        pub(super) fn is_bracket(self) -> Self {
            let lower = Self(self.0.map(|word| word | (LOW * 0x20)));
            lower.is(b'{').or(lower.is(b'}'))
        }

        #[inline]
        pub(super) fn or(self, other: Self) -> Self {
            Self([self.0[0] | other.0[0], self.0[1] | other.0[1]])
        }

        /// Gathers the high bits of all bytes.
        #[inline]
        pub(super) fn mask(self) -> u32 {
            let [low, high] = self.0.map(|word| {
                let bits = (word & HIGH) >> 7;
                (bits.wrapping_mul(0x0102_0408_1020_4080) >> 56) as u32
            });
            low | high << 8
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
                assert_eq!(one.is(asked).mask(), other.is(asked).mask(), "{bytes:?} {asked}");
            }
            assert_eq!(one.is_control().mask(), other.is_control().mask(), "{bytes:?}");
            assert_eq!(one.is_bracket().mask(), other.is_bracket().mask(), "{bytes:?}");
            let brackets = bytes.iter().enumerate().filter(|(_, byte)| b"[]{}".contains(byte));
            assert_eq!(one.is_bracket().mask(), brackets.map(|(at, _)| 1 << at).sum::<u32>());
        }
    }
}
