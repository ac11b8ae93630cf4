//! Independent mistakes show together.
#![allow(unused)]

use stripe_hooks::on_event;

#[on_event("invoice.payed", "charge.suceeded", prority = 1)]
async fn book() {}

fn main() {}
