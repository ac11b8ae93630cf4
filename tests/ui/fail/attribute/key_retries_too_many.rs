//! More retries than anybody waits for.
#![allow(unused)]

use stripe_hooks::on_event;

#[on_event("invoice.paid", retries = 100000)] //~ 100000
async fn book() {}

fn main() {}
