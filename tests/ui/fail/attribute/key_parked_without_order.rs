//! A parked run holds others, which stand in no line.
#![allow(unused)]

use stripe_hooks::on_event;

#[on_event("invoice.updated", parked = "holds")] //~ "holds"
async fn book() {}

fn main() {}
