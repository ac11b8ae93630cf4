//! A path through an array without `[]`.
#![allow(unused)]

use stripe_hooks::on_event;

#[on_event("customer.subscription.updated", when(items.data.price.id => "price_pro"))] //~ items.data.price.id
async fn welcome() {}

fn main() {}
