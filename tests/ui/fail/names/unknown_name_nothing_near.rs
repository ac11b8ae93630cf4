//! A name like no other.
#![allow(unused)]

use stripe_hooks::on_event;

#[on_event("order_shipped")] //~ "order_shipped"
async fn ship() {}

fn main() {}
