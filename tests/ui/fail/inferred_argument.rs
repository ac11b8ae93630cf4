//! A type that is left to the compiler.
#![allow(unused)]

use stripe_hooks::on_event;

#[on_event("invoice.paid")]
async fn book(invoice: _) {}

fn main() {}
