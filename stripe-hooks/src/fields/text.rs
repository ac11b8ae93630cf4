//! Strings that mean something.

use crate::decode::{Slot, View, impl_decode_values, impl_serde};

/// Declares strings of one meaning each.
macro_rules! define_text_types {
    ($($(#[$doc:meta])* $name:ident;)*) => {$(
        $(#[$doc])*
        #[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(String);

        impl $name {
            /// The text as Stripe sent it.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl From<&str> for $name {
            fn from(text: &str) -> Self {
                Self(text.to_owned())
            }
        }

        impl From<String> for $name {
            fn from(text: String) -> Self {
                Self(text)
            }
        }

        impl From<$name> for String {
            fn from(text: $name) -> Self {
                text.0
            }
        }

        impl AsRef<str> for $name {
            fn as_ref(&self) -> &str {
                &self.0
            }
        }

        impl PartialEq<&str> for $name {
            fn eq(&self, other: &&str) -> bool {
                self.0 == *other
            }
        }

        impl ::std::fmt::Display for $name {
            fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                f.pad(&self.0)
            }
        }

        impl ::std::fmt::Debug for $name {
            fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                self.0.fmt(f)
            }
        }

    )*};
}
pub(crate) use define_text_types;

define_text_types! {
    /// A currency as Stripe writes it: the three-letter ISO code in lower case, such as `usd`.
    ///
    /// See <https://docs.stripe.com/currencies>, also for the currencies whose minor unit is not a hundredth.
    Currency;

    /// A decimal number that Stripe sends as a string, such as `"0.05"`, kept digit by digit.
    Decimal;

    /// A point in time as API v2 writes it, such as `2026-10-28T16:00:00.123Z` (RFC 3339).
    Rfc3339;
}

impl_decode_values! {
    Currency = Currency(String::new()), |place| Slot::Text(&mut place.0), |value| View::Text(&value.0);
    Decimal = Decimal(String::new()), |place| Slot::Text(&mut place.0), |value| View::Text(&value.0);
    Rfc3339 = Rfc3339(String::new()), |place| Slot::Text(&mut place.0), |value| View::Text(&value.0);
}

impl_serde!(Currency);
impl_serde!(Decimal);
impl_serde!(Rfc3339);
