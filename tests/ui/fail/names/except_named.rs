//! An exception of an event that is named.
#![allow(unused)]

use stripe_hooks::on_event;

#[on_event("customer.*", "invoice.paid", except("invoice.paid"))] //~ "invoice.paid"
async fn sync() {}

fn main() {}
