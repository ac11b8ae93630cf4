//! The catalogue of events: the facts that the crate knows about each type of event, by name.
// `template.rs` defines the types and the macro, the generated `events.rs` holds the rows, and this
// module looks them up.

pub(crate) mod template;
pub(crate) mod unlisted;

pub use self::template::{
    Carries, CarriesObject, EventForm, EventInfo, EventStatus, EventType, RetiredEvent, SnapshotEventType,
    ThinEventType,
};
use crate::events::{ALL, RETIRED};

/// Every event that the catalogue knows, previews included, sorted by name.
#[must_use]
pub fn all() -> &'static [&'static EventInfo] {
    ALL
}

/// Returns the facts about the event with this name on the wire.
#[must_use]
pub fn lookup(name: &str) -> Option<&'static EventInfo> {
    ALL.binary_search_by(|event| event.name.cmp(name)).ok().map(|at| ALL[at])
}

/// The events that Stripe no longer sends, sorted by name.
#[must_use]
pub fn retired() -> &'static [RetiredEvent] {
    RETIRED
}

#[cfg(all(test, feature = "testing"))]
mod tests {
    use super::{EventStatus, all};
    use crate::schema::nearest_name::{nearest_in_iterator, suggest};

    #[test]
    fn an_event_is_found_by_a_name_near_its_own() {
        let names = || all().iter().map(|event| event.name);
        for (written, meant) in [
            ("payment_intent.suceeded", Some("payment_intent.succeeded")),
            ("payment-intents.succeeded", Some("payment_intent.succeeded")),
            ("payment_intent.cancelled", Some("payment_intent.canceled")),
            ("succeeded.payment_intent", Some("payment_intent.succeeded")),
            ("invoice.payed", Some("invoice.paid")),
            ("subscription.created", Some("customer.subscription.created")),
            ("checkout_session.complete", Some("checkout.session.completed")),
            ("v2.invoice.paid", Some("v1.invoice.paid")),
            (
                "v2.core.account.configuration.customer.updated",
                Some("v2.core.account[configuration.customer].updated"),
            ),
            ("order_shipped", None),
            ("", None),
        ] {
            assert_eq!(nearest_in_iterator(written, names()), meant, "{written}");
        }
    }

    #[test]
    fn an_event_that_is_found_is_one_that_the_macros_find() {
        let listed = || all().iter().filter(|event| event.status != EventStatus::Preview);
        for (written, _) in suggest::MISSPELT_NAMES {
            let here = nearest_in_iterator(written, listed().map(|event| event.name)).unwrap();
            let there = suggest::nearest_names(written, listed().map(|event| event.name));
            assert!(there.contains(&here), "{written}: {here} is none of {there:?}");
        }
    }
}
