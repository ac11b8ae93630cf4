//! A retired event, which `unlisted` does not bring back.
#![allow(unused)]

use stripe_hooks::on_event;

#[on_event("order.updated", unlisted)] //~ "order.updated"
async fn track() {}

fn main() {}
