//! The attribute on a struct.
#![allow(unused)]

use stripe_hooks::on_event;

#[on_event("invoice.paid")]
struct Book; //~ struct

fn main() {}
