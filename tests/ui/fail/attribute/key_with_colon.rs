//! A colon after a key.
#![allow(unused)]

use stripe_hooks::on_event;

#[on_event("invoice.paid", name: "book")] //~ name
async fn book() {}

fn main() {}
