//! A constant instead of the name.
#![allow(unused)]

use stripe_hooks::on_event;

const PAID: &str = "invoice.paid";

#[on_event(PAID)] //~ PAID
async fn book() {}

fn main() {}
