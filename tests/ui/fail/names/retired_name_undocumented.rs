//! An internal name that was listed for a while.
#![allow(unused)]

use stripe_hooks::on_event;

#[on_event("ping")] //~ "ping"
async fn pong() {}

fn main() {}
