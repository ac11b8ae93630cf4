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
const EVENT: &str = r#"{"id":"evt_1","object":"event","type":"charge.succeeded","data":{"object":{}}}"#;

/// A step of a body that arrives.
#[derive(Clone)]
enum Step {
    Chunk(&'static str),
    Wait(Duration),
    Break,
    Stall,
}
use Step::{Break, Chunk, Stall, Wait};

/// A request. Unless changed it is a signed event in one chunk.
struct Sent {
    is_post: bool,
    signatures: Vec<String>,
    content_length: Option<String>,
    body: Vec<Step>,
    /// Number of steps of the body that were taken.
    taken: Arc<AtomicUsize>,
}

impl Sent {
    fn new() -> Self {
        let secret = Secret::new(SECRET).unwrap();
        Self {
            is_post: true,
            signatures: vec![sign(EVENT.as_bytes(), &secret, NOW)],
            content_length: Some(EVENT.len().to_string()),
            body: vec![Chunk(EVENT)],
            taken: Arc::default(),
        }
    }

    fn signed_with(mut self, signatures: &[&str]) -> Self {
        self.signatures = signatures.iter().map(|&signature| signature.to_owned()).collect();
        self
    }

    fn forged(self) -> Self {
        self.signed_with(&[&format!("t={NOW},v1={}", "0".repeat(64))])
    }

    fn announced(mut self, length: Option<&str>) -> Self {
        self.content_length = length.map(str::to_owned);
        self
    }

    fn body(mut self, body: &[Step]) -> Self {
        self.body = body.to_vec();
        self
    }

    /// Owns everything, so that a test can spawn it.
    async fn to(self, endpoint: Endpoint) -> Result<Answer, Unverified> {
        let taken = Arc::clone(&self.taken);
        let chunks = stream::unfold(self.body.into_iter(), move |mut steps| {
            let taken = Arc::clone(&taken);
            async move {
                loop {
                    let step = steps.next()?;
                    taken.fetch_add(1, SeqCst);
                    match step {
                        Chunk(text) => return Some((Ok(Bytes::from_static(text.as_bytes())), steps)),
                        Break => return Some((Err(()), steps)),
                        Wait(time) => tokio::time::sleep(time).await,
                        Stall => pending().await,
                    }
                }
            }
        });
        let delivery = Delivery {
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

fn is_all_given_back(endpoint: &Endpoint) -> bool {
    endpoint.0.intake.share_of(endpoint.0.settings.bodies_in_flight).is_some()
}

/// Work that waits for a permit.
fn held() -> (Endpoint, Arc<Semaphore>) {
    let permits = Arc::new(Semaphore::new(0));
    let allowed = Arc::clone(&permits);
    let on_unhandled = move |_| {
        let allowed = Arc::clone(&allowed);
        async move { allowed.acquire().await.unwrap().forget() }
    };
    (builder().on_unhandled(on_unhandled).build().unwrap(), permits)
}

/// Status, first line, and whether the delivery was verified.
fn read(answered: &Result<Answer, Unverified>) -> (u16, &str, bool) {
    let (Ok(answer) | Err(Unverified(answer))) = answered;
    (answer.status(), str::from_utf8(answer.body()).unwrap().trim_end(), answered.is_ok())
}

#[tokio::test]
async fn a_signed_event_passes_all_steps() {
    let endpoint = endpoint();
    assert_eq!(read(&Sent::new().to(endpoint.clone()).await), (200, "ok", true));
    let in_three = Sent::new().body(&[Chunk(&EVENT[..5]), Chunk(""), Chunk(&EVENT[5..])]);
    assert_eq!(read(&in_three.to(endpoint.clone()).await), (200, "ok", true));
    let unannounced = Sent::new().announced(None).body(&[Chunk(&EVENT[..60]), Chunk(&EVENT[60..])]);
    assert_eq!(read(&unannounced.to(endpoint.clone()).await), (200, "ok", true));
    let announced_wrong = Sent::new().announced(Some("5"));
    assert_eq!(read(&announced_wrong.to(endpoint.clone()).await), (200, "ok", true));
    assert_eq!((endpoint.counts().unhandled, is_all_given_back(&endpoint)), (4, true));
}

/// Each request fails at its step and at every later step.
#[tokio::test]
async fn the_first_step_that_fails_decides_the_answer() {
    let endpoint = endpoint();
    endpoint.shutdown(Duration::ZERO).await.unwrap();
    let too_large: Vec<_> = iter::repeat_n(Chunk("0123456789"), 101).chain([Stall]).collect();

    let mut method = Sent::new().signed_with(&[]).announced(Some("1001")).body(&[Stall]);
    method.is_post = false;
    let unsigned = Sent::new().signed_with(&[]).announced(Some("1001")).body(&[Stall]);
    let unsigned_and_slow = Sent::new().signed_with(&[]).body(&[Stall]);
    let signed_twice = Sent::new().signed_with(&["t=1,v1=0"; 2]).announced(Some("1001")).body(&[Stall]);
    let malformed = Sent::new().signed_with(&["v1=0"]).announced(Some("1001")).body(&[Stall]);
    let announced = Sent::new().forged().announced(Some("1001")).body(&[Stall]);
    for (sent, answer) in [
        (method, (405, "only POST", false)),
        (unsigned, (400, "missing signature header", false)),
        (unsigned_and_slow, (400, "missing signature header", false)),
        (signed_twice, (400, "malformed signature header", false)),
        (malformed, (400, "malformed signature header", false)),
        (announced, (413, "body too large", false)),
    ] {
        let taken = Arc::clone(&sent.taken);
        assert_eq!(read(&sent.to(endpoint.clone()).await), answer);
        assert_eq!(taken.load(SeqCst), 0, "the body was read before {answer:?}");
    }

    let in_fact = Sent::new().forged().announced(None).body(&too_large);
    let (taken, answered) = (Arc::clone(&in_fact.taken), in_fact.to(endpoint.clone()).await);
    assert_eq!(read(&answered), (413, "body too large", false));
    assert_eq!(taken.load(SeqCst), 101, "nothing is read after the limit");
    let broken = Sent::new().forged().body(&[Chunk("{"), Break]);
    assert_eq!(read(&broken.to(endpoint.clone()).await), (400, "incomplete body", false));
    let shut = Sent::new().forged();
    assert_eq!(read(&shut.to(endpoint.clone()).await), (503, "try again later", false));
    let counts = endpoint.counts();
    assert_eq!((counts.bad_signature, counts.turned_away, counts.unhandled), (4, 4, 0));

    let endpoint = self::endpoint();
    assert_eq!(read(&Sent::new().forged().to(endpoint.clone()).await), (400, "no matching signature", false));
    assert_eq!(read(&Sent::new().to(endpoint.clone()).await), (200, "ok", true));
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
    assert_eq!(read(&Sent::new().to(failing).await), (500, "a handler failed", true));
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
    let stalled = Sent::new().body(&[Chunk(EVENT), Stall]).to(endpoint.clone());
    let stalled = tokio::spawn(stalled);
    yield_now().await;
    yield_now().await;
    assert_eq!(read(&Sent::new().to(endpoint.clone()).await), (503, "try again later", false));
    let unsigned = Sent::new().signed_with(&[]).to(endpoint.clone());
    assert_eq!(read(&unsigned.await), (400, "missing signature header", false));
    stalled.abort();
    assert!(stalled.await.unwrap_err().is_cancelled());
    assert_eq!(read(&Sent::new().to(endpoint.clone()).await), (200, "ok", true));
    assert!(is_all_given_back(&endpoint));
}

#[tokio::test(start_paused = true)]
async fn a_body_has_one_time_limit_however_it_arrives() {
    let endpoint =
        builder().body_timeout(Duration::from_secs(10)).on_unhandled(async |_| ()).build().unwrap();
    let second = Wait(Duration::from_secs(1));
    let slow: Vec<_> = iter::repeat_n([Chunk(" "), second.clone()], 1_000).flatten().collect();
    for body in [vec![Chunk(EVENT), Stall], slow] {
        let started = Instant::now();
        assert_eq!(
            read(&Sent::new().body(&body).to(endpoint.clone()).await),
            (400, "incomplete body", false)
        );
        assert_eq!(started.elapsed(), Duration::from_secs(10));
    }
    let nine_seconds = Sent::new().body(&[Wait(Duration::from_secs(9)), Chunk(EVENT)]);
    assert_eq!(read(&nine_seconds.to(endpoint.clone()).await), (200, "ok", true));
    assert_eq!((endpoint.counts().turned_away, endpoint.counts().unhandled), (2, 1));
    assert!(is_all_given_back(&endpoint));
}

#[tokio::test(start_paused = true)]
async fn a_shutdown_while_the_body_arrives_comes_before_verification() {
    for sent in [Sent::new(), Sent::new().forged()] {
        let endpoint = endpoint();
        let sent = sent.body(&[Wait(Duration::from_secs(1)), Chunk(EVENT)]).to(endpoint.clone());
        let sent = tokio::spawn(sent);
        yield_now().await;
        endpoint.shutdown(Duration::ZERO).await.unwrap();
        assert_eq!(read(&sent.await.unwrap()), (503, "try again later", false));
        let counts = endpoint.counts();
        assert_eq!((counts.turned_away, counts.bad_signature, counts.unhandled), (1, 0, 0));
    }
}

#[tokio::test]
async fn handling_goes_on_when_the_caller_hangs_up() {
    let (endpoint, permits) = held();
    let mut delivery = Box::pin(Sent::new().to(endpoint.clone()));
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
    assert!(is_all_given_back(&endpoint));
}

#[test]
fn the_end_of_the_server_cuts_handling_off_which_is_counted() {
    let (endpoint, _permits) = held();
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    let delivered = runtime.block_on(async { Sent::new().to(endpoint.clone()).now_or_never() });
    assert!(delivered.is_none());
    assert_eq!(endpoint.counts().cut_off, 0);
    drop(runtime);
    assert_eq!(endpoint.counts().cut_off, 1);
    assert!(is_all_given_back(&endpoint));
}

#[tokio::test]
async fn a_delivery_can_move_between_threads() {
    fn assert_send(_: &impl Send) {}
    let delivery = Sent::new().to(endpoint());
    assert_send(&delivery);
    assert_eq!(read(&delivery.await), (200, "ok", true));
}
