//! A limit of some number, of nobody knows what.
#![allow(unused)]

use stripe_hooks::on_event;

#[on_event("checkout.session.completed", inline = "2")] //~ "2"
async fn fulfil() {}

fn main() {}
