//! Exceptions that leave nothing.
#![allow(unused)]

use stripe_hooks::on_event;

#[on_event("payout.*", except("payout.*"))] //~ "payout.*"
async fn sync() {}

fn main() {}
