//! A value of the endpoint's type instead of the type.
#![allow(unused)]

use stripe_hooks::on_event;

struct Connect;

#[on_event("invoice.paid", endpoint = Connect::new())] //~ endpoint
async fn book() {}

fn main() {}
