//! An endpoint that is no type.
#![allow(unused)]

use stripe_hooks::on_event;

#[on_event("invoice.paid", endpoint = "connect")] //~ endpoint
async fn book() {}

fn main() {}
