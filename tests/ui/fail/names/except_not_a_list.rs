//! Exceptions without parentheses.
#![allow(unused)]

use stripe_hooks::on_event;

#[on_event("*", except = "payout.paid")] //~ except
async fn audit() {}

fn main() {}
