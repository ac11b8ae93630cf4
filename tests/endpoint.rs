//! What an endpoint does before and beside its handlers: secrets, time, modes, versions, events from elsewhere, and its end.

use std::{
    sync::{Arc, Mutex, mpsc},
    time::Duration,
};

use bytes::Bytes;
use delivery::{
    NOW, SECRET, clock_at, deliver_event, endpoint_builder, sign_body, snapshot_event, thin_event,
};
use futures_util::FutureExt;
use serde_json::{Value, json};
use stripe_hooks::{
    Answer, AnyEvent, ApiVersionMismatch, Endpoint, EndpointBuilder, EventForm, Outcome, State, Unhandled,
    on_event,
    signature::{self, Secret, Tolerance},
};
use tokio::sync::Notify;

use crate::bare_endpoint::{BareEndpoint, build_bare_endpoint};

fn event_json() -> Value {
    snapshot_event("charge.succeeded", &json!({"id": "ch_1"}))
}

fn secret(text: &str) -> Secret {
    Secret::new(text).unwrap()
}

/// Delivers an event that is signed with this secret at this time.
fn deliver_signed(endpoint: &Endpoint, text: &str, timestamp: i64) -> Answer {
    let body = Bytes::from(event_json().to_string());
    let header = signature::sign(&body, &secret(text), timestamp);
    endpoint.receive(Some(header.as_bytes()), body).now_or_never().expect("nothing to wait for")
}

fn status_and_body(answer: &Answer) -> (u16, &str) {
    (answer.status(), std::str::from_utf8(answer.body()).unwrap())
}

#[test]
fn any_of_several_secrets_may_have_signed() {
    let endpoint = build_bare_endpoint(endpoint_builder::<BareEndpoint>().secret("whsec_second"));
    assert_eq!(status_and_body(&deliver_signed(&endpoint, SECRET, NOW)), (200, "ok\n"));
    assert_eq!(status_and_body(&deliver_signed(&endpoint, "whsec_second", NOW)), (200, "ok\n"));
    for other in ["whsec_third", "whsec_secon", "second", "whsec_second "] {
        assert_eq!(status_and_body(&deliver_signed(&endpoint, other, NOW)), (400, "no matching signature\n"));
    }
    assert_eq!((endpoint.counts().unhandled, endpoint.counts().bad_signature), (2, 4));
}

#[test]
fn secrets_may_be_asked_for_anew_with_each_delivery() {
    let now_valid = Arc::new(Mutex::new(vec!["whsec_old"]));
    let asked = Arc::clone(&now_valid);
    let ask = move || asked.lock().unwrap().iter().map(|text| secret(text)).collect();
    let endpoint = build_bare_endpoint(Endpoint::builder().secrets_from(ask).clock(clock_at(NOW)));
    let roll = |secrets: &[&'static str]| *now_valid.lock().unwrap() = secrets.to_vec();
    let verdicts = || ["whsec_old", "whsec_new"].map(|text| deliver_signed(&endpoint, text, NOW).status());
    assert_eq!(verdicts(), [200, 400]);
    roll(&["whsec_old", "whsec_new"]);
    assert_eq!(verdicts(), [200, 200]);
    roll(&["whsec_new"]);
    assert_eq!(verdicts(), [400, 200]);
    roll(&[]);
    assert_eq!(verdicts(), [503, 503], "without a secret nothing can be said of a signature");
    assert_eq!((endpoint.counts().bad_signature, endpoint.counts().turned_away), (2, 2));
}

#[test]
fn secrets_that_are_asked_for_are_added_to_those_that_are_given() {
    let endpoint =
        build_bare_endpoint(endpoint_builder::<BareEndpoint>().secrets_from(|| vec![secret("whsec_asked")]));
    assert_eq!(deliver_signed(&endpoint, "whsec_asked", NOW).status(), 200);
    assert_eq!(deliver_signed(&endpoint, SECRET, NOW).status(), 200);
}

#[test]
fn the_age_of_a_delivery_is_that_by_the_endpoints_clock() {
    let at = |builder: EndpointBuilder, now: i64| {
        deliver_signed(&build_bare_endpoint(builder.clock(clock_at(now))), SECRET, NOW).status()
    };
    let usual = endpoint_builder::<BareEndpoint>;
    assert_eq!([at(usual(), NOW + 300), at(usual(), NOW + 301), at(usual(), 0)], [200, 400, 200]);
    let strict = || usual().tolerance(Duration::from_millis(1_999));
    assert_eq!([at(strict(), NOW + 1), at(strict(), NOW + 2)], [200, 400], "whole seconds count");
    let none = || usual().tolerance(Tolerance::dangerously_accept_any_age());
    assert_eq!([at(none(), NOW + 1_000_000_000), at(none(), 0)], [200, 200]);
    // Neither of the two calls undoes the other, whichever comes first.
    let seconds = Duration::from_secs;
    let limited: [fn(EndpointBuilder, [Duration; 2]) -> EndpointBuilder; 3] = [
        |builder, [age, ahead]| builder.max_future_skew(ahead).tolerance(age),
        |builder, [age, ahead]| builder.tolerance(age).max_future_skew(ahead),
        |builder, [age, ahead]| {
            builder.max_future_skew(10 * ahead).tolerance(Tolerance::from(age).max_future_skew(ahead))
        },
    ];
    for limit in limited {
        let at = |now| at(limit(usual(), [seconds(60), seconds(10)]), now);
        assert_eq!([at(NOW + 60), at(NOW + 61), at(NOW - 10), at(NOW - 11)], [200, 400, 200, 400]);
    }
    assert_eq!(at(usual().max_future_skew(seconds(60)), NOW - 61), 400);
    assert_eq!(
        status_and_body(&deliver_signed(
            &build_bare_endpoint(usual().clock(clock_at(NOW + 301))),
            SECRET,
            NOW
        )),
        (400, "timestamp outside the tolerance\n")
    );
}

#[test]
fn an_event_of_the_other_mode_is_acknowledged_and_not_handled() {
    for (live_endpoint, live_event, handled) in
        [(true, true, true), (true, false, false), (false, false, true), (false, true, false)]
    {
        let (sender, handlings) = mpsc::channel();
        let builder = endpoint_builder::<BareEndpoint>().on_unhandled(move |_| {
            sender.send(()).unwrap();
            std::future::ready(())
        });
        let endpoint = if live_endpoint { builder.only_live() } else { builder.only_test() }.build().unwrap();
        for mut event in [event_json(), thin_event("v1.charge.succeeded", &json!(null))] {
            event["livemode"] = json!(live_event);
            let answer = deliver_event(&endpoint, &event).now_or_never().unwrap();
            assert_eq!(status_and_body(&answer), (200, "ok\n"));
            assert_eq!(handlings.try_recv().is_ok(), handled);
        }
        assert_eq!(endpoint.counts().other_mode, if handled { 0 } else { 2 });
    }
}

#[test]
fn an_event_of_either_mode_is_handled_unless_one_is_chosen_and_none_without_its_mode_is() {
    let mut event = event_json();
    for (livemode, chosen) in [(json!(true), 200), (json!("true"), 500), (json!(null), 500), (json!(1), 500)]
    {
        event["livemode"] = livemode;
        assert_eq!(
            deliver_event(&build_bare_endpoint(endpoint_builder::<BareEndpoint>()), &event)
                .now_or_never()
                .unwrap()
                .status(),
            200
        );
        let only_live = build_bare_endpoint(endpoint_builder::<BareEndpoint>().only_live());
        assert_eq!(deliver_event(&only_live, &event).now_or_never().unwrap().status(), chosen);
    }
}

#[test]
fn what_no_handler_takes_goes_to_on_unhandled_which_is_told_what_is_known_of_it() {
    let (sender, unhandled) = mpsc::channel::<Unhandled>();
    let send = move |unhandled| {
        sender.send(unhandled).unwrap();
        std::future::ready(Outcome::retry_after(Duration::from_secs(7), "as an example"))
    };
    let endpoint = endpoint_builder::<BareEndpoint>().on_unhandled(send).build().unwrap();
    let answer = deliver_event(&endpoint, event_json()).now_or_never().unwrap();
    assert_eq!(status_and_body(&answer), (500, "a handler failed\n"), "its outcome is the answer");
    assert!(answer.headers().any(|header| header == ("retry-after", "7")));
    let known = unhandled.recv().unwrap();
    assert!(known.is_known());
    assert_eq!((known.id.as_str(), known.event_type.as_str()), ("evt_1SjW8b", "charge.succeeded"));
    assert_eq!(known.info.unwrap().objects, ["charge"]);
    assert_eq!(known.body.as_str(), event_json().to_string());

    deliver_event(&endpoint, thin_event("v1.charge.succeeded", &json!(null))).now_or_never().unwrap();
    assert_eq!(unhandled.recv().unwrap().info.unwrap().form, EventForm::Thin);
    deliver_event(&endpoint, snapshot_event("charge.of_the_future", &json!({}))).now_or_never().unwrap();
    assert!(!unhandled.recv().unwrap().is_known());
    assert_eq!(endpoint.counts().unhandled, 3);
}

#[test]
fn on_unhandled_gets_the_envelope_of_either_form() {
    let (sender, unhandled) = mpsc::channel::<Unhandled>();
    let send = move |unhandled| {
        sender.send(unhandled).unwrap();
        std::future::ready(())
    };
    let endpoint = endpoint_builder::<BareEndpoint>().on_unhandled(send).build().unwrap();
    let envelope_of = |event: &Value| {
        assert_eq!(deliver_event(&endpoint, event).now_or_never().unwrap().status(), 200);
        unhandled.recv().unwrap().event
    };
    let mut from_connect = event_json();
    from_connect["account"] = json!("acct_1");
    from_connect["context"] = json!("acct_1");
    let AnyEvent::Snapshot(event) = envelope_of(&from_connect) else { panic!("a snapshot event") };
    assert_eq!((event.created.unix(), event.livemode), (NOW - 1, false));
    assert_eq!(event.api_version.unwrap(), stripe_hooks::API_VERSION);
    assert_eq!((event.account.unwrap().as_str(), event.context.unwrap().as_str()), ("acct_1", "acct_1"));
    assert_eq!((event.pending_webhooks, event.request.unwrap().id.unwrap().as_str()), (Some(1), "req_Zq4"));
    assert_eq!(event.data.object.parse::<Value>().unwrap(), from_connect["data"]["object"]);

    let related = json!({"id": "mtr_1", "type": "billing.meter", "url": "/v1/billing/meters/mtr_1"});
    let AnyEvent::Thin(event) = envelope_of(&thin_event("v1.billing.meter.nobody_knows", &related)) else {
        panic!("a thin event")
    };
    assert_eq!(
        (&*event.related_object.unwrap().id, event.created.as_str()),
        ("mtr_1", "2027-01-15T08:00:00.000Z")
    );

    let odd = |member: &str, value: Value| {
        let mut odd = from_connect.clone();
        odd[member] = value;
        odd
    };
    for odd in [odd("object", json!("v3.event")), odd("data", json!({})), odd("created", json!("yesterday"))]
    {
        assert_eq!(envelope_of(&odd), AnyEvent::Unreadable, "{odd}");
    }
}

#[derive(stripe_hooks::EndpointName)]
struct VersionedEndpoint;

#[on_event("charge.succeeded", endpoint = VersionedEndpoint)]
async fn of_any_version() {}

#[test]
fn an_api_version_is_of_another_train_by_its_word_and_not_by_its_date() {
    let status = |mismatch, version: Value| {
        let endpoint =
            endpoint_builder::<VersionedEndpoint>().on_api_version_mismatch(mismatch).build().unwrap();
        let mut event = event_json();
        event["api_version"] = version;
        deliver_event(&endpoint, &event).now_or_never().unwrap().status()
    };
    let ours = stripe_hooks::API_VERSION.split_once('.').unwrap().1;
    for version in
        [json!(format!("2020-01-01.{ours}")), json!(stripe_hooks::API_VERSION), json!(null), json!(7)]
    {
        assert_eq!(status(ApiVersionMismatch::Fail, version.clone()), 200, "{version}");
    }
    for version in
        [json!("2026-10-28.other"), json!("2020-08-27"), json!(""), json!(format!("2026-10-28.{ours}2"))]
    {
        assert_eq!(status(ApiVersionMismatch::Fail, version.clone()), 500, "{version}");
        assert_eq!(status(ApiVersionMismatch::Warn, version.clone()), 200);
        assert_eq!(status(ApiVersionMismatch::Ignore, version), 200);
    }
    let mut thin = thin_event("v1.charge.succeeded", &json!(null));
    thin["api_version"] = json!("2020-08-27");
    let failing = build_bare_endpoint(
        endpoint_builder::<BareEndpoint>().on_api_version_mismatch(ApiVersionMismatch::Fail),
    );
    assert_eq!(
        deliver_event(&failing, thin).now_or_never().unwrap().status(),
        200,
        "a thin event has no version"
    );
    let mut event = event_json();
    event["api_version"] = json!("2020-08-27");
    assert_eq!(deliver_event(&failing, event).now_or_never().unwrap().status(), 200, "nobody handles it");
}

#[derive(stripe_hooks::EndpointName)]
struct PlatformEndpoint;
#[derive(stripe_hooks::EndpointName)]
struct ConnectEndpoint;

type HandledSender = State<mpsc::Sender<&'static str>>;

#[on_event("charge.succeeded", endpoint = PlatformEndpoint)]
async fn of_the_platform(State(handled): HandledSender) {
    handled.send("platform").unwrap();
}

#[on_event("charge.succeeded", endpoint = ConnectEndpoint)]
async fn of_connected_accounts(State(handled): HandledSender) {
    handled.send("connect").unwrap();
}

#[test]
fn two_endpoints_have_each_its_own_secret_and_handlers() {
    let (sender, handled) = mpsc::channel::<&'static str>();
    let builder = || Endpoint::builder().clock(clock_at(NOW)).state(sender.clone());
    let platform = builder().name::<PlatformEndpoint>().secret("whsec_platform").build().unwrap();
    let connect = builder().name::<ConnectEndpoint>().secret("whsec_connect").build().unwrap();
    assert_eq!(deliver_signed(&platform, "whsec_platform", NOW).status(), 200);
    assert_eq!(deliver_signed(&connect, "whsec_connect", NOW).status(), 200);
    assert_eq!(deliver_signed(&platform, "whsec_connect", NOW).status(), 400);
    assert_eq!(deliver_signed(&connect, "whsec_platform", NOW).status(), 400);
    assert_eq!(handled.try_iter().collect::<Vec<_>>(), ["platform", "connect"]);
}

#[test]
fn an_event_from_elsewhere_is_taken_out_of_what_is_around_it() {
    let (sender, unhandled) = mpsc::channel::<Unhandled>();
    let send = move |unhandled| {
        sender.send(unhandled).unwrap();
        std::future::ready(())
    };
    let endpoint = endpoint_builder::<BareEndpoint>().on_unhandled(send).build().unwrap();
    let event = event_json();
    let mut with_data = thin_event("v1.charge.succeeded", &json!(null));
    with_data["data"] = snapshot_event("charge.failed", &json!({}));
    let event_bridge = json!({
        "version": "0", "id": "7b9c", "detail-type": "charge.succeeded", "source": "aws.partner/stripe.com/ed_1",
        "account": "012345678901", "time": "2027-01-15T08:00:00Z", "region": "us-east-1", "resources": [], "detail": event,
    });
    let event_grid = json!({
        "specversion": "1.0", "id": "7b9c", "type": "charge.succeeded", "source": "/stripe", "data": event,
    });
    for (what, body, taken) in [
        ("an event", &event, &event),
        ("EventBridge", &event_bridge, &event),
        ("Event Grid", &event_grid, &event),
        ("a thin event that has a `data` of its own", &with_data, &with_data),
    ] {
        let answer = endpoint.dispatch_verified(body.to_string().into()).now_or_never().unwrap();
        assert_eq!(answer.status(), 200, "{what}");
        let unhandled = unhandled.recv().unwrap();
        assert_eq!(unhandled.body.parse::<Value>().unwrap(), *taken, "{what}");
    }
    for (what, body) in [
        ("nothing", Bytes::new()),
        ("no event within", json!({"detail": {"id": "evt_1"}}).to_string().into()),
        ("a text within", json!({"detail": event.to_string()}).to_string().into()),
        ("several events", json!([event_grid]).to_string().into()),
        ("one too deep within", json!({"detail": {"detail": event}}).to_string().into()),
        ("bytes that are no UTF-8", Bytes::from_static(b"{\"detail\":\"\xff\"}")),
    ] {
        let answer = endpoint.dispatch_verified(body).now_or_never().unwrap();
        assert_eq!(status_and_body(&answer), (400, "not an event\n"), "{what}");
    }
    assert!(unhandled.try_recv().is_err());
}

#[tokio::test(start_paused = true)]
async fn a_shutdown_lets_nothing_in_and_waits_for_what_is_under_way() {
    let (started, go_on) = (Arc::new(Notify::new()), Arc::new(Notify::new()));
    let (start, wait) = (Arc::clone(&started), Arc::clone(&go_on));
    let work = move |_| {
        let (start, wait) = (Arc::clone(&start), Arc::clone(&wait));
        async move {
            start.notify_one();
            wait.notified().await;
        }
    };
    let endpoint = endpoint_builder::<BareEndpoint>().on_unhandled(work).build().unwrap();
    let receiving = tokio::spawn({
        let endpoint = endpoint.clone();
        async move { deliver_event(&endpoint, event_json()).await }
    });
    started.notified().await;

    let error = endpoint.shutdown(Duration::from_secs(30)).await.unwrap_err();
    assert!(error.is_shutdown());
    assert_eq!(error.to_string(), "deliveries still being handled after 30s: 1");

    assert_eq!(status_and_body(&deliver_event(&endpoint, event_json()).await), (503, "try again later\n"));
    assert_eq!(
        status_and_body(&endpoint.dispatch_verified(event_json().to_string().into()).await),
        (503, "try again later\n")
    );
    assert_eq!(status_and_body(&endpoint.receive(None, Bytes::new()).await).0, 503);

    let (ended, ()) = tokio::join!(endpoint.shutdown(Duration::from_secs(30)), async {
        tokio::time::sleep(Duration::from_secs(10)).await;
        go_on.notify_one();
    });
    ended.unwrap();
    assert_eq!(receiving.await.unwrap().status(), 200);
    endpoint.shutdown(Duration::ZERO).await.unwrap();
    assert_eq!((endpoint.counts().unhandled, endpoint.counts().turned_away), (1, 3));
}

#[test]
fn every_clone_is_the_same_endpoint() {
    let endpoint = build_bare_endpoint(endpoint_builder::<BareEndpoint>());
    let body = Bytes::from(event_json().to_string());
    let header = sign_body(&body);
    assert_eq!(endpoint.clone().receive(Some(header.as_bytes()), body).now_or_never().unwrap().status(), 200);
    assert_eq!(endpoint.counts().unhandled, 1);
}
