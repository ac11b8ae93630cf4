//! A star that is part of a word.
#![allow(unused)]

use stripe_hooks::on_event;

#[on_event("invoice.payment_*")] //~ "invoice.payment_*"
async fn sync() {}

fn main() {}
