//! Numbers that look random and are the same for the same seed, in every version of this crate: a printed seed must reproduce for ever,
//! which no library of random numbers promises. It is SplitMix64, <https://doi.org/10.1145/2660193.2660195>.

#[derive(Debug, Clone)]
pub(crate) struct SeededRandom(u64);

impl SeededRandom {
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// The numbers of one place, so that what is made there depends on nothing that is made elsewhere.
    pub(crate) fn from_seed_and_place(seed: u64, place: &str) -> Self {
        // FNV-1a, which spreads short texts well enough for what only has to look random.
        let hash = place.bytes().fold(0xcbf2_9ce4_8422_2325, |hash: u64, byte| {
            (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3)
        });
        Self(hash ^ Self(seed).next_u64())
    }

    pub(crate) fn next_u64(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// A number below `limit`, which must not be 0.
    pub(crate) fn next_below(&mut self, limit: usize) -> usize {
        // The remainder of a `u64` by a `usize` fits one.
        usize::try_from(self.next_u64() % limit.max(1) as u64).unwrap_or_default()
    }

    /// True once in so many times.
    pub(crate) fn one_in(&mut self, times: usize) -> bool {
        self.next_below(times) == 0
    }

    /// Letters and digits, as in Stripe's ids.
    pub(crate) fn alphanumeric(&mut self, count: usize) -> String {
        const LETTERS: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
        (0..count).map(|_| char::from(LETTERS[self.next_below(LETTERS.len())])).collect()
    }

    pub(crate) fn hexadecimal(&mut self, count: usize) -> String {
        (0..count).map(|_| char::from(b"0123456789abcdef"[self.next_below(16)])).collect()
    }

    pub(crate) fn shuffle<T>(&mut self, items: &mut [T]) {
        for last in (1..items.len()).rev() {
            items.swap(last, self.next_below(last + 1));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seed_gives_the_same_numbers_for_ever() {
        // The first numbers of SplitMix64 for the seed 0, from its reference implementation.
        let mut random = SeededRandom::new(0);
        assert_eq!(random.next_u64(), 0xe220_a839_7b1d_cdaf);
        assert_eq!(random.next_u64(), 0x6e78_9e6a_a1b9_65f4);
        assert_eq!(
            SeededRandom::from_seed_and_place(7, "customer").alphanumeric(4),
            SeededRandom::from_seed_and_place(7, "customer").alphanumeric(4)
        );
        assert_ne!(
            SeededRandom::from_seed_and_place(7, "customer").alphanumeric(14),
            SeededRandom::from_seed_and_place(8, "customer").alphanumeric(14)
        );
    }

    #[test]
    fn a_shuffle_keeps_every_item() {
        let mut items: Vec<_> = (0..10).collect();
        SeededRandom::new(1).shuffle(&mut items);
        assert_ne!(items, (0..10).collect::<Vec<_>>());
        items.sort_unstable();
        assert_eq!(items, (0..10).collect::<Vec<_>>());
    }
}
