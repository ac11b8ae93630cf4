//! What an endpoint has seen, in numbers.

use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

use crate::meter::Deliveries;

macro_rules! counts {
    ($($(#[$doc:meta])* $name:ident)*) => {
        /// How many deliveries an endpoint has seen since it was built, by what became of them.
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
            pub(crate) fn of(endpoint: &'static str) -> Self {
                Self { $($name: Counter { count: AtomicU64::new(0), told: Deliveries::of(endpoint, stringify!($name)) },)* }
            }

            pub(crate) fn read(&self) -> Counts {
                Counts { $($name: self.$name.count.load(Relaxed),)* }
            }
        }
    };
}

counts! {
    /// Every handler of the event succeeded.
    handled
    /// The event is in the inbox, from where its handlers take it.
    stored
    /// The event was in the inbox already: nothing runs twice.
    duplicate
    /// A handler failed: Stripe sends the event again.
    failed
    /// The event verified, and nobody handles its type.
    unhandled
    /// The event tells of the other mode than the endpoint's.
    other_mode
    /// The signature did not verify.
    forged
    /// The body verified and was not an event.
    unreadable
    /// Turned away unread: too large, too slow, too many at once, or while shutting down.
    turned_away
    /// Dropped by the server before the handlers had ended.
    cut_off
}

#[derive(Debug)]
pub(crate) struct Counter {
    count: AtomicU64,
    told: Deliveries,
}

impl Counter {
    pub(crate) fn add_one(&self) {
        self.count.fetch_add(1, Relaxed);
        self.told.add_one();
    }
}
