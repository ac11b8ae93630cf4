//! A `const fn`.
#![allow(unused)]

use stripe_hooks::on_event;

#[on_event("invoice.paid")]
const fn book() {}

fn main() {}
