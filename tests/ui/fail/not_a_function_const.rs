//! On a constant closure.
#![allow(unused)]

use stripe_hooks::on_event;

#[on_event("invoice.paid")]
const BOOK: fn() = || {};

fn main() {}
