//! The header parser and the verification: whatever the header, the verdict is that of the rule as the tests write it down.
#![no_main]

use std::sync::LazyLock;

use arbitrary::Arbitrary;
use fuzzed::{NOW, SECRET, fill_in_signatures, signature_model};
use libfuzzer_sys::fuzz_target;
use stripe_hooks::signature::{Secret, Tolerance, verify};

#[derive(Debug, Arbitrary)]
struct Input<'a> {
    body: [u8; 2],
    now: Option<i64>,
    tolerance: Option<u64>,
    header: &'a [u8],
}

static SECRETS: LazyLock<[Secret; 2]> =
    LazyLock::new(|| ["whsec_other", SECRET].map(|text| Secret::new(text).expect("a secret")));

fuzz_target!(|input: Input<'_>| {
    let header = fill_in_signatures(input.header, &input.body);
    let now = input.now.unwrap_or(NOW);
    let tolerance = input.tolerance.map_or_else(Tolerance::dangerously_accept_any_age, Tolerance::seconds);
    let verdict = verify(Some(&header), &input.body, &*SECRETS, tolerance, now);
    let expected =
        signature_model::expected_verdict(Some(&header), &input.body, &["whsec_other", SECRET], input.tolerance, now);
    assert_eq!(verdict.map(|verified| verified.timestamp), expected);
});
