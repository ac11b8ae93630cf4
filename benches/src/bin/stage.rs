//! Runs one stage on one body so many times: `stage STAGE BODY TIMES`. The stage `MAC only` is what all others have in common. With a body
//! alone it writes it to the standard output.

#![allow(
    clippy::panic,
    clippy::unwrap_used,
    reason = "a measurement stops at the first thing that is not as it should be"
)]

use bytes::Bytes;
use futures_util::FutureExt;
use stripe_hooks::signature::{Tolerance, verify};
use stripe_hooks_benches::{bodies, now, secret, signature_header, stages::Stage};

fn main() {
    let arguments: Vec<_> = std::env::args().skip(1).collect();
    let (name, body, times) = match &arguments[..] {
        [body] => return print!("{}", bodies::body_named(body).json),
        [name, body, times] => (name, body, times),
        _ => return eprintln!("stage [STAGE] BODY [TIMES]"),
    };
    let (stage, body, times) =
        (Stage::named(name), Bytes::from(bodies::body_named(body).json), times.parse().unwrap());
    let header = signature_header(&body);
    let Some(stage) = stage else {
        let secrets = [secret()];
        return (0..times).for_each(|_| {
            verify(Some(header.as_bytes()), &body, &secrets, Tolerance::DEFAULT, now()).unwrap();
        });
    };
    let endpoint = stage.endpoint("".as_ref());
    for _ in 0..times {
        let answer = endpoint.receive(Some(header.as_bytes()), body.clone()).now_or_never().unwrap();
        assert_eq!(answer.status(), 200);
    }
}
