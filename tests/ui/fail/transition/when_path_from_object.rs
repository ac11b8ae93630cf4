//! A path that begins with the name of the object.
#![allow(unused)]

use stripe_hooks::on_event;

#[on_event("customer.subscription.updated", when(subscription.status => "active"))] //~ subscription.status
async fn welcome() {}

fn main() {}
