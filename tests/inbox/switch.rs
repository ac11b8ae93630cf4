//! The tests that run only where they are asked for: they take long, or need more than a Rust toolchain.

use std::{
    env,
    io::{self, Write},
    thread,
};

/// For what takes many seconds.
pub(crate) const LONG: &str = "STRIPE_HOOKS_LONG_TESTS";
/// For what mounts file systems of its own, as only an administrator may.
pub(crate) const MOUNTS: &str = "STRIPE_HOOKS_MOUNTS";

/// Whether the variable is set; if not, the test is to return at once.
pub(crate) fn is_on(variable: &str) -> bool {
    let is_on = env::var_os(variable).is_some_and(|value| !value.is_empty());
    if !is_on {
        skip(&format!("set {variable}"));
    }
    is_on
}

/// Says that this test does not run, and what it would take.
pub(crate) fn skip(what: &str) {
    // A test runs on a thread of its name.
    let thread = thread::current();
    let test = thread.name().unwrap_or_default();
    // Past the test harness, which hides what a passing test prints.
    let _ = writeln!(io::stderr(), "SKIPPED: {test} ({what} to run it)");
}
