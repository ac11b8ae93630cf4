//! The endpoint over real HTTP.

mod bodies;

use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering::SeqCst},
        mpsc,
    },
    thread,
    time::Duration,
};

use delivery::{endpoint_builder, sign_body, snapshot_event};
use serde_json::json;
use stripe_hooks::{Endpoint, EndpointBuilder, Outcome, Reply, Unhandled};
use tokio::sync::Semaphore;

use crate::bare_endpoint::{BareEndpoint, build_bare_endpoint};
use crate::server::{ANSWER_TIMEOUT, Server, request_head, signed_request, wait_until};

fn http_endpoint_builder() -> EndpointBuilder {
    endpoint_builder::<BareEndpoint>()
}

fn build_endpoint() -> Endpoint {
    build_bare_endpoint(http_endpoint_builder())
}

fn event_body() -> String {
    snapshot_event("charge.succeeded", &json!({"id": "ch_1"})).to_string()
}

/// Work that says when it has started and goes on when it is allowed to.
struct HeldHandlers {
    started: mpsc::Receiver<()>,
    permits: Arc<Semaphore>,
    ended: Arc<AtomicUsize>,
}

impl HeldHandlers {
    fn build_endpoint(builder: EndpointBuilder) -> (Endpoint, Self) {
        let (start, started) = mpsc::channel();
        let held = Self { started, permits: Arc::new(Semaphore::new(0)), ended: Arc::default() };
        let (allowed, ended) = (Arc::clone(&held.permits), Arc::clone(&held.ended));
        let on_unhandled = move |_: Unhandled| {
            let (start, allowed, ended) = (start.clone(), Arc::clone(&allowed), Arc::clone(&ended));
            async move {
                start.send(()).unwrap();
                allowed.acquire().await.unwrap().forget();
                ended.fetch_add(1, SeqCst);
            }
        };
        (builder.on_unhandled(on_unhandled).build().unwrap(), held)
    }

    fn wait_for_start(&self) {
        self.started.recv_timeout(ANSWER_TIMEOUT).expect("the work starts");
    }

    fn allow_one(&self) {
        self.permits.add_permits(1);
    }

    fn wait_for_end_of(&self, runs: usize) {
        wait_until("the end of the work", || self.ended.load(SeqCst) == runs);
    }
}

#[test]
fn a_signed_event_is_answered_with_one_short_line_of_plain_text() {
    let received = Server::start(&build_endpoint()).send_request(signed_request(event_body()));
    assert_eq!(received.status_and_body(), (200, "ok\n"));
    assert_eq!(received.header("content-type"), Some("text/plain; charset=utf-8"));
}

#[test]
fn other_methods_than_post_are_405_and_told_what_is_allowed() {
    let endpoint = build_endpoint();
    let server = Server::start(&endpoint);
    let mut connection = server.connect();
    for method in ["GET", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "HEAD", "BREW"] {
        connection.send_bytes(request_head(method, ""));
        let received = connection.receive_answer_to(method).unwrap();
        assert_eq!((received.status, received.header("allow")), (405, Some("POST")), "{method}");
        assert_eq!(received.body, if method == "HEAD" { "" } else { "only POST\n" });
    }
    let body = event_body();
    connection
        .send_bytes(signed_request(&body).strip_prefix(b"POST").map(|rest| [b"PUT", rest].concat()).unwrap());
    assert_eq!(connection.receive_answer().unwrap().status, 405);
    assert_eq!(endpoint.counts().unhandled, 0);
}

#[test]
fn another_path_is_not_the_endpoints_and_an_encoded_one_is() {
    let server = Server::start(&build_endpoint());
    let to =
        |path: &str| String::from_utf8(signed_request(event_body())).unwrap().replacen("/webhook", path, 1);
    assert_eq!(server.send_request(to("/webhook/")).status, 404);
    assert_eq!(server.send_request(to("/WEBHOOK")).status, 404);
    assert_eq!(server.send_request(to("/webhook%00")).status, 404);
    assert_eq!(server.send_request(to("/%77ebhook")).status, 200);
    assert_eq!(server.send_request(to("/webhook?a=%ff")).status, 200);
    assert_eq!(server.send_request(to("http://localhost/webhook")).status, 200);
}

#[test]
fn a_missing_signature_is_400_and_so_are_two_of_them_even_if_both_are_right() {
    let endpoint = build_endpoint();
    let server = Server::start(&endpoint);
    let body = event_body();
    let post = |headers: &str| {
        let headers = format!("{headers}Content-Length: {}", body.len());
        server.send_request(request_head("POST", &headers) + &body)
    };
    assert_eq!(post("").status_and_body(), (400, "missing signature header\n"));
    assert_eq!(post("Stripe-Signature:\r\n").status_and_body(), (400, "missing signature header\n"));
    let right = format!("Stripe-Signature: {}\r\n", sign_body(body.as_bytes()));
    assert_eq!(post(&right.repeat(2)).status_and_body(), (400, "malformed signature header\n"));
    assert_eq!(
        post(&format!("{right}STRIPE-SIGNATURE: t=1\r\n")).status_and_body(),
        (400, "malformed signature header\n")
    );
    assert_eq!(post(&right.to_uppercase()).status, 400);
    assert_eq!(
        post(&right.replacen("Stripe-Signature", "sTRIPE-sIGNATURE", 1)).status_and_body(),
        (200, "ok\n")
    );
    assert_eq!((endpoint.counts().bad_signature, endpoint.counts().unhandled), (5, 1));
}

#[test]
fn a_header_that_no_body_could_fit_is_refused_before_the_body_is_sent() {
    let endpoint = build_endpoint();
    let server = Server::start(&endpoint);
    for (header, line) in [
        ("", "missing signature header\n"),
        ("Stripe-Signature: v1=0\r\n", "malformed signature header\n"),
        ("Stripe-Signature: t=1,v0=0\r\n", "no signature of a known scheme\n"),
    ] {
        assert_eq!(
            server
                .send_request(request_head("POST", &format!("{header}Content-Length: 1000")))
                .status_and_body(),
            (400, line)
        );
    }
    assert_eq!(endpoint.counts().bad_signature, 3);
}

/// Posts a signed event and hangs up once it is being handled: in peace, or in the way in which TCP says that something went wrong, which
/// it does when a connection is closed with an answer unread.
fn disconnect_client(server: &Server, held: &HeldHandlers, rudely: bool) {
    let body = event_body();
    let expect = if rudely { "\r\nExpect: 100-continue" } else { "" };
    let headers =
        format!("Stripe-Signature: {}\r\nContent-Length: {}{expect}", sign_body(body.as_bytes()), body.len());
    let mut connection = server.connect();
    connection.send_bytes(request_head("POST", &headers) + &body);
    held.wait_for_start();
    drop(connection);
    // By the time it has answered others, the server has seen that the first caller is gone.
    for _ in 0..10 {
        assert_eq!(server.send_request(request_head("GET", "")).status, 405);
    }
}

#[test]
fn a_handler_goes_on_when_the_caller_hangs_up() {
    let (endpoint, held) = HeldHandlers::build_endpoint(http_endpoint_builder());
    let server = Server::start(&endpoint);
    for (runs, rudely) in [(1, false), (2, true)] {
        disconnect_client(&server, &held, rudely);
        held.allow_one();
        held.wait_for_end_of(runs);
    }
    assert_eq!((endpoint.counts().unhandled, endpoint.counts().cut_off), (2, 0));
}

#[test]
fn a_server_that_ends_waits_for_callers_and_cuts_off_what_nobody_waits_for_which_is_counted() {
    let (endpoint, held) = HeldHandlers::build_endpoint(http_endpoint_builder());
    let mut server = Server::start(&endpoint);
    let mut waiting = server.connect();
    waiting.send_bytes(signed_request(event_body()));
    held.wait_for_start();
    thread::scope(|scope| {
        scope.spawn(|| server.stop(true));
        held.allow_one();
        assert_eq!(waiting.receive_answer().unwrap().status_and_body(), (200, "ok\n"));
    });
    assert_eq!(endpoint.counts().cut_off, 0);

    let mut server = Server::start(&endpoint);
    disconnect_client(&server, &held, true);
    server.stop(true);
    wait_until("the count", || endpoint.counts().cut_off == 1);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
    runtime.block_on(endpoint.shutdown(Duration::ZERO)).unwrap();
}

#[test]
fn a_connection_is_kept_and_requests_may_come_before_the_answers() {
    let endpoint = build_endpoint();
    let server = Server::start(&endpoint);
    let mut connection = server.connect();
    for _ in 0..3 {
        connection.send_bytes(signed_request(event_body()));
        assert_eq!(connection.receive_answer().unwrap().status_and_body(), (200, "ok\n"));
    }
    let wrong_signature = String::from_utf8(signed_request(event_body())).unwrap().replace("v1=", "v1=0");
    connection.send_bytes(
        [signed_request(event_body()), wrong_signature.into_bytes(), signed_request(event_body())].concat(),
    );
    let answers: Vec<_> = (0..3).map(|_| connection.receive_answer().unwrap().status).collect();
    assert_eq!(answers, [200, 400, 200], "in the order of the requests");
    assert_eq!(endpoint.counts().unhandled, 5);
}

#[test]
fn a_request_may_be_of_http_1_0() {
    let request =
        String::from_utf8(signed_request(event_body())).unwrap().replacen("HTTP/1.1", "HTTP/1.0", 1);
    assert_eq!(Server::start(&build_endpoint()).send_request(request).status_and_body(), (200, "ok\n"));
}

#[test]
fn a_caller_that_asks_first_is_told_to_go_on() {
    let server = Server::start(&build_endpoint());
    let body = event_body();
    let mut connection = server.connect();
    let headers = format!(
        "Stripe-Signature: {}\r\nContent-Length: {}\r\nExpect: 100-continue",
        sign_body(body.as_bytes()),
        body.len()
    );
    connection.send_bytes(request_head("POST", &headers));
    assert_eq!(connection.receive_answer().unwrap().status, 100);
    connection.send_bytes(&body);
    assert_eq!(connection.receive_answer().unwrap().status_and_body(), (200, "ok\n"));
}

#[test]
fn a_body_is_verified_as_it_came_and_never_unpacked() {
    let body = event_body();
    let headers = format!(
        "Stripe-Signature: {}\r\nContent-Length: {}\r\nContent-Encoding: gzip\r\nContent-Type: text/html",
        sign_body(body.as_bytes()),
        body.len()
    );
    assert_eq!(
        Server::start(&build_endpoint())
            .send_request(request_head("POST", &headers) + &body)
            .status_and_body(),
        (200, "ok\n")
    );
}

#[test]
fn a_delivery_during_a_shutdown_is_503_and_those_under_way_are_waited_for() {
    let (endpoint, held) = HeldHandlers::build_endpoint(http_endpoint_builder());
    let server = Server::start(&endpoint);
    let mut first = server.connect();
    first.send_bytes(signed_request(event_body()));
    held.wait_for_start();
    let closing = endpoint.clone();
    let shutdown = thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
        runtime.block_on(closing.shutdown(ANSWER_TIMEOUT))
    });
    // An unsigned one tells whether the gate is closed, and starts nothing.
    wait_until("a closed gate", || {
        server.send_request(request_head("POST", "Stripe-Signature: t=1,v1=0\r\nContent-Length: 0")).status
            == 503
    });
    assert_eq!(
        server.send_request(signed_request(event_body())).status_and_body(),
        (503, "try again later\n")
    );
    held.allow_one();
    assert_eq!(first.receive_answer().unwrap().status_and_body(), (200, "ok\n"));
    shutdown.join().unwrap().unwrap();
}

#[test]
fn a_handler_that_panics_is_a_500_and_the_server_goes_on() {
    let endpoint = http_endpoint_builder()
        .on_unhandled(async |_| -> () { panic!("as if by a mistake") })
        .build()
        .unwrap();
    let server = Server::start(&endpoint);
    for _ in 0..3 {
        assert_eq!(
            server.send_request(signed_request(event_body())).status_and_body(),
            (500, "a handler failed\n")
        );
    }
}

#[test]
fn a_reply_brings_its_body_and_all_of_its_headers() {
    let reply = async |_| {
        Reply::new(json!({"approved": true}))
            .header("Stripe-Version", "1")
            .header("X-A", "1")
            .header("X-A", "2")
    };
    let received = Server::start(&http_endpoint_builder().on_unhandled(reply).build().unwrap())
        .send_request(signed_request(event_body()));
    assert_eq!(received.status_and_body(), (200, r#"{"approved":true}"#));
    let headers: Vec<_> = received.headers.iter().map(|(name, value)| format!("{name}: {value}")).collect();
    for header in ["content-type: application/json", "stripe-version: 1", "x-a: 1", "x-a: 2"] {
        assert!(headers.iter().any(|other| other == header), "{header} in {headers:?}");
    }
}

#[test]
fn a_delay_goes_out_as_retry_after() {
    let busy = async |_| Outcome::retry_after(Duration::from_millis(1500), "busy");
    let received = Server::start(&http_endpoint_builder().on_unhandled(busy).build().unwrap())
        .send_request(signed_request(event_body()));
    assert_eq!((received.status, received.header("retry-after")), (500, Some("2")));
}
