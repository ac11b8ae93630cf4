//! An argument that could be many types.
#![allow(unused)]

use stripe_hooks::on_event;

#[on_event("invoice.paid")]
async fn book(object: impl Send) {} //~ impl

fn main() {}
