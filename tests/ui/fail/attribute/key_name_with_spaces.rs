//! A handler's name that no log could be searched for.
#![allow(unused)]

use stripe_hooks::on_event;

#[on_event("invoice.paid", name = "book the invoice")] //~ "book the invoice"
async fn book() {}

fn main() {}
