//! A retired event that another has replaced.
#![allow(unused)]

use stripe_hooks::on_event;

#[on_event("transfer.paid")] //~ "transfer.paid"
async fn book() {}

fn main() {}
