//! An endpoint that is a function.
//!
//! Name the endpoint by a type, such as `struct Connect;`.
#![allow(unused)]

use stripe_hooks::on_event;

fn connect() {}

#[on_event("invoice.paid", endpoint = connect)] //~ connect
async fn book() {}

fn main() {}
