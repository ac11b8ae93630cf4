//! Something else to do with stale events than to skip them.
#![allow(unused)]

use stripe_hooks::on_event;

#[on_event("invoice.updated", order = "object", stale = "drop")] //~ "drop"
async fn book() {}

fn main() {}
