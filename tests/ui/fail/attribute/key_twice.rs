//! A key that is given twice.
#![allow(unused)]

use stripe_hooks::on_event;

#[on_event("invoice.paid", name = "book", name = "books")] //~ name
async fn book() {}

fn main() {}
