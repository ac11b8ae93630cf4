//! An `extern fn`.
#![allow(unused)]

use stripe_hooks::on_event;

#[on_event("invoice.paid")]
extern "C" fn book() {}

fn main() {}
