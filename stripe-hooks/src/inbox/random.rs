//! Random numbers that differ from call to call and from process to process.

use std::hash::{BuildHasher, RandomState};

pub(super) fn bits() -> u64 {
    RandomState::new().hash_one(())
}

/// An id of 32 hexadecimal digits.
pub(super) fn id() -> String {
    format!("{:016x}{:016x}", bits(), bits())
}

/// A number from 0 to 1.
pub(super) fn fraction() -> f64 {
    f64::from(u32::try_from(bits() >> 32).unwrap_or_default()) / f64::from(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_two_calls_agree() {
        assert_ne!(bits(), bits());
        let fractions = [fraction(), fraction(), fraction()];
        assert!(fractions.iter().all(|fraction| (0.0..=1.0).contains(fraction)), "{fractions:?}");
        assert!(fractions[0] != fractions[1] || fractions[1] != fractions[2]);
    }
}
