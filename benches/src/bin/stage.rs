//! Runs one stage on one body so many times, without the HMAC: `stage STAGE BODY TIMES`, or without arguments lists both.

#![allow(clippy::unwrap_used, reason = "a measurement stops at the first thing that is not as it should be")]

use bytes::Bytes;
use futures_util::FutureExt;
use stripe_hooks_benches::{bodies, stages::Stage};

fn main() {
    let arguments: Vec<_> = std::env::args().skip(1).collect();
    let [stage, body, times] = &arguments[..] else {
        for body in bodies::all() {
            println!("{}\t{}\t{:?}", body.name, body.json.len(), body.carries);
        }
        return;
    };
    let (stage, _) = *Stage::ALL.iter().find(|(_, name)| name == stage).unwrap();
    let body = Bytes::from(bodies::named(body).json);
    let endpoint = stage.endpoint("".as_ref());
    for _ in 0..times.parse::<usize>().unwrap() {
        let answer = endpoint.dispatch_verified(body.clone()).now_or_never().unwrap();
        assert_eq!(answer.status(), 200);
    }
}
