//! A handler's name of nothing.
#![allow(unused)]

use stripe_hooks::on_event;

#[on_event("invoice.paid", name = "")] //~ ""
async fn book() {}

fn main() {}
