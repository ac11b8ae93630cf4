//! An empty name.
#![allow(unused)]

use stripe_hooks::on_event;

#[on_event("")] //~ ""
async fn nothing() {}

fn main() {}
