//! A state that cannot be cloned.
#![allow(unused)]

use stripe_hooks::{State, on_event};

struct Db;

#[on_event("payment_intent.succeeded")]
async fn fulfil(State(db): State<Db>) {} //~ State<Db>

fn main() {}
