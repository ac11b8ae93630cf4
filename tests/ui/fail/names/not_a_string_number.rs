//! A number instead of a name.
#![allow(unused)]

use stripe_hooks::on_event;

#[on_event(42)] //~ 42
async fn answer() {}

fn main() {}
