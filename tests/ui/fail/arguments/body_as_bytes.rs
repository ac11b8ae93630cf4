//! The body of the delivery.
#![allow(unused)]

use stripe_hooks::on_event;

#[on_event("invoice.paid")]
async fn book(body: Vec<u8>) {} //~ Vec<u8>

fn main() {}
