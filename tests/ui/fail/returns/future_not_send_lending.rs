//! A value that must stay on its thread, kept across an await beside a borrowed argument.
//!
//! Drop the value before the await, or use one that is `Send`, such as `Arc`.
#![allow(unused)]

use stripe_hooks::{EventContext, Lend, Outcome, Rejection, on_event};

struct Ledger;

impl<'cx> Lend<'cx> for Ledger {
    async fn lend(_: &EventContext<'cx>) -> Result<Self, Rejection> {
        Ok(Ledger)
    }

    async fn finish(self, outcome: Outcome) -> Outcome {
        outcome
    }
}

#[on_event("invoice.paid")]
async fn book(ledger: &mut Ledger) { //~ book
    let total = std::rc::Rc::new(1);
    std::future::ready(()).await;
    drop((total, ledger));
}

fn main() {}

#[on_event("invoice.paid")]
async fn neighbour(ledger: &mut Ledger) {}

#[derive(stripe_hooks::Lens)]
#[lens("invoice")]
struct Neighbour {
    amount_paid: i64,
}
