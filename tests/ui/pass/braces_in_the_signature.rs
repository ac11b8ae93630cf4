//! Braces in the signature, which are not those of the body.
#![allow(unused)]

use std::fmt;

use stripe_hooks::{EventId, on_event};

#[derive(Debug)]
struct Failed<const CODE: u16>;

impl<const CODE: u16> fmt::Display for Failed<CODE> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "failed with {CODE}")
    }
}

impl<const CODE: u16> std::error::Error for Failed<CODE> {}

#[on_event("invoice.paid")]
async fn book(id: EventId) -> Result<(), Failed<{ 400 + 9 }>> {
    Err(Failed)
}

fn main() {}
