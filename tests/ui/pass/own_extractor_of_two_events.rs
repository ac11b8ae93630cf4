//! A type of the user that reads each event in another way.

use stripe_hooks::{EventContext, FromEvent, Rejection, events, on_event};

struct Due(i64);

impl<'cx> FromEvent<'cx, events::InvoicePaid> for Due {
    fn from_event(_: &EventContext<'cx>) -> Result<Self, Rejection> {
        Ok(Due(0))
    }
}

impl<'cx> FromEvent<'cx, events::InvoiceVoided> for Due {
    fn from_event(_: &EventContext<'cx>) -> Result<Self, Rejection> {
        Ok(Due(1))
    }
}

#[on_event("invoice.paid", "invoice.voided")]
async fn book(due: Due) {
    assert!(due.0 < 2);
}

fn main() {
    assert_eq!(stripe_hooks::handlers().len(), 1);
}
