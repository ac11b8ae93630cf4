//! Environment variables that switch on the tests that need more than this repository and a Rust
//! toolchain. A test whose variable is unset says so in one line and passes.
//!
//! `SKIPPED: module::test (set VARIABLE to run it)` names the test by its full path, so that the
//! skipped tests can be run by name where the variables are set.

use std::{
    env,
    io::{self, Write},
    path::PathBuf,
    thread,
};

/// Binary of the Stripe CLI.
pub(crate) const CLI_VARIABLE: &str = "STRIPE_HOOKS_CLI";
/// Folder of the sample events: `sample_events.jsonl`, its neighbours, and `fixtures3.json`.
pub(crate) const SAMPLES_VARIABLE: &str = "STRIPE_HOOKS_SAMPLES";
/// Folder whose `node_modules` holds the npm package `stripe`.
pub(crate) const NODE_PEER_VARIABLE: &str = "STRIPE_HOOKS_NODE_PEER";
/// Python interpreter that can import the PyPI package `stripe`.
pub(crate) const PYTHON_PEER_VARIABLE: &str = "STRIPE_HOOKS_PYTHON_PEER";
/// Binary of our own tool, built with its feature `cli`.
pub(crate) const TOOL_VARIABLE: &str = "STRIPE_HOOKS_TOOL";
/// Folder of PostgreSQL's programs.
pub(crate) const POSTGRES_VARIABLE: &str = "STRIPE_HOOKS_POSTGRES";
/// Switches on tests that take many seconds.
pub(crate) const LONG_TESTS_VARIABLE: &str = "STRIPE_HOOKS_LONG_TESTS";
/// Switches on tests that mount file systems, which only an administrator may.
pub(crate) const MOUNTS_VARIABLE: &str = "STRIPE_HOOKS_MOUNTS";

/// Returns the paths in these variables, or `None` if one is unset; the test then returns at once.
///
/// # Panics
/// If a path does not exist: a mistyped variable must not look like a test that ran.
pub(crate) fn paths_from_env<const N: usize>(variables: [&str; N]) -> Option<[PathBuf; N]> {
    let values = variables.map(env::var_os);
    let unset: Vec<_> = variables
        .into_iter()
        .zip(&values)
        .filter_map(|(name, value)| value.is_none().then_some(name))
        .collect();
    if !unset.is_empty() {
        print_skipped(&format!("set {}", unset.join(" and ")));
        return None;
    }
    let paths = values.map(|value| PathBuf::from(value.unwrap_or_default()));
    for (variable, path) in variables.iter().zip(&paths) {
        assert!(path.exists(), "{variable} names {}, which does not exist", path.display());
    }
    Some(paths)
}

/// Returns whether the variable is set; if not, the test returns at once.
pub(crate) fn is_enabled(variable: &str) -> bool {
    let is_on = env::var_os(variable).is_some_and(|value| !value.is_empty());
    if !is_on {
        print_skipped(&format!("set {variable}"));
    }
    is_on
}

/// Says that this test does not run, and what it needs.
///
/// The notice goes past the test harness, which hides the output of a passing test. It is one
/// write, so that lines of tests that run in parallel do not mix.
pub(crate) fn print_skipped(need: &str) {
    // The harness runs a test on a thread of the test's name.
    let thread = thread::current();
    let test = thread.name().unwrap_or_default();
    let notice = format!("SKIPPED: {test} ({need} to run it)\n");
    let _ = io::stderr().write_all(notice.as_bytes());
}
