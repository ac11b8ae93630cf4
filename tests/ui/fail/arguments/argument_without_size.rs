//! A slice as an argument.
#![allow(unused)]

use stripe_hooks::on_event;

#[on_event("invoice.paid")]
async fn book(body: [u8]) {} //~ [u8]

fn main() {}
