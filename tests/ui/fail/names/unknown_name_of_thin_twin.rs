//! A thin event without the prefix of its form.
#![allow(unused)]

use stripe_hooks::on_event;

#[on_event("core.event_destination.ping")] //~ "core.event_destination.ping"
async fn pong() {}

fn main() {}
