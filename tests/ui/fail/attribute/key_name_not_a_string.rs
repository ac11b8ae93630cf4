//! A handler's name that is no string.
#![allow(unused)]

use stripe_hooks::on_event;

#[on_event("invoice.paid", name = book)] //~ name
async fn book() {}

fn main() {}
