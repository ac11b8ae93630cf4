//! What the fuzz targets share: an endpoint, deliveries to it, and the signature rule as the tests write it down.

#[path = "../tests/signature_model.rs"]
pub mod signature_model;

use std::{
    sync::LazyLock,
    time::{Duration, SystemTime},
};

use bytes::Bytes;
use futures_util::FutureExt;
use stripe_hooks::{
    Answer, Endpoint,
    signature::{Secret, sign},
};

/// The signing secret of the endpoint.
pub const SECRET: &str = "whsec_QfRmHbHbC5xhyWpDqXGkz3Kf";

/// The time at the endpoint.
pub const NOW: i64 = 1_800_000_000;

/// The name of the endpoint.
#[derive(stripe_hooks::EndpointName)]
pub struct Fuzzed;

/// The endpoint, with the handlers that a target has.
pub static ENDPOINT: LazyLock<Endpoint> = LazyLock::new(|| {
    Endpoint::builder()
        .name::<Fuzzed>()
        .secret(SECRET)
        .clock(|| SystemTime::UNIX_EPOCH + Duration::from_secs(NOW.unsigned_abs()))
        .on_unhandled(async |_| ())
        .build()
        .expect("an endpoint")
});

static SIGNING_SECRET: LazyLock<Secret> = LazyLock::new(|| Secret::new(SECRET).expect("a secret"));

/// The header that signs a body.
pub fn signature(body: &[u8]) -> String {
    sign(body, &SIGNING_SECRET, NOW)
}

/// Has the endpoint receive a delivery; no handler here waits for anything.
pub fn receive(header: Option<&[u8]>, body: &[u8]) -> Answer {
    ENDPOINT.receive(header, Bytes::copy_from_slice(body)).now_or_never().expect("an answer at once")
}

/// Puts the signature of the body wherever the header has a byte that no text has, so that a fuzzer that cannot compute an HMAC comes
/// by one that is right.
pub fn fill_in_signatures(header: &[u8], body: &[u8]) -> Vec<u8> {
    let signature = signature(body);
    let digits = signature.split_once("v1=").map_or("", |(_, digits)| digits).as_bytes();
    header
        .iter()
        .flat_map(|byte| if *byte == 0xff { digits } else { std::slice::from_ref(byte) })
        .copied()
        .collect()
}
