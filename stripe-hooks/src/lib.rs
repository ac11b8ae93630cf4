#![doc = include_str!("../README.md")]
#![forbid(unsafe_code)]

#[doc(hidden)]
#[path = "private.rs"]
pub mod __private;
mod answer;
mod body_budget;
pub mod catalogue;
mod context;
mod counts;
mod decode;
pub mod diagnosis;
pub mod docs;
mod endpoint;
mod endpoint_name;
mod envelope;
mod error;
mod event;
pub mod events;
mod extract;
mod facts;
pub mod fields;
#[cfg(feature = "actix")]
pub mod http;
#[cfg(feature = "inbox")]
pub mod inbox;
mod json;
mod lens;
mod meter;
pub mod objects;
mod outcome;
mod policy;
mod registry;
mod rejection;
#[doc(hidden)]
pub mod schema;
pub mod signature;
mod source;
mod subscription;
#[cfg(feature = "testing")]
pub mod testing;
mod transition;

pub use answer::Answer;
pub use catalogue::{
    Carries, EventForm, EventInfo, EventStatus, EventType, RetiredEvent, SnapshotEventType, ThinEventType,
};
pub use context::EventContext;
pub use counts::Counts;
pub use decode::{DecodeError, Object};
pub use endpoint::{
    Endpoint,
    builder::EndpointBuilder,
    settings::ApiVersionMismatch,
    unhandled::{AnyEvent, Unhandled},
};
pub use endpoint_name::{DefaultEndpoint, EndpointInfo, EndpointName};
pub use error::Error;
pub use event::{Event, EventData, EventReason, RelatedObject, ThinEvent};
#[doc(inline)]
pub use events::API_VERSION;
pub use extract::{FromEvent, Lend, Needs, OptionalFromEvent, State};
pub use facts::{
    ApiVersion, ConnectedAccount, Context, EventId, EventTypeName, IdempotencyKey, Livemode,
    PreviousAttributes, Request, RequestId,
};
pub use fields::{
    Currency, Decimal, Deletable, Deleted, Id, List, Metadata, OrDeleted, Raw, Rfc3339, Timestamp,
};
#[cfg(feature = "inbox")]
pub use inbox::InboxTx;
#[cfg(feature = "postgres")]
pub use inbox::{PostgresInbox, PostgresInboxBuilder};
#[cfg(feature = "sqlite")]
pub use inbox::{SqliteInbox, SqliteInboxBuilder};
pub use lens::{Lens, LensField};
pub use outcome::{HandlerError, HandlerValue, IntoOutcome, Outcome, Reply, ReplyBody};
pub use registry::{Handler, handlers};
pub use rejection::Rejection;
#[cfg(feature = "inbox")]
pub use sqlx;
#[doc = include_str!("docs/endpoint_name.md")]
pub use stripe_hooks_macros::EndpointName;
#[doc = include_str!("docs/lens.md")]
pub use stripe_hooks_macros::Lens;
#[doc = include_str!("docs/on_event.md")]
pub use stripe_hooks_macros::on_event;
pub use subscription::{EventSubscription, handle_arguments, subscriptions};
