//! An order of events that name no object.
#![allow(unused)]

use stripe_hooks::on_event;

#[on_event("v1.invoice.upcoming", order = "object")] //~ "v1.invoice.upcoming"
async fn book() {}

fn main() {}
