//! The stages: endpoints that do more and more with a delivery.

use std::{borrow::Cow, hint::black_box};

use stripe_hooks::{
    Endpoint, Event, Lens, Raw, SqliteInbox, Timestamp,
    objects::{Charge, Customer, Invoice, PaymentIntent},
    on_event,
};

/// What is done with a delivery.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stage {
    /// No handler takes it.
    Acknowledge,
    /// A handler takes a lens of five fields.
    Lens,
    /// A handler takes the whole object.
    Object,
    /// Three handlers: one takes the object, one a lens, and one the untouched JSON in its envelope.
    Three,
    /// The inbox has it already.
    Duplicate,
}

impl Stage {
    /// All of them, and what they are called.
    pub const ALL: [(Self, &str); 5] = [
        (Self::Acknowledge, "acknowledge, no handler"),
        (Self::Lens, "lens of 5 fields"),
        (Self::Object, "full object"),
        (Self::Three, "three handlers"),
        (Self::Duplicate, "duplicate in the inbox"),
    ];

    /// The stage of this name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|(_, known)| *known == name).map(|(stage, _)| stage)
    }

    /// The endpoint that does it. An inbox is made in this folder.
    #[must_use]
    pub fn endpoint(self, folder: &std::path::Path) -> Endpoint {
        let builder = Endpoint::builder().secret(crate::SECRET);
        let builder = match self {
            Self::Acknowledge => builder.name::<NothingEndpoint>(),
            Self::Lens => builder.name::<LensesEndpoint>(),
            Self::Object => builder.name::<ObjectsEndpoint>(),
            Self::Three => builder.name::<SeveralEndpoint>(),
            Self::Duplicate => {
                builder.name::<ObjectsEndpoint>().inbox(SqliteInbox::open(folder.join("inbox.db")).unwrap())
            }
        };
        builder.build().unwrap()
    }
}

#[derive(stripe_hooks::EndpointName)]
struct NothingEndpoint;

#[on_event("customer.created", endpoint = NothingEndpoint)]
fn another_event(customer: Customer) {
    black_box(&customer);
}

#[derive(stripe_hooks::EndpointName)]
struct ObjectsEndpoint;

#[on_event("payment_intent.succeeded", endpoint = ObjectsEndpoint)]
async fn payment_intent(object: PaymentIntent) {
    black_box(&object);
}

#[on_event("charge.succeeded", endpoint = ObjectsEndpoint)]
async fn charge(object: Charge) {
    black_box(&object);
}

#[on_event("invoice.paid", endpoint = ObjectsEndpoint)]
async fn invoice(object: Invoice) {
    black_box(&object);
}

#[derive(Lens)]
#[lens("payment_intent")]
struct SomeOfPaymentIntent<'a> {
    id: &'a str,
    amount: i64,
    currency: &'a str,
    created: Timestamp,
    #[lens(path = "amount_details.tip.amount")]
    tip: Option<i64>,
}

#[derive(Lens)]
#[lens("charge")]
struct SomeOfCharge<'a> {
    id: &'a str,
    amount: i64,
    currency: &'a str,
    created: Timestamp,
    #[lens(path = "payment_method_details.card.last4")]
    last4: Option<Cow<'a, str>>,
}

#[derive(Lens)]
#[lens("invoice")]
struct SomeOfInvoice<'a> {
    customer_email: Option<Cow<'a, str>>,
    amount_paid: i64,
    currency: &'a str,
    created: Timestamp,
    #[lens(path = "parent.subscription_details.subscription")]
    subscription: Option<&'a str>,
}

impl ReadAllFields for SomeOfPaymentIntent<'_> {
    fn read_all_fields(&self) {
        black_box((self.id, self.amount, self.currency, self.created, self.tip));
    }
}

impl ReadAllFields for SomeOfCharge<'_> {
    fn read_all_fields(&self) {
        black_box((self.id, self.amount, self.currency, self.created, &self.last4));
    }
}

impl ReadAllFields for SomeOfInvoice<'_> {
    fn read_all_fields(&self) {
        black_box((&self.customer_email, self.amount_paid, self.currency, self.created, self.subscription));
    }
}

trait ReadAllFields {
    fn read_all_fields(&self);
}

#[derive(stripe_hooks::EndpointName)]
struct LensesEndpoint;
#[derive(stripe_hooks::EndpointName)]
struct SeveralEndpoint;

#[on_event("payment_intent.succeeded", endpoint = LensesEndpoint)]
#[on_event("payment_intent.succeeded", endpoint = SeveralEndpoint)]
async fn some_of_payment_intent(lens: SomeOfPaymentIntent<'_>) {
    lens.read_all_fields();
}

#[on_event("charge.succeeded", endpoint = LensesEndpoint)]
#[on_event("charge.succeeded", endpoint = SeveralEndpoint)]
async fn some_of_charge(lens: SomeOfCharge<'_>) {
    lens.read_all_fields();
}

#[on_event("invoice.paid", endpoint = LensesEndpoint)]
#[on_event("invoice.paid", endpoint = SeveralEndpoint)]
async fn some_of_invoice(lens: SomeOfInvoice<'_>) {
    lens.read_all_fields();
}

#[on_event("payment_intent.succeeded", endpoint = SeveralEndpoint)]
async fn whole_payment_intent(object: PaymentIntent) {
    black_box(&object);
}

#[on_event("charge.succeeded", endpoint = SeveralEndpoint)]
async fn whole_charge(object: Charge) {
    black_box(&object);
}

#[on_event("invoice.paid", endpoint = SeveralEndpoint)]
async fn whole_invoice(object: Invoice) {
    black_box(&object);
}

#[on_event("payment_intent.succeeded", "charge.succeeded", "invoice.paid", endpoint = SeveralEndpoint)]
async fn untouched(event: Event<Raw>) {
    black_box(&event);
}
