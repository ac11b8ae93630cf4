//! A key that is given twice.
#![allow(unused)]

use stripe_hooks::on_event;

#[on_event("invoice.paid", name = "book", name = "books")]
async fn book() {}

fn main() {}
