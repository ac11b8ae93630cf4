//! An exception that is given twice.
#![allow(unused)]

use stripe_hooks::on_event;

#[on_event("*", except("payout.paid", "payout.paid"))] //~ "payout.paid"
async fn audit() {}

fn main() {}
