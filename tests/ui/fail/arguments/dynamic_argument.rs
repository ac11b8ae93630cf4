//! A trait object as an argument.
#![allow(unused)]

use stripe_hooks::on_event;

#[on_event("invoice.paid")]
async fn book(object: Box<dyn std::any::Any + Send>) {} //~ Box<dyn std::any::Any + Send>

fn main() {}
