//! A constant of another module instead of the name.
#![allow(unused)]

use stripe_hooks::on_event;

mod names {
    pub const PAID: &str = "invoice.paid";
}

#[on_event(names::PAID)] //~ names::PAID
async fn book() {}

fn main() {}
