//! An `unsafe fn`.
#![allow(unused)]

use stripe_hooks::on_event;

#[on_event("invoice.paid")]
async unsafe fn book() {}

fn main() {}
