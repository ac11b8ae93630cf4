//! One `&mut` argument, lent and settled, beside others.

use stripe_hooks::{EventContext, Lend, Outcome, Rejection, objects::Invoice, on_event};

struct Ledger;

impl<'cx> Lend<'cx> for Ledger {
    async fn lend(_: &EventContext<'cx>) -> Result<Self, Rejection> {
        Ok(Ledger)
    }

    async fn finish(self, outcome: Outcome) -> Outcome {
        outcome
    }
}

#[on_event("invoice.paid", "invoice.voided")]
async fn book(invoice: Invoice, ledger: &mut Ledger) -> Result<(), String> {
    std::future::ready(()).await;
    drop((invoice, ledger));
    Ok(())
}

#[on_event("invoice.paid")]
fn count(ledger: &mut Ledger, invoice: Invoice) {
    drop((invoice, ledger));
}

fn main() {
    assert_eq!(stripe_hooks::handlers().len(), 2);
}
