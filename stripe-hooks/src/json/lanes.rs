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
        let mut marks = Self {
            quotes: joined(lanes.map(|lane| lane.is(b'"').mask())),
            brackets: joined(lanes.map(|lane| lane.is_near_bracket().mask())),
            any_backslash: false,
        };
        if any(lanes.map(Lane::is_between_brackets)) {
            marks.tell_apart(block);
        }
        marks
    }

    /// Leaves out of the brackets what only lies between them.
    #[cold]
    fn tell_apart(&mut self, block: &[u8; 64]) {
        self.brackets &= !joined(lanes(block).map(|lane| lane.is_between_brackets().mask()));
        self.any_backslash = backslashes(block) != 0;
    }
}

/// Whether the quotes of a block are odd in number; nothing where there may be brackets or backslashes too.
#[inline]
pub(super) fn odd_quotes(block: &[u8; 64]) -> Option<bool> {
    let lanes = lanes(block);
    if any(lanes.map(Lane::is_near_bracket)) {
        return None;
    }
    let [a, b, c, d] = lanes.map(|lane| lane.is(b'"'));
    Some(a.xor(b).xor(c.xor(d)).mask().count_ones() % 2 == 1)
}

#[cold]
pub(super) fn backslashes(block: &[u8; 64]) -> u64 {
    joined(lanes(block).map(|lane| lane.is(b'\\').mask()))
}

#[inline]
pub(super) fn all_quotes(block: &[u8; 64]) -> u64 {
    joined(lanes(block).map(|lane| lane.is(b'"').mask()))
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
fn any([a, b, c, d]: [Lane; 4]) -> bool {
    a.or(b).or(c.or(d)).mask() != 0
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

/// Whether two texts are the same, without a call where they are as short as most keys.
#[inline(always)]
pub(crate) fn is_same(one: &[u8], other: &[u8]) -> bool {
    one.len() == other.len()
        && match one.len() {
            // Their ends overlap, where they are not as long as two of them.
            17..=32 => has_ends_of::<16>(one, other),
            8..=16 => has_ends_of::<8>(one, other),
            4..=7 => has_ends_of::<4>(one, other),
            2..=3 => has_ends_of::<2>(one, other),
            _ => one == other,
        }
}

#[inline(always)]
fn has_ends_of<const N: usize>(one: &[u8], other: &[u8]) -> bool {
    one.first_chunk::<N>() == other.first_chunk() && one.last_chunk::<N>() == other.last_chunk()
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

        /// Whether it is a bracket of either kind, or `\\` or `|`, which lie between those that open and those that close.
        #[inline(always)]
        pub(super) fn is_near_bracket(self) -> Self {
            let distance = self.distance();
            Self(cmp_eq_mask_i8_m128i(min_u8_m128i(distance, all(2)), distance))
        }

        #[inline(always)]
        pub(super) fn is_between_brackets(self) -> Self {
            Self(cmp_eq_mask_i8_m128i(self.distance(), all(1)))
        }

        /// How far behind an opening bracket it is, with the bit set by which the brackets of the two kinds differ.
        #[inline(always)]
        fn distance(self) -> m128i {
            sub_i8_m128i(self.0 | all(0x20), all(b'{'))
        }

        #[inline(always)]
        pub(super) fn or(self, other: Self) -> Self {
            Self(self.0 | other.0)
        }

        #[inline(always)]
        pub(super) fn xor(self, other: Self) -> Self {
            Self(self.0 ^ other.0)
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
        pub(super) fn is_near_bracket(self) -> Self {
            let lower = self.lower();
            lower.is(b'{').or(lower.is(b'}')).or(lower.is(b'|'))
        }

        #[inline]
        pub(super) fn is_between_brackets(self) -> Self {
            self.lower().is(b'|')
        }

        #[inline]
        fn lower(self) -> Self {
            Self(self.0.map(|word| word | (LOW * 0x20)))
        }

        #[inline]
        pub(super) fn or(self, other: Self) -> Self {
            Self([self.0[0] | other.0[0], self.0[1] | other.0[1]])
        }

        #[inline]
        pub(super) fn xor(self, other: Self) -> Self {
            Self([self.0[0] ^ other.0[0], self.0[1] ^ other.0[1]])
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
    use super::{is_same, vector, words};

    #[test]
    fn texts_are_the_same_only_in_all_their_bytes() {
        let text: Vec<u8> = (0..40).collect();
        for length in 0..text.len() {
            let text = &text[..length];
            assert!(is_same(text, text));
            for at in 0..length {
                let mut other = text.to_vec();
                other[at] ^= 1;
                assert!(!is_same(text, &other), "{length} {at}");
            }
        }
    }

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
            let places = |of: &[u8]| {
                let there = bytes.iter().enumerate().filter(|(_, byte)| of.contains(byte));
                there.map(|(at, _)| 1 << at).sum::<u32>()
            };
            for lane in [one.is_near_bracket().mask(), other.is_near_bracket().mask()] {
                assert_eq!(lane, places(b"[\\]{|}"), "{bytes:?}");
            }
            for lane in [one.is_between_brackets().mask(), other.is_between_brackets().mask()] {
                assert_eq!(lane, places(b"\\|"), "{bytes:?}");
            }
            let both = [one.is(b'x').xor(one.is(byte)).mask(), other.is(b'x').xor(other.is(byte)).mask()];
            assert_eq!(both, [places(b"x") ^ places(&[byte]); 2], "{bytes:?}");
        }
    }
}
