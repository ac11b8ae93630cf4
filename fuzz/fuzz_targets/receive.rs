//! A whole delivery: what is not signed is a 400, and what is signed is what the rule as the tests write it down says.
#![no_main]

use arbitrary::Arbitrary;
use fuzzed::{NOW, SECRET, fill_in_signatures, receive, signature_model};
use libfuzzer_sys::fuzz_target;

#[derive(Debug, Arbitrary)]
struct Input<'a> {
    header: Option<&'a [u8]>,
    body: &'a [u8],
}

fuzz_target!(|input: Input<'_>| {
    let header = input.header.map(|header| fill_in_signatures(header, input.body));
    let status = receive(header.as_deref(), input.body).status();
    match signature_model::expected_verdict(header.as_deref(), input.body, &[SECRET], Some(300), NOW) {
        Ok(_) => assert!([200, 400].contains(&status), "{status}"),
        Err(_) => assert_eq!(status, 400),
    }
});
