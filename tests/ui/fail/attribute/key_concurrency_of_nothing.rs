//! A handler that may never run.
#![allow(unused)]

use stripe_hooks::on_event;

#[on_event("invoice.paid", concurrency = 0)] //~ 0
async fn book() {}

fn main() {}
