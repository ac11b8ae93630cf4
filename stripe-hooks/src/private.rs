//! The items that the expansions of `stripe-hooks-macros` name, and nothing else.
//!
//! They are not for use by hand and may change in any release, because the two crates are pinned to
//! each other.

pub use std::boxed::Box;
pub use std::option::Option::{None, Some};
pub use std::result::Result::{Err, Ok};

pub use inventory;

pub use crate::{events, objects, schema};

pub use crate::{
    catalogue::{
        template::{EventForm, EventInfo, EventStatus, EventType, SnapshotEventType, ThinEventType},
        unlisted::{AnySnapshot, AnyThin, unlisted},
    },
    context::EventContext,
    decode::{DecodeError, Path},
    endpoint_name::EndpointName,
    extract::{
        FromEvent, Lend, Make, Needs, OptionalFromEvent, Same, Started, Ways, argument, finish, start, way,
    },
    lens::{FieldType, Holds, Lens, LensField, LensOf, Read, Reader, fits, lens, unread},
    outcome::{IntoOutcome, Outcome, Settle},
    policy::{Order, Policy, orders},
    registry::{Call, Registration},
    rejection::Rejection,
    schema::{
        Described, Shapes,
        part::shape,
        path::{
            Asked,
            Step::{self, Each, Key},
            asked, leads,
        },
    },
    transition::{Condition, Expected, compares},
};
