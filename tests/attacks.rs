//! What nobody sends by accident, and what the application itself may do wrong.

use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicUsize, Ordering::SeqCst},
    },
    thread,
    time::{Duration, SystemTime},
};

use bytes::Bytes;
use delivery::{NOW, SECRET, clock_at, deliver_event, endpoint_builder, secret, sign_body, snapshot_event};
use futures_util::FutureExt;
use serde_json::json;
use stripe_hooks::{
    Endpoint, EndpointBuilder,
    signature::{Tolerance, sign as sign_at},
};

use crate::bare_endpoint::{BareEndpoint, build_bare_endpoint};
use crate::server::{Server, request_head, signed_request, wait_until};

fn event_body() -> String {
    snapshot_event("charge.succeeded", &json!({"id": "ch_1"})).to_string()
}

/// Takes one body of this size at a time.
fn builder_for(bytes: usize) -> EndpointBuilder {
    endpoint_builder::<BareEndpoint>().body_limit(bytes).bodies_in_flight(bytes)
}

/// The status of an event that is signed at `signed`, at an endpoint whose clock is at `now`.
fn status_at_time(
    now: impl Fn() -> SystemTime + Send + Sync + 'static,
    signed: i64,
    tolerance: Tolerance,
) -> u16 {
    let endpoint = build_bare_endpoint(endpoint_builder::<BareEndpoint>().clock(now).tolerance(tolerance));
    let body = Bytes::from(event_body());
    let header = sign_at(&body, &secret(), signed);
    endpoint.receive(Some(header.as_bytes()), body).now_or_never().unwrap().status()
}

#[test]
fn a_clock_may_show_any_time_there_is() {
    const YEAR_9999: i64 = 253_402_300_799;
    let any = Tolerance::seconds(u64::MAX);
    for (now, signed, tolerance, status) in [
        (-1, 0, Tolerance::DEFAULT, 200),
        (-NOW, 0, Tolerance::DEFAULT, 200),
        (i64::MIN, i64::MAX, Tolerance::DEFAULT, 200),
        (i64::MIN, i64::MAX, any.max_future_skew(Duration::MAX), 200),
        (i64::MIN, i64::MAX, any.max_future_skew(Duration::from_secs(i64::MAX.unsigned_abs())), 400),
        (-301, 0, Tolerance::DEFAULT.max_future_skew(Duration::from_secs(300)), 400),
        (YEAR_9999, YEAR_9999 - 300, Tolerance::DEFAULT, 200),
        (YEAR_9999, YEAR_9999 - 301, Tolerance::DEFAULT, 400),
        (i64::MAX, 0, Tolerance::DEFAULT, 400),
        (i64::MAX, 0, any, 200),
    ] {
        assert_eq!(status_at_time(clock_at(now), signed, tolerance), status, "{now} {signed} {tolerance:?}");
    }
    // A part of a second before the epoch is the second before it.
    let before = || SystemTime::UNIX_EPOCH - Duration::from_millis(1);
    assert_eq!(status_at_time(before, 0, Tolerance::DEFAULT.max_future_skew(Duration::ZERO)), 400);
    assert_eq!(status_at_time(before, 0, Tolerance::DEFAULT.max_future_skew(Duration::from_secs(1))), 200);
}

#[test]
fn a_closure_of_the_application_that_panics_is_a_503_for_that_delivery() {
    let broken = Arc::new(AtomicBool::new(true));
    let (of_secrets, of_clock) = (Arc::clone(&broken), Arc::clone(&broken));
    for endpoint in [
        build_bare_endpoint(Endpoint::builder().name::<BareEndpoint>().clock(clock_at(NOW)).secrets_from(
            move || {
                assert!(!of_secrets.load(SeqCst), "as if by a mistake");
                vec![secret()]
            },
        )),
        build_bare_endpoint(Endpoint::builder().name::<BareEndpoint>().secret(SECRET).clock(move || {
            assert!(!of_clock.load(SeqCst), "as if by a mistake");
            clock_at(NOW)()
        })),
    ] {
        broken.store(true, SeqCst);
        for _ in 0..3 {
            let answer = catch_unwind(AssertUnwindSafe(|| {
                deliver_event(&endpoint, event_body()).now_or_never().unwrap()
            }))
            .unwrap();
            assert_eq!((answer.status(), &answer.body()[..]), (503, &b"try again later\n"[..]));
        }
        broken.store(false, SeqCst);
        assert_eq!(deliver_event(&endpoint, event_body()).now_or_never().unwrap().status(), 200);
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
        runtime.block_on(endpoint.shutdown(Duration::ZERO)).unwrap();
        assert_eq!(endpoint.counts().turned_away, 3);
    }
}

#[tokio::test(start_paused = true)]
async fn a_handler_that_never_ends_holds_up_a_shutdown_no_longer_than_its_grace() {
    let endpoint = endpoint_builder::<BareEndpoint>()
        .on_unhandled(async |_| std::future::pending::<()>().await)
        .build()
        .unwrap();
    let receiving = tokio::spawn({
        let endpoint = endpoint.clone();
        async move { deliver_event(&endpoint, event_body()).await }
    });
    tokio::task::yield_now().await;
    assert!(endpoint.shutdown(Duration::from_secs(1)).await.unwrap_err().is_shutdown());
    assert!(endpoint.shutdown(Duration::ZERO).await.is_err());
    // A delivery that is dropped leaves: nothing of it stays behind.
    receiving.abort();
    assert!(receiving.await.unwrap_err().is_cancelled());
    endpoint.shutdown(Duration::MAX).await.unwrap();
    assert_eq!(endpoint.counts().cut_off, 1);
}

#[tokio::test]
async fn the_bodies_that_receive_is_handed_share_one_limit() {
    let never =
        || endpoint_builder::<BareEndpoint>().on_unhandled(async |_| std::future::pending::<()>().await);
    let endpoint =
        never().body_limit(event_body().len()).bodies_in_flight(2 * event_body().len()).build().unwrap();
    let under_way = [(); 2].map(|()| Box::pin(deliver_event(&endpoint, event_body())));
    let mut under_way = Vec::from(under_way);
    for delivery in &mut under_way {
        assert!(futures_util::poll!(delivery).is_pending());
    }
    let over = deliver_event(&endpoint, event_body()).await;
    assert_eq!((over.status(), &over.body()[..]), (503, &b"try again later\n"[..]));
    assert_eq!(endpoint.receive(None, Bytes::new()).await.status(), 400, "what takes no room is looked at");
    assert_eq!(endpoint.receive(None, Bytes::from(event_body())).await.status(), 503);

    under_way.pop();
    let mut next = Box::pin(deliver_event(&endpoint, event_body()));
    assert!(futures_util::poll!(&mut next).is_pending(), "there is room again");
    drop((next, under_way));
    assert_eq!((endpoint.counts().turned_away, endpoint.counts().cut_off), (2, 3));

    let answering = build_bare_endpoint(builder_for(event_body().len()));
    assert_eq!(deliver_event(&answering, event_body()).await.status(), 200);
    assert_eq!(
        deliver_event(&answering, event_body()).await.status(),
        200,
        "the answer gives back what its body held"
    );
}

#[test]
fn deliveries_and_a_shutdown_at_once_are_each_either_handled_or_refused() {
    for _ in 0..50 {
        let running = Arc::new(AtomicUsize::new(0));
        let counted = Arc::clone(&running);
        let work = move |_| {
            let counted = Arc::clone(&counted);
            async move {
                counted.fetch_add(1, SeqCst);
                tokio::task::yield_now().await;
                counted.fetch_sub(1, SeqCst);
            }
        };
        let endpoint = endpoint_builder::<BareEndpoint>().on_unhandled(work).build().unwrap();
        let run = || tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
        thread::scope(|scope| {
            let deliveries: Vec<_> = (0..4)
                .map(|_| {
                    scope.spawn(|| {
                        (0..20)
                            .map(|_| run().block_on(deliver_event(&endpoint, event_body())).status())
                            .collect::<Vec<_>>()
                    })
                })
                .collect();
            let shutdown = scope.spawn(|| {
                wait_until("a delivery", || endpoint.counts().unhandled > 0);
                run().block_on(endpoint.shutdown(Duration::from_secs(60))).unwrap();
                assert_eq!(running.load(SeqCst), 0, "nothing runs once the shutdown has ended");
                endpoint.counts().unhandled
            });
            let statuses: Vec<_> =
                deliveries.into_iter().flat_map(|delivery| delivery.join().unwrap()).collect();
            let handled = shutdown.join().unwrap();
            assert!(statuses.iter().all(|status| [200, 503].contains(status)));
            assert_eq!(statuses.iter().filter(|status| **status == 200).count() as u64, handled);
        });
    }
}

#[test]
fn a_body_whose_length_is_told_in_two_ways_is_not_handled() {
    let endpoint = build_bare_endpoint(endpoint_builder::<BareEndpoint>());
    let server = Server::start(&endpoint);
    let body = event_body();
    let signature = format!("Stripe-Signature: {}\r\n", sign_body(body.as_bytes()));
    let chunked = format!("{:x}\r\n{body}\r\n0\r\n\r\n", body.len());
    for (headers, body) in [
        (format!("Content-Length: {}\r\nTransfer-Encoding: chunked", body.len()), &chunked),
        (format!("Transfer-Encoding: chunked\r\nContent-Length: {}", chunked.len()), &chunked),
        (format!("Content-Length: {}\r\nContent-Length: {}", body.len(), body.len() - 1), &body),
        (format!("Content-Length: +{}", body.len()), &body),
        ("Content-Length: -1".to_owned(), &body),
        ("Content-Length: 18446744073709551616".to_owned(), &body),
        ("Transfer-Encoding: identity, chunked, gzip".to_owned(), &chunked),
        ("Transfer-Encoding: \u{b}chunked".to_owned(), &chunked),
    ] {
        let mut connection = server.connect();
        connection.send_bytes(request_head("POST", &format!("{signature}{headers}")) + body);
        // Refused by the server itself, in words of its own, or by a closed connection.
        let received = connection.receive_answer();
        assert!(received.as_ref().is_none_or(|received| received.status == 400), "{headers}: {received:?}");
    }
    assert_eq!(endpoint.counts().unhandled, 0);
    assert_eq!(server.send_request(signed_request(&body)).status, 200);
}

#[test]
fn a_header_of_a_mebibyte_or_of_nonsense_costs_its_sender_the_connection() {
    let endpoint = build_bare_endpoint(endpoint_builder::<BareEndpoint>());
    let server = Server::start(&endpoint);
    for request in [
        request_head("POST", &format!("Stripe-Signature: {}", "v1=0,".repeat(200_000))),
        request_head("POST", &"X: y\r\n".repeat(10_000)),
        format!("POST /{} HTTP/1.1\r\nHost: x\r\n\r\n", "webhook".repeat(100_000)),
        "\0\u{1}\u{2}\r\n\r\n".to_owned(),
        "POST /webhook HTTP/9.9\r\n\r\n".to_owned(),
        "POST /webhook HTTP/1.1\r\nHost: a\r\n obsolete: folding\r\n\r\n".to_owned(),
    ] {
        let mut connection = server.connect();
        connection.send_bytes(&request);
        let received = connection.receive_answer();
        assert!(
            received.as_ref().is_none_or(|received| (400..500).contains(&received.status)),
            "{request:.40}: {received:?}"
        );
    }
    assert_eq!(server.send_request(signed_request(event_body())).status, 200);
    assert_eq!(endpoint.counts().unhandled, 1);
}

#[test]
fn many_callers_that_send_nothing_more_keep_nobody_from_being_served() {
    let server = Server::start(&build_bare_endpoint(endpoint_builder::<BareEndpoint>()));
    let request = signed_request(event_body());
    let waiting: Vec<_> = (0..200)
        .map(|bytes| {
            let mut connection = server.connect();
            connection.send_bytes(&request[..request.len() * bytes / 200]);
            connection
        })
        .collect();
    assert_eq!(server.send_request(&request).status_and_body(), (200, "ok\n"));
    drop(waiting);
}
