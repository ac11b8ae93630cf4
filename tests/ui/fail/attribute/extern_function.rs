//! An `extern fn` as a handler.
#![allow(unused)]

use stripe_hooks::on_event;

#[on_event("invoice.paid")]
extern "C" fn book() {} //~ extern "C"

fn main() {}
