//! A path that begins in the event.
#![allow(unused)]

use stripe_hooks::on_event;

#[on_event("customer.subscription.updated", when(data.object.status => "active"))] //~ data.object.status
async fn welcome() {}

fn main() {}
