//! A handler with a type parameter.
#![allow(unused)]

use stripe_hooks::{State, on_event};

#[on_event("invoice.paid")]
async fn book<T: Send>(state: State<T>) {} //~ T: Send

fn main() {}
