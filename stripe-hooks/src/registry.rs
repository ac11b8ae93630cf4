//! What `#[on_event]` registers, and the table that an endpoint makes of it.
//!
//! `inventory` gives the registrations in no order and drops crates that nothing references: hence the sort, the list of handlers
//! that is logged at start, and `expect_handlers`.

use std::{
    any::{TypeId, type_name},
    collections::HashMap,
    fmt,
    future::Future,
    pin::Pin,
};

use crate::{
    catalogue::{EventForm, EventInfo},
    extract::{EventContext, Needs},
    outcome::Outcome,
};

/// One handler's work on one event, under way.
pub type Running<'cx> = Pin<Box<dyn Future<Output = Outcome> + Send + 'cx>>;

/// What one `#[on_event]` adds to the program.
pub struct Registration {
    /// The handler's stable name: `name = "…"`, or its path.
    pub id: &'static str,
    /// The function's path, `crate::module::function`.
    pub function: &'static str,
    /// The source file of the attribute.
    pub file: &'static str,
    /// The source line of the attribute.
    pub line: u32,
    /// The events that it handles, as the compiler checked them.
    pub events: &'static [&'static EventInfo],
    /// For `"*"`: also takes snapshot events that are not listed, but for these names and patterns.
    pub catch_all: Option<&'static [&'static str]>,
    /// The endpoint that it belongs to.
    pub endpoint: fn() -> EndpointName,
    /// Collects what its arguments need of the endpoint.
    pub needs: fn(&mut Needs),
    /// Whether it answers with a body.
    pub replies: bool,
    /// Extracts the arguments and starts the work.
    pub run: for<'cx> fn(&'cx EventContext<'cx>) -> Running<'cx>,
}

inventory::collect!(Registration);

impl fmt::Debug for Registration {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Registration").field("id", &self.id).field("file", &self.file).field("line", &self.line).finish_non_exhaustive()
    }
}

/// The name of an endpoint: a type that the application declares, or [`Unnamed`].
#[derive(Clone, Copy)]
pub struct EndpointName {
    id: TypeId,
    name: &'static str,
}

/// The endpoint that handlers without `endpoint = …` belong to.
#[derive(Debug, Clone, Copy)]
pub struct Unnamed;

impl EndpointName {
    /// The name that `T` stands for.
    #[must_use]
    pub fn of<T: 'static>() -> Self {
        Self { id: TypeId::of::<T>(), name: type_name::<T>() }
    }

    /// The path of the type.
    #[must_use]
    pub fn as_str(&self) -> &'static str {
        self.name
    }

    pub(crate) fn is_unnamed(&self) -> bool {
        self.id == TypeId::of::<Unnamed>()
    }
}

impl PartialEq for EndpointName {
    fn eq(&self, other: &Self) -> bool {
        self.id == other.id
    }
}
impl Eq for EndpointName {}

impl fmt::Debug for EndpointName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name)
    }
}
