//! An order by something else than the object.
#![allow(unused)]

use stripe_hooks::on_event;

#[on_event("invoice.paid", order = "customer")] //~ "customer"
async fn book() {}

fn main() {}
