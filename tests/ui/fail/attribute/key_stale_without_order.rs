//! Stale events are skipped, and nothing tells which are.
#![allow(unused)]

use stripe_hooks::on_event;

#[on_event("invoice.updated", stale = "skip")] //~ "skip"
async fn book() {}

fn main() {}
