//! `unlisted` does not bring a retired event back.
#![allow(unused)]

use stripe_hooks::on_event;

#[on_event("order.updated", unlisted)]
async fn track() {}

fn main() {}
