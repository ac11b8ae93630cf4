//! What stands in many bytes at once, as masks of one bit for each byte.

use self::vector::ByteLane;

/// The bytes of a block that decide where a value ends.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct StructuralMasks {
    pub(super) quotes: u64,
    /// Brackets of either kind, opening and closing.
    pub(super) brackets: u64,
    /// Whether there is a backslash at all, which is rare.
    pub(super) any_backslash: bool,
}

impl StructuralMasks {
    #[inline]
    pub(super) fn from_block(block: &[u8; 64]) -> Self {
        let lanes = split_lanes(block);
        let mut marks = Self {
            quotes: join_masks(lanes.map(|lane| lane.equals_byte(b'"').to_bitmask())),
            brackets: join_masks(lanes.map(|lane| lane.is_near_bracket().to_bitmask())),
            any_backslash: false,
        };
        if any_set(lanes.map(ByteLane::is_between_brackets)) {
            marks.drop_non_brackets(block);
        }
        marks
    }

    /// Leaves out of the brackets what only lies between them.
    #[cold]
    fn drop_non_brackets(&mut self, block: &[u8; 64]) {
        self.brackets &= !join_masks(split_lanes(block).map(|lane| lane.is_between_brackets().to_bitmask()));
        self.any_backslash = backslash_mask(block) != 0;
    }
}

/// Whether the quotes of a block are odd in number; nothing where there may be brackets or backslashes too.
#[inline]
pub(super) fn has_odd_quotes(block: &[u8; 64]) -> Option<bool> {
    let lanes = split_lanes(block);
    if any_set(lanes.map(ByteLane::is_near_bracket)) {
        return None;
    }
    let [a, b, c, d] = lanes.map(|lane| lane.equals_byte(b'"'));
    Some(a.xor(b).xor(c.xor(d)).to_bitmask().count_ones() % 2 == 1)
}

#[cold]
pub(super) fn backslash_mask(block: &[u8; 64]) -> u64 {
    join_masks(split_lanes(block).map(|lane| lane.equals_byte(b'\\').to_bitmask()))
}

#[inline]
pub(super) fn quote_mask(block: &[u8; 64]) -> u64 {
    join_masks(split_lanes(block).map(|lane| lane.equals_byte(b'"').to_bitmask()))
}

#[inline]
pub(super) fn colon_mask(block: &[u8; 64]) -> u64 {
    join_masks(split_lanes(block).map(|lane| lane.equals_byte(b':').to_bitmask()))
}

#[inline(always)]
fn split_lanes(block: &[u8; 64]) -> [ByteLane; 4] {
    let (lanes, _) = block.as_chunks::<16>();
    [0, 1, 2, 3].map(|at| ByteLane::from_bytes(&lanes[at]))
}

#[inline(always)]
fn any_set([a, b, c, d]: [ByteLane; 4]) -> bool {
    a.or(b).or(c.or(d)).to_bitmask() != 0
}

#[inline(always)]
fn join_masks(masks: [u32; 4]) -> u64 {
    let [a, b, c, d] = masks.map(u64::from);
    (a | b << 16) | (c << 32 | d << 48)
}

/// How many of the bytes come before the first that ends a string, escapes something in it, or must not be in it as it is.
#[inline]
pub(super) fn plain_prefix(bytes: &[u8; 16]) -> usize {
    let lane = ByteLane::from_bytes(bytes);
    let odd = lane.equals_byte(b'"').or(lane.equals_byte(b'\\')).or(lane.is_control());
    first_set_bit(odd.to_bitmask())
}

/// Whether none of the bytes ends a string, escapes something in it, or must not be in it as it is.
#[inline]
pub(super) fn is_plain(text: &[u8]) -> bool {
    let (chunks, rest) = text.as_chunks();
    chunks.iter().all(|chunk| plain_prefix(chunk) == chunk.len())
        && rest.iter().all(|byte| *byte > 0x1f && !matches!(byte, b'"' | b'\\'))
}

/// How many of the bytes come before the first quote or backslash.
#[inline]
pub(super) fn prefix_before_quote(bytes: &[u8; 16]) -> usize {
    let lane = ByteLane::from_bytes(bytes);
    first_set_bit(lane.equals_byte(b'"').or(lane.equals_byte(b'\\')).to_bitmask())
}

/// Where among the bytes there are quotes.
#[inline]
pub(super) fn quote_mask_16(bytes: &[u8; 16]) -> u32 {
    ByteLane::from_bytes(bytes).equals_byte(b'"').to_bitmask()
}

/// Whether two texts are the same, without a call where they are as short as most keys.
#[inline(always)]
pub(crate) fn bytes_equal(one: &[u8], other: &[u8]) -> bool {
    one.len() == other.len()
        && match one.len() {
            // Their ends overlap, where they are not as long as two of them.
            17..=32 => ends_equal::<16>(one, other),
            8..=16 => ends_equal::<8>(one, other),
            4..=7 => ends_equal::<4>(one, other),
            2..=3 => ends_equal::<2>(one, other),
            _ => one == other,
        }
}

#[inline(always)]
fn ends_equal<const N: usize>(one: &[u8], other: &[u8]) -> bool {
    one.first_chunk::<N>() == other.first_chunk() && one.last_chunk::<N>() == other.last_chunk()
}

/// How much white space the bytes start with.
#[inline]
pub(super) fn space_prefix(bytes: &[u8; 16]) -> usize {
    let lane = ByteLane::from_bytes(bytes);
    let space = (lane.equals_byte(b' ').or(lane.equals_byte(b'\n')))
        .or(lane.equals_byte(b'\r').or(lane.equals_byte(b'\t')));
    first_set_bit(!space.to_bitmask())
}

/// Where the first bit is, or sixteen.
#[inline]
fn first_set_bit(mask: u32) -> usize {
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
    pub(super) struct ByteLane(m128i);

    impl ByteLane {
        #[inline(always)]
        pub(super) fn from_bytes(bytes: &[u8; 16]) -> Self {
            Self(load_unaligned_m128i(bytes))
        }

        #[inline(always)]
        pub(super) fn equals_byte(self, byte: u8) -> Self {
            Self(cmp_eq_mask_i8_m128i(self.0, splat(byte)))
        }

        #[inline(always)]
        pub(super) fn is_control(self) -> Self {
            Self(cmp_eq_mask_i8_m128i(min_u8_m128i(self.0, splat(0x1f)), self.0))
        }

        /// Whether it is a bracket of either kind, or `\\` or `|`, which lie between those that open and those that close.
        #[inline(always)]
        pub(super) fn is_near_bracket(self) -> Self {
            let distance = self.distance_from_bracket();
            Self(cmp_eq_mask_i8_m128i(min_u8_m128i(distance, splat(2)), distance))
        }

        #[inline(always)]
        pub(super) fn is_between_brackets(self) -> Self {
            Self(cmp_eq_mask_i8_m128i(self.distance_from_bracket(), splat(1)))
        }

        /// How far behind an opening bracket it is, with the bit set by which the brackets of the two kinds differ.
        #[inline(always)]
        fn distance_from_bracket(self) -> m128i {
            sub_i8_m128i(self.0 | splat(0x20), splat(b'{'))
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
        pub(super) fn to_bitmask(self) -> u32 {
            move_mask_i8_m128i(self.0).cast_unsigned()
        }
    }

    #[inline(always)]
    fn splat(byte: u8) -> m128i {
        set_splat_i8_m128i(byte.cast_signed())
    }
}

/// The same in two words of eight bytes, for all other processors. What is so is told by the high bit of a byte.
#[cfg(any(test, not(target_arch = "x86_64")))]
#[cfg_attr(target_arch = "x86_64", allow(dead_code, reason = "only the tests look at it here"))]
mod scalar {
    const LOW_BITS: u64 = u64::from_le_bytes([0x01; 8]);
    const HIGH_BITS: u64 = u64::from_le_bytes([0x80; 8]);

    #[derive(Clone, Copy)]
    pub(super) struct ByteLane([u64; 2]);

    impl ByteLane {
        #[inline]
        pub(super) fn from_bytes(bytes: &[u8; 16]) -> Self {
            let (halves, _) = bytes.as_chunks::<8>();
            Self([u64::from_le_bytes(halves[0]), u64::from_le_bytes(halves[1])])
        }

        #[inline]
        pub(super) fn equals_byte(self, byte: u8) -> Self {
            Self(self.0.map(|word| {
                let other = word ^ (LOW_BITS * u64::from(byte));
                // The high bit of each byte that has any bit, without a carry from one to the next.
                !(((other & !HIGH_BITS) + !HIGH_BITS) | other)
            }))
        }

        #[inline]
        pub(super) fn is_control(self) -> Self {
            Self(self.0.map(|word| !(((word & !HIGH_BITS) + LOW_BITS * 0x60) | word)))
        }

        #[inline]
        pub(super) fn is_near_bracket(self) -> Self {
            let lower = self.is_below();
            lower.equals_byte(b'{').or(lower.equals_byte(b'}')).or(lower.equals_byte(b'|'))
        }

        #[inline]
        pub(super) fn is_between_brackets(self) -> Self {
            self.is_below().equals_byte(b'|')
        }

        #[inline]
        fn is_below(self) -> Self {
            Self(self.0.map(|word| word | (LOW_BITS * 0x20)))
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
        pub(super) fn to_bitmask(self) -> u32 {
            let [low, high] = self.0.map(|word| {
                let bits = (word & HIGH_BITS) >> 7;
                (bits.wrapping_mul(0x0102_0408_1020_4080) >> 56) as u32
            });
            low | high << 8
        }
    }
}
#[cfg(not(target_arch = "x86_64"))]
use self::scalar as vector;

#[cfg(all(test, target_arch = "x86_64"))]
mod tests {
    use super::{bytes_equal, scalar, vector};

    #[test]
    fn texts_are_the_same_only_in_all_their_bytes() {
        let text: Vec<u8> = (0..40).collect();
        for length in 0..text.len() {
            let text = &text[..length];
            assert!(bytes_equal(text, text));
            for at in 0..length {
                let mut other = text.to_vec();
                other[at] ^= 1;
                assert!(!bytes_equal(text, &other), "{length} {at}");
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
            let (one, other) = (vector::ByteLane::from_bytes(&bytes), scalar::ByteLane::from_bytes(&bytes));
            for asked in *b"\"\\{} \x00\x7f\x80\xff" {
                assert_eq!(
                    one.equals_byte(asked).to_bitmask(),
                    other.equals_byte(asked).to_bitmask(),
                    "{bytes:?} {asked}"
                );
            }
            assert_eq!(one.is_control().to_bitmask(), other.is_control().to_bitmask(), "{bytes:?}");
            let places = |of: &[u8]| {
                let there = bytes.iter().enumerate().filter(|(_, byte)| of.contains(byte));
                there.map(|(at, _)| 1 << at).sum::<u32>()
            };
            for lane in [one.is_near_bracket().to_bitmask(), other.is_near_bracket().to_bitmask()] {
                assert_eq!(lane, places(b"[\\]{|}"), "{bytes:?}");
            }
            for lane in [one.is_between_brackets().to_bitmask(), other.is_between_brackets().to_bitmask()] {
                assert_eq!(lane, places(b"\\|"), "{bytes:?}");
            }
            let both = [
                one.equals_byte(b'x').xor(one.equals_byte(byte)).to_bitmask(),
                other.equals_byte(b'x').xor(other.equals_byte(byte)).to_bitmask(),
            ];
            assert_eq!(both, [places(b"x") ^ places(&[byte]); 2], "{bytes:?}");
        }
    }
}
