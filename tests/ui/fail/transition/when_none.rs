//! `None` for a field that has gone.
#![allow(unused)]

use stripe_hooks::on_event;

#[on_event("customer.subscription.updated", when(cancel_at => None))] //~ None
async fn welcome() {}

fn main() {}
