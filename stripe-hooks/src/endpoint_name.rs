//! The types that name endpoints, and the facts that such a type carries.

use std::{
    any::{TypeId, type_name},
    fmt,
};

/// A type that names an endpoint and carries the facts about it.
///
/// Derive it with [`#[derive(EndpointName)]`](macro@crate::EndpointName). An implementation by hand
/// must keep the rules of [`NAME`](Self::NAME) itself.
#[diagnostic::on_unimplemented(
    message = "`{Self}` does not name an endpoint",
    label = "this type has no `#[derive(EndpointName)]`",
    note = "help: write `#[derive(EndpointName)]` on it, and `#[endpoint(connect)]` as well if the endpoint receives the events of connected accounts"
)]
pub trait EndpointName: Sized + 'static {
    /// The name as the inbox's tables, logs and metrics show it. It has letters, digits and
    /// `_ - . : /`. [`build`](crate::EndpointBuilder::build) refuses a name that two types have,
    /// and `default`, which is the name of the [endpoint without a name](DefaultEndpoint).
    const NAME: &'static str;

    /// `true` if the endpoint receives the events of connected accounts, `false` if it receives the
    /// account's own events. See <https://docs.stripe.com/connect/webhooks>.
    const IS_CONNECT: bool = false;

    /// Lets the expansion of `#[on_event]` name the type without a bound of a function, which an
    /// error would show.
    #[doc(hidden)]
    const INFO: fn() -> EndpointInfo = EndpointInfo::from_type::<Self>;
}

/// The endpoint without a name. It is called `default`, and has the handlers without
/// `endpoint = …`.
#[derive(Debug, Clone, Copy)]
pub struct DefaultEndpoint;

#[diagnostic::do_not_recommend]
impl EndpointName for DefaultEndpoint {
    const NAME: &'static str = "default";
}

/// The facts about an endpoint that its [`EndpointName`] carries.
///
/// Two of them are equal if they come from the same type.
#[derive(Clone, Copy)]
pub struct EndpointInfo {
    id: TypeId,
    type_name: &'static str,
    name: &'static str,
    is_connect: bool,
}

impl EndpointInfo {
    /// Returns the facts that `T` carries.
    #[must_use]
    pub fn from_type<T: EndpointName>() -> Self {
        Self { id: TypeId::of::<T>(), type_name: type_name::<T>(), name: T::NAME, is_connect: T::IS_CONNECT }
    }

    /// The name of the endpoint, `default` for the [endpoint without a name](DefaultEndpoint).
    #[must_use]
    pub fn as_str(&self) -> &'static str {
        self.name
    }

    /// Returns `true` if the endpoint receives the events of connected accounts.
    #[must_use]
    pub fn is_connect(&self) -> bool {
        self.is_connect
    }

    /// Returns `true` for the [endpoint without a name](DefaultEndpoint).
    #[must_use]
    pub fn is_default(&self) -> bool {
        self.id == TypeId::of::<DefaultEndpoint>()
    }

    /// The path of the type, for messages. The compiler may write it in another way some day, so it
    /// is stored nowhere.
    pub(crate) fn type_name(&self) -> &'static str {
        self.type_name
    }
}

impl PartialEq for EndpointInfo {
    fn eq(&self, other: &Self) -> bool {
        self.id == other.id
    }
}
impl Eq for EndpointInfo {}

impl fmt::Debug for EndpointInfo {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
