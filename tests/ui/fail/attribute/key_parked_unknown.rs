//! Something else for a parked run to do than to hold those after it.
#![allow(unused)]

use stripe_hooks::on_event;

#[on_event("invoice.updated", order = "object", parked = "blocks")] //~ "blocks"
async fn book() {}

fn main() {}
