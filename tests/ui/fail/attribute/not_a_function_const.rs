//! The attribute on a constant closure.
#![allow(unused)]

use stripe_hooks::on_event;

#[on_event("invoice.paid")]
const BOOK: fn() = || {}; //~ const

fn main() {}
