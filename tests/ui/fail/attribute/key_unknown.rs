//! A key that does not exist.
#![allow(unused)]

use stripe_hooks::on_event;

#[on_event("invoice.paid", priority = 3)] //~ priority
async fn book() {}

fn main() {}
