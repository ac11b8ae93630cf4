//! A limit that is a number.
#![allow(unused)]

use stripe_hooks::on_event;

#[on_event("checkout.session.completed", inline = 2)] //~ inline
async fn fulfil() {}

fn main() {}
