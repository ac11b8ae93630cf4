//! A run that waits for its turn, and an answer that waits for the run.
#![allow(unused)]

use stripe_hooks::on_event;

#[on_event("checkout.session.completed", inline, order = "object")] //~ "object"
async fn fulfil() {}

fn main() {}
