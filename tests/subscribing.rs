//! Tests of the output of `--stripe-handlers`: the scope, the URL and the commands of each
//! endpoint.

use serde_json::{Value, json};
use stripe_hooks::{API_VERSION, EndpointInfo, EndpointName, EventId, on_event};

#[derive(EndpointName)]
#[endpoint(connect)]
struct ConnectedAccountsEndpoint;

#[on_event("payout.failed", "v1.billing.meter.error_report_triggered", endpoint = ConnectedAccountsEndpoint)]
async fn of_connected_accounts(_: EventId) {}

#[derive(EndpointName)]
#[endpoint(name = "audit/v2")]
struct AuditEndpoint;

#[on_event("*", "v1.payout.failed", endpoint = AuditEndpoint)]
async fn of_the_own_account(_: EventId) {}

mod one {
    #[derive(stripe_hooks::EndpointName)]
    pub(crate) struct TwinEndpoint;

    #[stripe_hooks::on_event("payout.paid", endpoint = TwinEndpoint)]
    async fn handle() {}
}

mod other {
    #[derive(stripe_hooks::EndpointName)]
    pub(crate) struct TwinEndpoint;

    #[stripe_hooks::on_event("payout.paid", endpoint = TwinEndpoint)]
    async fn handle() {}
}

/// The text and the JSON of one endpoint.
fn printed<Name: EndpointName>() -> (String, Value) {
    let of = EndpointInfo::from_type::<Name>();
    let all = stripe_hooks::subscriptions();
    let ours: Vec<_> = all.iter().filter(|one| one.endpoint() == of).collect();
    let [ours] = ours.as_slice() else { panic!("{ours:?}") };
    (ours.to_string(), serde_json::to_value(ours).unwrap())
}

/// The JSON in a line of the text.
fn body(text: &str, key: &str) -> Value {
    let bodies = text.lines().filter_map(|line| serde_json::from_str::<Value>(line.trim()).ok());
    bodies.into_iter().find(|body| body.get(key).is_some()).unwrap_or_else(|| panic!("no {key} in {text}"))
}

#[test]
fn an_endpoint_of_connected_accounts_is_subscribed_to_their_events() {
    let (text, json) = printed::<ConnectedAccountsEndpoint>();
    let head = "endpoint `all::subscribing::ConnectedAccountsEndpoint`: 1 handler, for events of connected accounts\n";
    assert!(text.starts_with(head), "{text}");
    let command = format!(
        "  stripe webhook_endpoints create -d url=https://example.com/webhook/connected-accounts-endpoint \
         -d api_version={API_VERSION} -d connect=true \\\n    -d 'enabled_events[]=payout.failed'\n"
    );
    assert!(text.contains(&command), "{text}");
    assert_eq!(
        body(&text, "event_payload"),
        json!({
            "name": "thin events",
            "type": "webhook_endpoint",
            "event_payload": "thin",
            "webhook_endpoint": { "url": "https://example.com/webhook/connected-accounts-endpoint" },
            "include": ["webhook_endpoint.signing_secret"],
            "events_from": ["@accounts"],
            "enabled_events": ["v1.billing.meter.error_report_triggered"]
        })
    );
    assert!(text.contains("an event destination, which has a signing secret of its own"), "{text}");
    assert!(text.contains("Give the endpoint both secrets"), "{text}");
    assert_eq!(
        (&json["endpoint"], &json["connect"]),
        (&json!(ConnectedAccountsEndpoint::NAME), &json!(true))
    );
    assert_eq!(json["enabled_events"], json!(["payout.failed"]));
}

#[test]
fn an_endpoint_of_the_own_account_is_not() {
    let (text, json) = printed::<AuditEndpoint>();
    assert!(text.starts_with("endpoint `audit/v2`: 1 handler\n"), "{text}");
    assert!(text.contains("-d url=https://example.com/webhook/audit-v2 -d api_version="), "{text}");
    assert!(!text.contains("connect"), "{text}");
    assert_eq!(body(&text, "event_payload")["events_from"], json!(["@self"]));
    assert_eq!((&json["endpoint"], &json["connect"]), (&json!("audit/v2"), &json!(false)));
}

#[test]
fn types_of_the_same_name_in_two_modules_have_different_urls() {
    for (text, path) in
        [(printed::<one::TwinEndpoint>().0, "one"), (printed::<other::TwinEndpoint>().0, "other")]
    {
        let url = format!("-d url=https://example.com/webhook/all-subscribing-{path}-twin-endpoint ");
        assert!(text.contains(&url), "{text}");
    }
}
