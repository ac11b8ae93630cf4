//! The limits of bodies: the size and the time of one, and the size of all together.

use std::{thread, time::Duration};

use delivery::sign_body;

use super::{HeldHandlers, build_endpoint, event_body, http_endpoint_builder};
use crate::server::{Server, request_head, signed_request, wait_until};

/// An event whose body has exactly this many bytes.
fn event_of_size(bytes: usize) -> String {
    let short = event_body();
    short.clone() + &" ".repeat(bytes - short.len())
}

#[test]
fn a_body_over_the_limit_is_413_before_it_is_sent() {
    let endpoint = http_endpoint_builder().body_limit(1000).on_unhandled(async |_| ()).build().unwrap();
    let server = Server::start(&endpoint);
    assert_eq!(server.send_request(signed_request(event_of_size(1000))).status_and_body(), (200, "ok\n"));
    let received =
        server.send_request(request_head("POST", "Stripe-Signature: t=1,v1=0\r\nContent-Length: 1001"));
    assert_eq!(received.status_and_body(), (413, "body too large\n"));
    let absurd = server.send_request(request_head(
        "POST",
        "Stripe-Signature: t=1,v1=0\r\nContent-Length: 18446744073709551615",
    ));
    assert_eq!(absurd.status, 413);
    assert_eq!((endpoint.counts().unhandled, endpoint.counts().turned_away), (1, 2));
}

#[test]
fn a_body_without_a_length_is_413_once_it_is_over_the_limit() {
    let endpoint = http_endpoint_builder().body_limit(1000).on_unhandled(async |_| ()).build().unwrap();
    let server = Server::start(&endpoint);
    let chunked = |body: &str, end: &str| {
        let headers =
            format!("Stripe-Signature: {}\r\nTransfer-Encoding: chunked", sign_body(body.as_bytes()));
        let chunks = body
            .as_bytes()
            .chunks(300)
            .map(|chunk| format!("{:x}\r\n{}\r\n", chunk.len(), std::str::from_utf8(chunk).unwrap()));
        request_head("POST", &headers) + &chunks.collect::<String>() + end
    };
    assert_eq!(
        server.send_request(chunked(&event_of_size(1000), "0\r\n\r\n")).status_and_body(),
        (200, "ok\n")
    );
    // The end never comes, and is not waited for.
    assert_eq!(
        server.send_request(chunked(&event_of_size(1001), "")).status_and_body(),
        (413, "body too large\n")
    );
}

#[test]
fn ten_mebibytes_are_taken_where_the_limit_allows_them_and_413_elsewhere() {
    let request = signed_request(event_of_size(10 << 20));
    assert_eq!(
        Server::start(&build_endpoint()).send_request(&request).status_and_body(),
        (413, "body too large\n")
    );
    let large = http_endpoint_builder().body_limit(10 << 20).on_unhandled(async |_| ()).build().unwrap();
    assert_eq!(Server::start(&large).send_request(&request).status_and_body(), (200, "ok\n"));
}

#[test]
fn what_follows_a_refused_body_is_never_taken_for_another_request() {
    let endpoint = build_endpoint();
    let server = Server::start(&endpoint);
    let inner = signed_request(event_body());
    for headers in ["Stripe-Signature: t=1\r\nStripe-Signature: t=1\r\n", ""] {
        let length = if headers.is_empty() { 2 << 20 } else { inner.len() };
        let mut connection = server.connect();
        connection.send_bytes(request_head("POST", &format!("{headers}Content-Length: {length}")));
        connection.send_bytes(&inner);
        assert!([400, 413].contains(&connection.receive_answer().unwrap().status));
        // The server may close the connection now, or read the body to its end; but it must not answer what is in it.
        connection.send_bytes(vec![b' '; length - inner.len()]);
        connection.send_bytes(request_head("GET", ""));
        assert!(connection.receive_answer().is_none_or(|received| received.status == 405));
    }
    assert_eq!(endpoint.counts().unhandled, 0);
}

#[test]
fn a_body_that_does_not_arrive_in_time_is_given_up() {
    let endpoint = http_endpoint_builder()
        .body_timeout(Duration::from_millis(300))
        .on_unhandled(async |_| ())
        .build()
        .unwrap();
    let server = Server::start(&endpoint);
    let body = event_body();
    let request = signed_request(&body);
    let (most, _) = request.split_at(request.len() - 1);
    assert_eq!(
        server.send_request(most).status_and_body(),
        (400, "incomplete body\n"),
        "all but the last byte"
    );

    // The time is that of the whole body: a byte now and then does not prolong it.
    let mut connection = server.connect();
    connection.send_bytes(request_head("POST", "Stripe-Signature: t=1,v1=0\r\nContent-Length: 1000000"));
    let mut writing = connection.clone_for_writing();
    let writer = thread::spawn(move || {
        while writing.try_send_bytes(b" ") {
            thread::sleep(Duration::from_millis(10));
        }
    });
    assert_eq!(connection.receive_answer().unwrap().status_and_body(), (400, "incomplete body\n"));
    drop(connection);
    writer.join().unwrap();
    assert_eq!(endpoint.counts().turned_away, 2);
}

#[test]
fn the_bodies_of_all_deliveries_under_way_share_one_limit() {
    let (endpoint, held) =
        HeldHandlers::build_endpoint(http_endpoint_builder().body_limit(1500).bodies_in_flight(1500));
    let server = Server::start(&endpoint);
    let mut first = server.connect();
    first.send_bytes(signed_request(event_of_size(1000)));
    held.wait_for_start();
    assert_eq!(
        server.send_request(signed_request(event_of_size(501))).status_and_body(),
        (503, "try again later\n")
    );
    held.allow_one();
    held.allow_one();
    assert_eq!(
        server.send_request(signed_request(event_of_size(500))).status_and_body(),
        (200, "ok\n"),
        "what fits is taken"
    );
    assert_eq!(first.receive_answer().unwrap().status_and_body(), (200, "ok\n"));
    held.allow_one();
    assert_eq!(
        server.send_request(signed_request(event_of_size(1500))).status_and_body(),
        (200, "ok\n"),
        "all is given back"
    );
}

#[test]
fn a_caller_that_hangs_up_within_its_body_gives_back_what_it_held() {
    let endpoint = http_endpoint_builder()
        .body_limit(1500)
        .bodies_in_flight(1500)
        .on_unhandled(async |_| ())
        .build()
        .unwrap();
    let server = Server::start(&endpoint);
    let request = signed_request(event_of_size(1500));
    let ask = || server.send_request(signed_request(event_of_size(1000))).status;
    let mut first = server.connect();
    first.send_bytes(&request[..request.len() - 1]);
    wait_until("a full house", || ask() == 503);
    drop(first);
    wait_until("room again", || ask() == 200);
}
