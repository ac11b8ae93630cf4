//! An `unsafe fn` as a handler.
#![allow(unused)]

use stripe_hooks::on_event;

#[on_event("invoice.paid")]
async unsafe fn book() {} //~ unsafe

fn main() {}
