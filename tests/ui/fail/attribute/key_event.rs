//! A key before the name of an event.
#![allow(unused)]

use stripe_hooks::on_event;

#[on_event(event = "invoice.paid")] //~ event
async fn book() {}

fn main() {}
