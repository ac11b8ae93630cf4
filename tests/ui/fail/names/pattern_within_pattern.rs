//! A pattern that another one includes.
#![allow(unused)]

use stripe_hooks::on_event;

#[on_event("customer.*", "customer.subscription.*")] //~ "customer.subscription.*"
async fn sync() {}

fn main() {}
