//! Conversions to the types of other crates, each behind the feature of its name.
//!
//! Only what Stripe sent can fail to convert (a date that the other type cannot hold, a decimal with too many digits), so each is
//! a `TryFrom` with the other crate's own error where it has one.

#[cfg(feature = "chrono")]
mod chrono {
    use chrono::{DateTime, FixedOffset, ParseError, Utc};

    use crate::fields::{Rfc3339, Timestamp};

    impl TryFrom<Timestamp> for DateTime<Utc> {
        /// The timestamp, which is beyond what chrono can hold.
        type Error = Timestamp;

        fn try_from(timestamp: Timestamp) -> Result<Self, Timestamp> {
            DateTime::from_timestamp(timestamp.unix(), 0).ok_or(timestamp)
        }
    }

    impl TryFrom<&Rfc3339> for DateTime<FixedOffset> {
        type Error = ParseError;

        fn try_from(time: &Rfc3339) -> Result<Self, ParseError> {
            DateTime::parse_from_rfc3339(time.as_str())
        }
    }
}

#[cfg(feature = "jiff")]
mod jiff {
    use jiff::Error;

    use crate::fields::{Rfc3339, Timestamp};

    impl TryFrom<Timestamp> for jiff::Timestamp {
        type Error = Error;

        fn try_from(timestamp: Timestamp) -> Result<Self, Error> {
            Self::from_second(timestamp.unix())
        }
    }

    impl TryFrom<&Rfc3339> for jiff::Timestamp {
        type Error = Error;

        fn try_from(time: &Rfc3339) -> Result<Self, Error> {
            time.as_str().parse()
        }
    }
}

#[cfg(feature = "rust_decimal")]
mod rust_decimal {
    use rust_decimal::Error;

    use crate::fields::Decimal;

    impl TryFrom<&Decimal> for rust_decimal::Decimal {
        type Error = Error;

        /// Exact, or an error: a decimal with more digits than fit is not rounded.
        fn try_from(decimal: &Decimal) -> Result<Self, Error> {
            Self::from_str_exact(decimal.as_str())
        }
    }
}

#[cfg(feature = "time")]
mod time {
    use time::{
        OffsetDateTime,
        error::{ComponentRange, Parse},
        format_description::well_known,
    };

    use crate::fields::{Rfc3339, Timestamp};

    impl TryFrom<Timestamp> for OffsetDateTime {
        type Error = ComponentRange;

        fn try_from(timestamp: Timestamp) -> Result<Self, ComponentRange> {
            Self::from_unix_timestamp(timestamp.unix())
        }
    }

    impl TryFrom<&Rfc3339> for OffsetDateTime {
        type Error = Parse;

        fn try_from(time: &Rfc3339) -> Result<Self, Parse> {
            Self::parse(time.as_str(), &well_known::Rfc3339)
        }
    }
}
