//! A pattern like no event.
#![allow(unused)]

use stripe_hooks::on_event;

#[on_event("warehouse.*")] //~ "warehouse.*"
async fn sync() {}

fn main() {}
