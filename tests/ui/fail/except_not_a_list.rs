//! An exception without parentheses.
#![allow(unused)]

use stripe_hooks::on_event;

#[on_event("*", except = "payout.paid")]
async fn audit() {}

fn main() {}
