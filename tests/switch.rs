//! The environment variables that switch on the tests which need more than this repository and a Rust toolchain.

use std::{
    env,
    io::{self, Write},
    path::PathBuf,
};

/// The binary of the Stripe CLI.
pub(crate) const CLI: &str = "STRIPE_HOOKS_CLI";
/// The folder of the sample events, `sample_events.jsonl` and its two neighbours.
pub(crate) const SAMPLES: &str = "STRIPE_HOOKS_SAMPLES";
/// A folder whose `node_modules` holds npm's `stripe`.
pub(crate) const NODE_PEER: &str = "STRIPE_HOOKS_NODE_PEER";
/// A Python interpreter that can import PyPI's `stripe`.
pub(crate) const PYTHON_PEER: &str = "STRIPE_HOOKS_PYTHON_PEER";

/// The paths that these variables hold, or `None` when one is unset: the test named `test` is then to return at once.
///
/// The notice is written past the test harness, which hides what a passing test prints.
///
/// # Panics
/// When a path does not exist: a mistyped variable must not look like a proof that ran.
pub(crate) fn paths<const N: usize>(test: &str, variables: [&str; N]) -> Option<[PathBuf; N]> {
    let found = variables.map(|variable| env::var_os(variable).map(PathBuf::from));
    let unset: Vec<_> = variables
        .iter()
        .zip(&found)
        .filter(|(_, path)| path.is_none())
        .map(|(variable, _)| *variable)
        .collect();
    if !unset.is_empty() {
        let _ = writeln!(io::stderr(), "SKIPPED: {test} (set {} to run it)", unset.join(" and "));
        return None;
    }
    for (variable, path) in variables.iter().zip(found.iter().flatten()) {
        assert!(path.exists(), "{variable} names {}, which does not exist", path.display());
    }
    Some(found.map(Option::unwrap_or_default))
}
