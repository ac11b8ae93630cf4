//! A string slice as an argument.
#![allow(unused)]

use stripe_hooks::on_event;

#[on_event("invoice.paid")]
async fn book(id: &str) {} //~ &str

fn main() {}
