//! Numbers by chance, which no test depends on.

use std::hash::{BuildHasher, Hasher, RandomState};

/// Returns a random number below the limit.
pub(crate) fn random_below(limit: u64) -> u64 {
    RandomState::new().build_hasher().finish() % limit
}
