//! What is logged of deliveries that are refused or turned away.

use std::time::Duration;

use actix_web::{App, http::StatusCode, test as actix};
use bytes::Bytes;
use delivery::{NOW, SECRET, clock_at, deliver_event, endpoint_builder, secret, sign_body};
use serde_json::json;
use stripe_hooks::{
    Endpoint, EndpointBuilder,
    signature::{self, Secret},
};

use super::{LoggedEndpoint, event_json, log_of_builder, log_of_delivery};
use crate::log::{SECRET_MARKER, assert_shows, capture_log};

/// Has the endpoint receive what is signed like this.
fn log_of_signed(builder: EndpointBuilder, header: Option<&str>, body: &str) -> String {
    capture_log(builder, async |endpoint| {
        let answer =
            endpoint.receive(header.map(str::as_bytes), Bytes::copy_from_slice(body.as_bytes())).await;
        assert_eq!(answer.status(), 400);
    })
}

#[test]
fn a_verified_body_that_is_no_event_shows_by_what_is_wrong_with_it() {
    let event = event_json("charge.succeeded");
    let without = |key: &str| {
        let mut event = event.clone();
        event.as_object_mut().unwrap().remove(key);
        event.to_string()
    };
    for (body, words) in [
        (format!("\u{feff}{event}"), "the body starts with a byte order mark"),
        (SECRET_MARKER.to_owned(), "the body is not JSON"),
        (format!("{event}{event}"), "the body is not JSON"),
        (json!(SECRET_MARKER).to_string(), "the body is not a JSON object"),
        (without("id"), "the event has no readable `id`"),
        (without("type"), "the event has no readable `type`"),
    ] {
        assert_shows(&log_of_delivery(body), &["ERROR", "a verified body is not an event", words]);
    }
    let log = capture_log(endpoint_builder::<LoggedEndpoint>(), async |endpoint| {
        let body = Bytes::from_static(b"\"CANARY \xff\"");
        endpoint.receive(Some(sign_body(&body).as_bytes()), body.clone()).await;
    });
    assert_shows(&log, &["the body is not UTF-8"]);
}

#[test]
fn a_delivery_that_does_not_verify_shows_by_the_rule_that_it_breaks() {
    let body = event_json("charge.succeeded").to_string();
    let right = sign_body(body.as_bytes());
    let digits = right.split_once("v1=").unwrap().1;
    for (header, words) in [
        (None, "missing signature header"),
        (Some(format!("t={SECRET_MARKER},v1={digits}")), "malformed signature header"),
        (Some(format!("t={NOW},v0={digits}")), "no signature of a known scheme"),
        (Some(format!("t={NOW},v1={SECRET_MARKER}")), "no matching signature"),
        (Some(signature::sign(body.as_bytes(), &secret(), NOW - 301)), "timestamp outside the tolerance"),
    ] {
        let log = log_of_signed(endpoint_builder::<LoggedEndpoint>(), header.as_deref(), &body);
        assert_shows(&log, &["WARN", "refused a delivery", words]);
    }
}

#[test]
fn a_delivery_that_does_not_verify_shows_its_likely_cause_to_the_operator_only() {
    #[derive(stripe_hooks::EndpointName)]
    struct Other;
    let other =
        endpoint_builder::<Other>().secret("whsec_of_the_other").on_unhandled(async |_| ()).build().unwrap();
    let body = event_json("charge.succeeded").to_string();
    let indented = serde_json::to_string_pretty(&event_json("charge.succeeded")).unwrap();
    let signed_by = |text: &str| signature::sign(body.as_bytes(), &Secret::new(text).unwrap(), NOW);
    let right = sign_body(body.as_bytes());
    let usual = endpoint_builder::<LoggedEndpoint>;
    let with_line_break = || {
        Endpoint::builder()
            .name::<LoggedEndpoint>()
            .clock(clock_at(NOW))
            .secrets_from(|| vec![Secret::new(format!("{SECRET}\n")).unwrap()])
    };
    for (builder, header, body, words) in [
        (
            usual(),
            signed_by("whsec_of_the_other"),
            body.clone(),
            "signed with the secret of endpoint `all::logging::",
        ),
        (
            with_line_break(),
            right.clone(),
            body.clone(),
            "the signing secret has white space or quotes around it",
        ),
        (usual(), right.clone(), indented.clone(), "the body was parsed and written again on its way"),
        (
            usual(),
            sign_body(indented.as_bytes()),
            body.clone(),
            "the body was parsed and written again on its way",
        ),
        (usual(), right.clone(), format!("{body}\n"), "the body was given other white space at its ends"),
        (
            usual(),
            sign_body(indented.as_bytes()),
            indented.replace('\n', "\r\n"),
            "the body was given other line ends",
        ),
        (
            usual().clock(clock_at(NOW + 3_600)),
            right.clone(),
            body.clone(),
            "the delivery was signed 3600 seconds ago",
        ),
        (
            usual().clock(clock_at(NOW - 3_600)).max_future_skew(Duration::from_secs(1)),
            right.clone(),
            body.clone(),
            "the delivery was signed 3600 seconds in the future",
        ),
    ] {
        assert_shows(&log_of_signed(builder, Some(&header), &body), &["WARN", "likely cause: ", words]);
    }
    let log = log_of_signed(usual(), Some(&signed_by("whsec_unknown")), &body);
    assert_shows(
        &log,
        &["likely cause: the signing secret is that of another endpoint", "or the sender is not Stripe"],
    );
    drop(other);
}

#[test]
fn what_is_turned_away_unread_shows_by_its_status() {
    let log = capture_log(endpoint_builder::<LoggedEndpoint>().body_limit(10), async |endpoint| {
        let app = actix::init_service(App::new().service(endpoint.service("/webhook"))).await;
        let body = event_json("charge.succeeded").to_string();
        let request = || {
            actix::TestRequest::post()
                .uri("/webhook")
                .append_header(("Stripe-Signature", sign_body(body.as_bytes())))
        };
        let twice = request().append_header(("Stripe-Signature", sign_body(body.as_bytes())));
        for (request, status) in [(request().set_payload(body.clone()), 413), (twice, 400)] {
            let response = actix::call_service(&app, request.to_request()).await;
            assert_eq!(response.status(), StatusCode::from_u16(status).unwrap());
        }
        endpoint.shutdown(Duration::ZERO).await.unwrap();
        deliver_event(endpoint, body).await;
    });
    assert_shows(
        &log,
        &[
            "turned a delivery away endpoint=\"all::logging::LoggedEndpoint\" status=413",
            "status=503",
            "malformed signature header",
        ],
    );
}

#[test]
fn an_endpoint_without_a_secret_at_hand_shows() {
    let builder = Endpoint::builder().name::<LoggedEndpoint>().secrets_from(Vec::new);
    assert_shows(
        &log_of_builder(builder, event_json("charge.refunded")),
        &["ERROR", "no signing secret is available; the answer is 503"],
    );
}
