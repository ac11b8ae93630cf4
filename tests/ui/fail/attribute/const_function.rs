//! A `const fn` as a handler.
#![allow(unused)]

use stripe_hooks::on_event;

#[on_event("invoice.paid")]
const fn book() {} //~ const

fn main() {}
