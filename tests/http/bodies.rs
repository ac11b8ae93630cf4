//! What a body may weigh, how long it may take, and what all of them may hold together.

use std::{thread, time::Duration};

use delivery::sign;

use super::{Held, builder, event, plain};
use crate::server::{Server, head, signed, until};

/// An event whose body has exactly this many bytes.
fn event_of(bytes: usize) -> String {
    let short = event();
    short.clone() + &" ".repeat(bytes - short.len())
}

#[test]
fn a_body_over_the_limit_is_413_before_it_is_sent() {
    let endpoint = builder().body_limit(1000).on_unhandled(async |_| ()).build().unwrap();
    let server = Server::start(&endpoint);
    assert_eq!(server.ask(signed(event_of(1000))).said(), (200, "ok\n"));
    let received = server.ask(head("POST", "Stripe-Signature: t=1,v1=0\r\nContent-Length: 1001"));
    assert_eq!(received.said(), (413, "body too large\n"));
    let absurd =
        server.ask(head("POST", "Stripe-Signature: t=1,v1=0\r\nContent-Length: 18446744073709551615"));
    assert_eq!(absurd.status, 413);
    assert_eq!((endpoint.counts().unhandled, endpoint.counts().turned_away), (1, 2));
}

#[test]
fn a_body_without_a_length_is_413_once_it_is_over_the_limit() {
    let endpoint = builder().body_limit(1000).on_unhandled(async |_| ()).build().unwrap();
    let server = Server::start(&endpoint);
    let chunked = |body: &str, end: &str| {
        let headers = format!("Stripe-Signature: {}\r\nTransfer-Encoding: chunked", sign(body.as_bytes()));
        let chunks = body
            .as_bytes()
            .chunks(300)
            .map(|chunk| format!("{:x}\r\n{}\r\n", chunk.len(), std::str::from_utf8(chunk).unwrap()));
        head("POST", &headers) + &chunks.collect::<String>() + end
    };
    assert_eq!(server.ask(chunked(&event_of(1000), "0\r\n\r\n")).said(), (200, "ok\n"));
    // The end never comes, and is not waited for.
    assert_eq!(server.ask(chunked(&event_of(1001), "")).said(), (413, "body too large\n"));
}

#[test]
fn ten_mebibytes_are_taken_where_the_limit_allows_them_and_413_elsewhere() {
    let request = signed(event_of(10 << 20));
    assert_eq!(Server::start(&plain()).ask(&request).said(), (413, "body too large\n"));
    let large = builder().body_limit(10 << 20).on_unhandled(async |_| ()).build().unwrap();
    assert_eq!(Server::start(&large).ask(&request).said(), (200, "ok\n"));
}

#[test]
fn what_follows_a_refused_body_is_never_taken_for_another_request() {
    let endpoint = plain();
    let server = Server::start(&endpoint);
    let inner = signed(event());
    for headers in ["Stripe-Signature: t=1\r\nStripe-Signature: t=1\r\n", ""] {
        let length = if headers.is_empty() { 2 << 20 } else { inner.len() };
        let mut connection = server.connect();
        connection.send(head("POST", &format!("{headers}Content-Length: {length}")));
        connection.send(&inner);
        assert!([400, 413].contains(&connection.receive().unwrap().status));
        // The server may close the connection now, or read the body to its end; but it must not answer what is in it.
        connection.send(vec![b' '; length - inner.len()]);
        connection.send(head("GET", ""));
        assert!(connection.receive().is_none_or(|received| received.status == 405));
    }
    assert_eq!(endpoint.counts().unhandled, 0);
}

#[test]
fn a_body_that_does_not_arrive_in_time_is_given_up() {
    let endpoint =
        builder().body_timeout(Duration::from_millis(300)).on_unhandled(async |_| ()).build().unwrap();
    let server = Server::start(&endpoint);
    let body = event();
    let request = signed(&body);
    let (most, _) = request.split_at(request.len() - 1);
    assert_eq!(server.ask(most).said(), (400, "incomplete body\n"), "all but the last byte");

    // The time is that of the whole body: a byte now and then does not prolong it.
    let mut connection = server.connect();
    connection.send(head("POST", "Stripe-Signature: t=1,v1=0\r\nContent-Length: 1000000"));
    let mut writing = connection.to_write();
    let writer = thread::spawn(move || {
        while writing.try_send(b" ") {
            thread::sleep(Duration::from_millis(10));
        }
    });
    assert_eq!(connection.receive().unwrap().said(), (400, "incomplete body\n"));
    drop(connection);
    writer.join().unwrap();
    assert_eq!(endpoint.counts().turned_away, 2);
}

#[test]
fn the_bodies_of_all_deliveries_under_way_share_one_limit() {
    let (endpoint, held) = Held::endpoint(builder().body_limit(1500).bodies_in_flight(1500));
    let server = Server::start(&endpoint);
    let mut first = server.connect();
    first.send(signed(event_of(1000)));
    held.wait_for_start();
    assert_eq!(server.ask(signed(event_of(501))).said(), (503, "try again later\n"));
    held.allow_one();
    held.allow_one();
    assert_eq!(server.ask(signed(event_of(500))).said(), (200, "ok\n"), "what fits is taken");
    assert_eq!(first.receive().unwrap().said(), (200, "ok\n"));
    held.allow_one();
    assert_eq!(server.ask(signed(event_of(1500))).said(), (200, "ok\n"), "all is given back");
}

#[test]
fn a_caller_that_hangs_up_within_its_body_gives_back_what_it_held() {
    let endpoint =
        builder().body_limit(1500).bodies_in_flight(1500).on_unhandled(async |_| ()).build().unwrap();
    let server = Server::start(&endpoint);
    let request = signed(event_of(1500));
    let ask = || server.ask(signed(event_of(1000))).status;
    let mut first = server.connect();
    first.send(&request[..request.len() - 1]);
    until("a full house", || ask() == 503);
    drop(first);
    until("room again", || ask() == 200);
}
