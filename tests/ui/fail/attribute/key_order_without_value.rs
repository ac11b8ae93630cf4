//! An order, by nobody knows what.
#![allow(unused)]

use stripe_hooks::on_event;

#[on_event("invoice.paid", order)] //~ order
async fn book() {}

fn main() {}
