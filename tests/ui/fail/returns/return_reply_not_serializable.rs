//! A reply that cannot be written as JSON.
#![allow(unused)]

use stripe_hooks::{Reply, on_event};

struct Decision;

#[on_event("issuing_authorization.request")]
async fn decide() -> Reply<Decision> { //~ Reply<Decision>
    Reply::new(Decision)
}

fn main() {}
