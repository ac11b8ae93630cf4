//! An endpoint without handlers.

use stripe_hooks::{Endpoint, EndpointBuilder};

/// The name of an endpoint without handlers: `on_unhandled` gets every event.
#[derive(stripe_hooks::EndpointName)]
pub(crate) struct BareEndpoint;

/// Builds the endpoint, whose `on_unhandled` does nothing.
pub(crate) fn build_bare_endpoint(builder: EndpointBuilder) -> Endpoint {
    builder.name::<BareEndpoint>().on_unhandled(async |_| ()).build().unwrap()
}
