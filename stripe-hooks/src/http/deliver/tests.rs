use std::{
    iter,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering::SeqCst},
    },
    time::{Duration, SystemTime},
};

use futures_util::{FutureExt, future::pending, stream};
use tokio::{sync::Semaphore, task::yield_now, time::Instant};

use super::*;
use crate::{
    EndpointBuilder,
    signature::{Secret, sign},
};

const SECRET: &str = "whsec_of_these_tests";
const NOW: i64 = 1_800_000_000;
const EVENT_JSON: &str = r#"{"id":"evt_1","object":"event","type":"charge.succeeded","data":{"object":{}}}"#;

/// A step of a body that arrives.
#[derive(Clone)]
enum BodyStep {
    Chunk(&'static str),
    Wait(Duration),
    Disconnect,
    Stall,
}
use BodyStep::{Chunk, Disconnect, Stall, Wait};

/// A request. Unless changed it is a signed event in one chunk.
struct SentRequest {
    is_post: bool,
    signatures: Vec<String>,
    content_length: Option<String>,
    body: Vec<BodyStep>,
    /// Number of steps of the body that were taken.
    chunks_taken: Arc<AtomicUsize>,
}

impl SentRequest {
    fn new() -> Self {
        let secret = Secret::new(SECRET).unwrap();
        Self {
            is_post: true,
            signatures: vec![sign(EVENT_JSON.as_bytes(), &secret, NOW)],
            content_length: Some(EVENT_JSON.len().to_string()),
            body: vec![Chunk(EVENT_JSON)],
            chunks_taken: Arc::default(),
        }
    }

    fn signed_with(mut self, signatures: &[&str]) -> Self {
        self.signatures = signatures.iter().map(|&signature| signature.to_owned()).collect();
        self
    }

    fn with_bad_signature(self) -> Self {
        self.signed_with(&[&format!("t={NOW},v1={}", "0".repeat(64))])
    }

    fn with_content_length(mut self, length: Option<&str>) -> Self {
        self.content_length = length.map(str::to_owned);
        self
    }

    fn with_body(mut self, body: &[BodyStep]) -> Self {
        self.body = body.to_vec();
        self
    }

    /// Owns everything, so that a test can spawn it.
    async fn deliver_to(self, endpoint: Endpoint) -> Result<Answer, RefusedDelivery> {
        let taken = Arc::clone(&self.chunks_taken);
        let chunks = stream::unfold(self.body.into_iter(), move |mut steps| {
            let taken = Arc::clone(&taken);
            async move {
                loop {
                    let step = steps.next()?;
                    taken.fetch_add(1, SeqCst);
                    match step {
                        Chunk(text) => return Some((Ok(Bytes::from_static(text.as_bytes())), steps)),
                        Disconnect => return Some((Err(()), steps)),
                        Wait(time) => tokio::time::sleep(time).await,
                        Stall => pending().await,
                    }
                }
            }
        });
        let delivery = DeliveryRequest {
            is_post: self.is_post,
            signatures: self.signatures.iter().map(String::as_bytes),
            content_length: self.content_length.as_deref().map(str::as_bytes),
            chunks,
        };
        deliver(endpoint, delivery).await
    }
}

fn builder() -> EndpointBuilder {
    let now = SystemTime::UNIX_EPOCH + Duration::from_secs(NOW.unsigned_abs());
    Endpoint::builder().secret(SECRET).clock(move || now)
}

fn endpoint() -> Endpoint {
    builder().body_limit(1_000).bodies_in_flight(1_000).on_unhandled(async |_| ()).build().unwrap()
}

fn has_returned_all_bytes(endpoint: &Endpoint) -> bool {
    endpoint.0.body_budget.reserve(endpoint.0.settings.bodies_in_flight).is_some()
}

/// Work that waits for a permit.
fn endpoint_with_held_handler() -> (Endpoint, Arc<Semaphore>) {
    let permits = Arc::new(Semaphore::new(0));
    let allowed = Arc::clone(&permits);
    let on_unhandled = move |_| {
        let allowed = Arc::clone(&allowed);
        async move { allowed.acquire().await.unwrap().forget() }
    };
    (builder().on_unhandled(on_unhandled).build().unwrap(), permits)
}

/// Status, first line, and whether the delivery was verified.
fn summarize(answered: &Result<Answer, RefusedDelivery>) -> (u16, &str, bool) {
    let (Ok(answer) | Err(RefusedDelivery(answer))) = answered;
    (answer.status(), str::from_utf8(answer.body()).unwrap().trim_end(), answered.is_ok())
}

#[tokio::test]
async fn a_signed_event_passes_all_steps() {
    let endpoint = endpoint();
    assert_eq!(summarize(&SentRequest::new().deliver_to(endpoint.clone()).await), (200, "ok", true));
    let in_three =
        SentRequest::new().with_body(&[Chunk(&EVENT_JSON[..5]), Chunk(""), Chunk(&EVENT_JSON[5..])]);
    assert_eq!(summarize(&in_three.deliver_to(endpoint.clone()).await), (200, "ok", true));
    let unannounced = SentRequest::new()
        .with_content_length(None)
        .with_body(&[Chunk(&EVENT_JSON[..60]), Chunk(&EVENT_JSON[60..])]);
    assert_eq!(summarize(&unannounced.deliver_to(endpoint.clone()).await), (200, "ok", true));
    let announced_wrong = SentRequest::new().with_content_length(Some("5"));
    assert_eq!(summarize(&announced_wrong.deliver_to(endpoint.clone()).await), (200, "ok", true));
    assert_eq!((endpoint.counts().unhandled, has_returned_all_bytes(&endpoint)), (4, true));
}

/// Each request fails at its step and at every later step.
#[tokio::test]
async fn the_first_step_that_fails_decides_the_answer() {
    let endpoint = endpoint();
    endpoint.shutdown(Duration::ZERO).await.unwrap();
    let too_large: Vec<_> = iter::repeat_n(Chunk("0123456789"), 101).chain([Stall]).collect();

    let mut method =
        SentRequest::new().signed_with(&[]).with_content_length(Some("1001")).with_body(&[Stall]);
    method.is_post = false;
    let unsigned = SentRequest::new().signed_with(&[]).with_content_length(Some("1001")).with_body(&[Stall]);
    let unsigned_and_slow = SentRequest::new().signed_with(&[]).with_body(&[Stall]);
    let signed_twice = SentRequest::new()
        .signed_with(&["t=1,v1=0"; 2])
        .with_content_length(Some("1001"))
        .with_body(&[Stall]);
    let malformed =
        SentRequest::new().signed_with(&["v1=0"]).with_content_length(Some("1001")).with_body(&[Stall]);
    let announced =
        SentRequest::new().with_bad_signature().with_content_length(Some("1001")).with_body(&[Stall]);
    for (sent, answer) in [
        (method, (405, "only POST", false)),
        (unsigned, (400, "missing signature header", false)),
        (unsigned_and_slow, (400, "missing signature header", false)),
        (signed_twice, (400, "malformed signature header", false)),
        (malformed, (400, "malformed signature header", false)),
        (announced, (413, "body too large", false)),
    ] {
        let taken = Arc::clone(&sent.chunks_taken);
        assert_eq!(summarize(&sent.deliver_to(endpoint.clone()).await), answer);
        assert_eq!(taken.load(SeqCst), 0, "the body was read before {answer:?}");
    }

    let in_fact = SentRequest::new().with_bad_signature().with_content_length(None).with_body(&too_large);
    let (taken, answered) = (Arc::clone(&in_fact.chunks_taken), in_fact.deliver_to(endpoint.clone()).await);
    assert_eq!(summarize(&answered), (413, "body too large", false));
    assert_eq!(taken.load(SeqCst), 101, "nothing is read after the limit");
    let broken = SentRequest::new().with_bad_signature().with_body(&[Chunk("{"), Disconnect]);
    assert_eq!(summarize(&broken.deliver_to(endpoint.clone()).await), (400, "incomplete body", false));
    let shut = SentRequest::new().with_bad_signature();
    assert_eq!(summarize(&shut.deliver_to(endpoint.clone()).await), (503, "try again later", false));
    let counts = endpoint.counts();
    assert_eq!((counts.bad_signature, counts.turned_away, counts.unhandled), (4, 4, 0));

    let endpoint = self::endpoint();
    assert_eq!(
        summarize(&SentRequest::new().with_bad_signature().deliver_to(endpoint.clone()).await),
        (400, "no matching signature", false)
    );
    assert_eq!(summarize(&SentRequest::new().deliver_to(endpoint.clone()).await), (200, "ok", true));
    assert_eq!((endpoint.counts().bad_signature, endpoint.counts().unhandled), (1, 1));
}

#[test]
fn the_answer_to_another_method_names_post() {
    let answer = Answer::method_not_allowed();
    assert!(answer.headers().any(|header| header == ("allow", "POST")));
}

#[tokio::test]
async fn an_answer_to_a_verified_delivery_is_marked_so_even_if_it_is_no_success() {
    let failing = builder().on_unhandled(async |_| Err::<(), _>("broken")).build().unwrap();
    assert_eq!(summarize(&SentRequest::new().deliver_to(failing).await), (500, "a handler failed", true));
}

#[tokio::test(start_paused = true)]
async fn bodies_share_a_budget_that_unsigned_requests_do_not_reach() {
    let endpoint = builder()
        .body_limit(100)
        .bodies_in_flight(100)
        .body_timeout(Duration::MAX)
        .on_unhandled(async |_| ())
        .build()
        .unwrap();
    let stalled = SentRequest::new().with_body(&[Chunk(EVENT_JSON), Stall]).deliver_to(endpoint.clone());
    let stalled = tokio::spawn(stalled);
    yield_now().await;
    yield_now().await;
    assert_eq!(
        summarize(&SentRequest::new().deliver_to(endpoint.clone()).await),
        (503, "try again later", false)
    );
    let unsigned = SentRequest::new().signed_with(&[]).deliver_to(endpoint.clone());
    assert_eq!(summarize(&unsigned.await), (400, "missing signature header", false));
    stalled.abort();
    assert!(stalled.await.unwrap_err().is_cancelled());
    assert_eq!(summarize(&SentRequest::new().deliver_to(endpoint.clone()).await), (200, "ok", true));
    assert!(has_returned_all_bytes(&endpoint));
}

#[tokio::test(start_paused = true)]
async fn a_body_has_one_time_limit_however_it_arrives() {
    let endpoint =
        builder().body_timeout(Duration::from_secs(10)).on_unhandled(async |_| ()).build().unwrap();
    let second = Wait(Duration::from_secs(1));
    let slow: Vec<_> = iter::repeat_n([Chunk(" "), second.clone()], 1_000).flatten().collect();
    for body in [vec![Chunk(EVENT_JSON), Stall], slow] {
        let started = Instant::now();
        assert_eq!(
            summarize(&SentRequest::new().with_body(&body).deliver_to(endpoint.clone()).await),
            (400, "incomplete body", false)
        );
        assert_eq!(started.elapsed(), Duration::from_secs(10));
    }
    let nine_seconds = SentRequest::new().with_body(&[Wait(Duration::from_secs(9)), Chunk(EVENT_JSON)]);
    assert_eq!(summarize(&nine_seconds.deliver_to(endpoint.clone()).await), (200, "ok", true));
    assert_eq!((endpoint.counts().turned_away, endpoint.counts().unhandled), (2, 1));
    assert!(has_returned_all_bytes(&endpoint));
}

#[tokio::test(start_paused = true)]
async fn a_shutdown_while_the_body_arrives_comes_before_verification() {
    for sent in [SentRequest::new(), SentRequest::new().with_bad_signature()] {
        let endpoint = endpoint();
        let sent =
            sent.with_body(&[Wait(Duration::from_secs(1)), Chunk(EVENT_JSON)]).deliver_to(endpoint.clone());
        let sent = tokio::spawn(sent);
        yield_now().await;
        endpoint.shutdown(Duration::ZERO).await.unwrap();
        assert_eq!(summarize(&sent.await.unwrap()), (503, "try again later", false));
        let counts = endpoint.counts();
        assert_eq!((counts.turned_away, counts.bad_signature, counts.unhandled), (1, 0, 0));
    }
}

#[tokio::test]
async fn handling_goes_on_when_the_caller_hangs_up() {
    let (endpoint, permits) = endpoint_with_held_handler();
    let mut delivery = Box::pin(SentRequest::new().deliver_to(endpoint.clone()));
    assert!(delivery.as_mut().now_or_never().is_none());
    drop(delivery);
    assert_eq!(endpoint.counts().unhandled, 1);
    let shutdown = tokio::spawn({
        let endpoint = endpoint.clone();
        async move { endpoint.shutdown(Duration::from_secs(60)).await }
    });
    permits.add_permits(1);
    shutdown.await.unwrap().unwrap();
    assert_eq!((permits.available_permits(), endpoint.counts().cut_off), (0, 0));
    assert!(has_returned_all_bytes(&endpoint));
}

#[test]
fn the_end_of_the_server_cuts_handling_off_which_is_counted() {
    let (endpoint, _permits) = endpoint_with_held_handler();
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    let delivered =
        runtime.block_on(async { SentRequest::new().deliver_to(endpoint.clone()).now_or_never() });
    assert!(delivered.is_none());
    assert_eq!(endpoint.counts().cut_off, 0);
    drop(runtime);
    assert_eq!(endpoint.counts().cut_off, 1);
    assert!(has_returned_all_bytes(&endpoint));
}

#[tokio::test]
async fn a_delivery_can_move_between_threads() {
    fn assert_send(_: &impl Send) {}
    let delivery = SentRequest::new().deliver_to(endpoint());
    assert_send(&delivery);
    assert_eq!(summarize(&delivery.await), (200, "ok", true));
}
