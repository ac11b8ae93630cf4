//! The bodies: events as Stripe writes them, of four sizes, and the same without white space.

use stripe_hooks::testing::sample::{self, Form};

/// An event that is measured.
#[derive(Debug, Clone)]
pub struct Body {
    /// Its size in kB and its form, such as `8 kB, pretty`.
    pub name: String,
    /// What it is on the wire.
    pub json: String,
    /// The object that it carries.
    pub carries: Carries,
}

/// Which object an event carries.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Carries {
    /// `payment_intent.succeeded`
    PaymentIntent,
    /// `charge.succeeded`
    Charge,
    /// `invoice.paid`
    Invoice,
}

/// All bodies, always the same.
#[must_use]
pub fn all_bodies() -> Vec<Body> {
    let invoice = |lines: usize| {
        let first = sample::invoice_paid().form(Form::Typical);
        (0..lines).fold(first, |invoice, line| {
            let at = |field: &str| format!("lines.data[{line}].{field}");
            invoice
                .set(&at("amount"), 1_000 + line)
                .set(&at("description"), format!("{line} × Seat of the larger plan (at $10.00 / month)"))
        })
    };
    let charge = sample::charge_succeeded()
        .set("payment_method_details.type", "card")
        .set("payment_method_details.card.last4", "4242")
        .set("payment_method_details.card.wallet.type", "apple_pay")
        .set("payment_method_details.card.checks.cvc_check", "pass")
        .set("metadata.order_id", "6735")
        .set("metadata.basket", "https://shop.example/baskets/7c1a1b62-5d0f-4b83-9d1f-0c6a8f1f9a53")
        .set("outcome.seller_message", "Payment complete.")
        .set("shipping.address.city", "Zürich")
        .set("transfer_data.amount", 900);
    let bodies = [
        ("2 kB", Carries::PaymentIntent, sample::payment_intent_succeeded().body()),
        ("4 kB", Carries::Charge, charge.body()),
        ("8 kB", Carries::Invoice, invoice(6).body()),
        ("40 kB", Carries::Invoice, invoice(42).body()),
    ];
    let both = bodies.into_iter().flat_map(|(size, carries, pretty)| {
        let minified = minify_json(&pretty);
        let body = |form: &str, json| Body { name: format!("{size}, {form}"), json, carries };
        [body("pretty", pretty), body("minified", minified)]
    });
    both.collect()
}

/// The body of this name.
///
/// # Panics
/// When there is none.
#[must_use]
pub fn body_named(name: &str) -> Body {
    all_bodies().into_iter().find(|body| body.name == name).expect("a body of this name")
}

/// The same JSON without the white space outside of strings; the order of keys and the writing of numbers stay.
fn minify_json(json: &str) -> String {
    let (mut in_string, mut escaped) = (false, false);
    json.chars()
        .filter(|character| {
            let was_in_string = in_string;
            if *character == '"' && !escaped {
                in_string = !in_string;
            }
            escaped = *character == '\\' && !escaped;
            was_in_string || !character.is_ascii_whitespace()
        })
        .collect()
}
