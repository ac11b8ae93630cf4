//! Names of endpoints, and the facts that they carry.

use stripe_hooks::{Endpoint, EndpointInfo, EndpointName, EventId, on_event};

#[derive(EndpointName)]
#[endpoint(connect)]
struct Connect;

/// Events of the account's own.
#[derive(Debug, EndpointName)]
enum Own {}

#[derive(EndpointName)]
#[endpoint(name = "billing/v2", connect,)]
struct Billing {}

/// Not the endpoint without a name, which is called `default`.
#[derive(EndpointName)]
#[endpoint()]
struct Default;

#[derive(EndpointName)]
struct r#Type();

#[on_event("invoice.paid", endpoint = Connect)]
#[on_event("invoice.paid", endpoint = Own)]
#[on_event("invoice.paid", endpoint = Billing)]
#[on_event("invoice.paid", endpoint = Default)]
#[on_event("invoice.paid")]
async fn book(id: EventId) {
    drop(id);
}

fn facts<T: EndpointName>() -> (&'static str, bool) {
    let info = EndpointInfo::from_type::<T>();
    assert_eq!((info.as_str(), info.is_connect()), (T::NAME, T::IS_CONNECT));
    let path = T::NAME.rsplit_once("::").map_or(T::NAME, |(_, name)| name);
    (path, T::IS_CONNECT)
}

fn main() {
    assert_eq!(Connect::NAME, concat!(module_path!(), "::Connect"));
    assert_eq!(facts::<Connect>(), ("Connect", true));
    assert_eq!(facts::<Own>(), ("Own", false));
    assert_eq!(facts::<Billing>(), ("billing/v2", true));
    assert_eq!(facts::<Default>(), ("Default", false));
    assert_eq!(facts::<r#Type>(), ("Type", false));
    let handlers = stripe_hooks::handlers();
    let names: Vec<_> = handlers.iter().map(|handler| handler.endpoint.as_str()).collect();
    assert_eq!(names.len(), 5);
    assert!(names.contains(&"default") && names.contains(&"billing/v2"));
    Endpoint::builder().name::<Default>().secret("whsec_test").build().unwrap();
    Endpoint::builder().secret("whsec_test").build().unwrap();
}
