//! Random numbers that differ from call to call and from process to process.

use std::hash::{BuildHasher, RandomState};

pub(super) fn random_bits() -> u64 {
    RandomState::new().hash_one(())
}

/// An id of 32 hexadecimal digits.
pub(super) fn random_id() -> String {
    format!("{:016x}{:016x}", random_bits(), random_bits())
}

/// A number from 0 to 1.
pub(super) fn random_fraction() -> f64 {
    f64::from(u32::try_from(random_bits() >> 32).unwrap_or_default()) / f64::from(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_two_calls_agree() {
        assert_ne!(random_bits(), random_bits());
        let fractions = [random_fraction(), random_fraction(), random_fraction()];
        assert!(fractions.iter().all(|fraction| (0.0..=1.0).contains(fraction)), "{fractions:?}");
        assert!(fractions[0] != fractions[1] || fractions[1] != fractions[2]);
    }
}
