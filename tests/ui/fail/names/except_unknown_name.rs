//! An exception that is like no event.
#![allow(unused)]

use stripe_hooks::on_event;

#[on_event("payout.*", except("warehouse.opened"))] //~ "warehouse.opened"
async fn sync() {}

fn main() {}
