//! A timeout that is a number.
#![allow(unused)]

use stripe_hooks::on_event;

#[on_event("invoice.paid", timeout = 30)] //~ timeout
async fn book() {}

fn main() {}
