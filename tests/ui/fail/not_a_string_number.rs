//! A number.
#![allow(unused)]

use stripe_hooks::on_event;

#[on_event(42)]
async fn answer() {}

fn main() {}
