//! A return type without meaning.
#![allow(unused)]

use stripe_hooks::on_event;

#[on_event("invoice.paid")]
async fn book() -> u32 {
    1
}

fn main() {}
