//! The numbers of deliveries that an endpoint has seen, by their result.

use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

use crate::meter::DeliveryCounter;

macro_rules! define_counts {
    ($($(#[$doc:meta])* $name:ident)*) => {
        /// Numbers of deliveries that an endpoint has seen since it was built, by their result.
        #[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
        #[non_exhaustive]
        pub struct Counts {
            $($(#[$doc])* pub $name: u64,)*
        }

        #[derive(Debug)]
        pub(crate) struct Counters {
            $(pub(crate) $name: Counter,)*
        }

        impl Counters {
            pub(crate) fn new(endpoint: &'static str) -> Self {
                Self { $($name: Counter { count: AtomicU64::new(0), metric: DeliveryCounter::for_outcome(endpoint, stringify!($name)) },)* }
            }

            pub(crate) fn snapshot(&self) -> Counts {
                Counts { $($name: self.$name.count.load(Relaxed),)* }
            }
        }
    };
}

define_counts! {
    /// Every handler of the event succeeded.
    handled
    /// The event was stored in the inbox, and its handlers run from there.
    stored
    /// The event was already in the inbox, so nothing runs twice.
    duplicate
    /// A handler failed: Stripe sends the event again.
    failed
    /// The event verified, and no handler takes its type.
    unhandled
    /// The event belongs to the other mode than the endpoint.
    other_mode
    /// The signature did not verify.
    bad_signature
    /// The body verified and is not an event.
    unreadable
    /// Turned away without handling it: too large, too slow, too many at once, not stored in time,
    /// or during a shutdown.
    turned_away
    /// Dropped by the server before the handlers ended.
    cut_off
}

#[derive(Debug)]
pub(crate) struct Counter {
    count: AtomicU64,
    metric: DeliveryCounter,
}

impl Counter {
    pub(crate) fn add_one(&self) {
        self.count.fetch_add(1, Relaxed);
        self.metric.add_one();
    }
}
