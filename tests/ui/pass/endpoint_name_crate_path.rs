//! The name of an endpoint, in a crate that re-exports this one.

mod framework {
    pub use stripe_hooks as stripe;
}

#[derive(framework::stripe::EndpointName)]
#[endpoint(connect, crate = crate::framework::stripe)]
struct Connect;

fn main() {
    use stripe_hooks::EndpointName;
    assert!(Connect::IS_CONNECT);
}
