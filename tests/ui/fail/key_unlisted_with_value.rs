//! `unlisted` takes no value.
#![allow(unused)]

use stripe_hooks::on_event;

#[on_event("invoice.new", unlisted = true)]
async fn book() {}

fn main() {}
