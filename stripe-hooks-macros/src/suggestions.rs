//! What did-you-mean makes of the mistakes that people make with the names of events.

use crate::{catalogue::EVENTS, suggest::nearest};

fn suggestions(written: &str) -> Vec<&'static str> {
    nearest(written, EVENTS.iter().filter(|event| !event.preview).map(|event| event.name))
}

/// What people write, and what they mean: typing slips, a lost or added plural, British spelling, words that old versions or other
/// companies use, a wrong prefix, words left out or swapped, other separators.
const MISTAKES: &[(&str, &str)] = &[
    ("payment_intent.suceeded", "payment_intent.succeeded"),
    ("payment_intent.success", "payment_intent.succeeded"),
    ("paymentintent.succeeded", "payment_intent.succeeded"),
    ("PaymentIntent.Succeeded", "payment_intent.succeeded"),
    ("payment_intent_succeeded", "payment_intent.succeeded"),
    ("payment-intent.succeeded", "payment_intent.succeeded"),
    ("payment_intents.succeeded", "payment_intent.succeeded"),
    ("payment_intent.failed", "payment_intent.payment_failed"),
    ("payment_intent.cancelled", "payment_intent.canceled"),
    ("payment_intent.succeeded.", "payment_intent.succeeded"),
    ("payment.intent.succeeded", "payment_intent.succeeded"),
    ("intent_payment.succeeded", "payment_intent.succeeded"),
    ("succeeded.payment_intent", "payment_intent.succeeded"),
    ("invoice.payment_suceeded", "invoice.payment_succeeded"),
    ("invoice.payment_success", "invoice.payment_succeeded"),
    ("invoice.payed", "invoice.paid"),
    ("invoices.paid", "invoice.paid"),
    ("invoice.finalised", "invoice.finalized"),
    ("invoice.fail", "invoice.payment_failed"),
    ("subscription.created", "customer.subscription.created"),
    ("customer.subscriptions.deleted", "customer.subscription.deleted"),
    ("customer_subscription_updated", "customer.subscription.updated"),
    ("customer.subscription.trial_ending", "customer.subscription.trial_will_end"),
    ("customer.create", "customer.created"),
    ("costumer.created", "customer.created"),
    ("checkout.session.complete", "checkout.session.completed"),
    ("checkout_session.completed", "checkout.session.completed"),
    ("checkout.sessions.completed", "checkout.session.completed"),
    ("session.completed", "checkout.session.completed"),
    ("charge.refund", "charge.refunded"),
    ("charge.disputed.created", "charge.dispute.created"),
    ("dispute.charge.created", "charge.dispute.created"),
    ("charge.suceeded", "charge.succeeded"),
    ("issuing.authorization.request", "issuing_authorization.request"),
    ("issuing_authorisation.request", "issuing_authorization.request"),
    ("radar.early_fraud_warnings.created", "radar.early_fraud_warning.created"),
    ("v2.invoice.paid", "v1.invoice.paid"),
    ("v1.invoice.payed", "v1.invoice.paid"),
    ("v1.payment_intents.succeeded", "v1.payment_intent.succeeded"),
    ("v2.core.event_destinations.ping", "v2.core.event_destination.ping"),
    ("v2.core.account.configuration.customer.updated", "v2.core.account[configuration.customer].updated"),
    ("setup_intent.suceeded", "setup_intent.succeeded"),
    ("payout.fail", "payout.failed"),
    ("transfer.create", "transfer.created"),
];

#[test]
fn real_mistakes_find_what_was_meant() {
    let missed: Vec<_> = MISTAKES
        .iter()
        .map(|(written, meant)| (*written, *meant, suggestions(written)))
        .filter(|(_, meant, found)| !found.contains(meant))
        .collect();
    assert!(missed.is_empty(), "{missed:#?}");
}

#[test]
fn what_was_meant_comes_first_nearly_always() {
    let later: Vec<_> = MISTAKES
        .iter()
        .map(|(written, meant)| (*written, *meant, suggestions(written)))
        .filter(|(_, meant, found)| found.first() != Some(meant))
        .collect();
    assert!(later.len() * 10 <= MISTAKES.len(), "{} of {}: {later:#?}", later.len(), MISTAKES.len());
}

#[test]
fn nothing_is_shown_when_nothing_is_near() {
    for written in ["", "foo", "foo.bar", "order_shipped", "a.b.c.d", "push", "widget.created"] {
        assert_eq!(suggestions(written), [""; 0], "{written}");
    }
}

#[test]
fn at_most_three_are_shown() {
    for (written, _) in MISTAKES {
        assert!(suggestions(written).len() <= 3, "{written}");
    }
}
