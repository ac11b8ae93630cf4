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
        ExtractFn, Extractors, FromEvent, Lend, Needs, OptionalFromEvent, SameType, StartResult, argument,
        extractor_index, finish_sync, start_async,
    },
    lens::{
        Accepts, DecodeResult, FieldType, Lens, LensField, LensLayout, LensOf, assert_type, into_read_error,
        lens,
    },
    outcome::{IntoOutcome, Outcome, OutcomeConversion},
    policy::{Order, Policy, assert_order},
    registry::{Call, Registration},
    rejection::Rejection,
    schema::{
        HasSchema, Shapes,
        lens_object::resolve_shape,
        path::{
            PathQuery,
            Step::{self, Each, Key},
            assert_path, path_query,
        },
    },
    transition::{Condition, Expected, assert_comparable},
};
