//! `unlisted` does not excuse what cannot be a name.
#![allow(unused)]

use stripe_hooks::on_event;

#[on_event("invoice paid!", unlisted)]
async fn book() {}

fn main() {}
