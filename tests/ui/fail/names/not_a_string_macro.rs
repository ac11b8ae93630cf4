//! A macro instead of the name.
#![allow(unused)]

use stripe_hooks::on_event;

#[on_event(concat!("invoice", ".paid"))] //~ concat!("invoice", ".paid")
async fn book() {}

fn main() {}
