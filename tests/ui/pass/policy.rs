//! How an inbox shall try the runs of a handler.
#![deny(warnings)]

use stripe_hooks::{objects::Invoice, on_event};

#[on_event("invoice.paid", retries = 0, timeout = "2m", backoff = "500ms", concurrency = 1)]
async fn book(_invoice: Invoice) {}

#[on_event("invoice.voided", timeout = "1d", name = "void")]
fn void() {}

fn main() {}
