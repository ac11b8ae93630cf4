//! A type of the user's own that must stay on its thread.
#![allow(unused)]

use std::{error::Error, fmt};

use stripe_hooks::on_event;

#[derive(Debug)]
struct Failure(std::rc::Rc<str>);

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Error for Failure {}

#[on_event("invoice.paid")]
async fn book() -> Result<(), Failure> { //~ Result<(), Failure>
    Ok(())
}

fn main() {}

#[on_event("invoice.paid")]
async fn neighbour(id: stripe_hooks::EventId) -> Result<(), std::io::Error> {
    Ok(())
}

#[derive(stripe_hooks::Lens)]
#[lens("invoice")]
struct Neighbour {
    amount_paid: i64,
}
