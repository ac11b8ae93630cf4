//! An endpoint under test: sends to it what Stripe sends, and what Stripe never does.

use std::{
    fmt,
    sync::Arc,
    time::{Duration, SystemTime},
};

use bytes::Bytes;

use super::{Delivered, Sample, TestClock, run_recorder::RunRecorder, sample::SAMPLE_TIME};
use crate::{
    Answer, Endpoint, EndpointBuilder, Error,
    diagnosis::Outline,
    endpoint_name::EndpointName,
    signature::{Secret, sign_with_each as sign},
};

/// The signing secret of endpoints under test.
pub const SECRET: &str = "whsec_of_the_endpoint_under_test";

/// The secret that [`SECRET`] is rolled to. Endpoints under test know both unless they are given their own.
pub const ROLLED_SECRET: &str = "whsec_rolled_by_the_endpoint_under_test";

/// An endpoint under test.
///
/// It has the handlers of the test's program, a clock that stands still at [`SAMPLE_TIME`], and takes what
/// is sent through the same [`receive`](Endpoint::receive) as in production: in process, or with
/// [`over_http`](TestEndpointBuilder::over_http) through a real server.
///
/// Runs are told by the id of their event, and each [`Delivered`] has those of its id that none had before. So where one event is sent twice
/// at once, the first answer may have the runs of both and the second none; and what [`endpoint`](Self::endpoint) is handed directly shows in
/// the next delivery of that id.
#[derive(Clone)]
pub struct TestEndpoint {
    endpoint: Endpoint,
    clock: TestClock,
    run_recorder: Arc<RunRecorder>,
    current_secrets: TestSecrets,
    #[cfg(feature = "actix")]
    server: Option<Arc<super::loopback_server::LoopbackServer>>,
}

#[derive(Clone)]
enum TestSecrets {
    Known(Vec<Secret>),
    FromFn(Arc<dyn Fn() -> Vec<Secret> + Send + Sync>),
}

/// A body of any content: a [`Sample`], a text, bytes, or a `serde_json::Value`.
pub trait IntoBody {
    /// Returns the bytes of the body.
    fn into_body(self) -> Bytes;
}

impl<T> IntoBody for Sample<T> {
    fn into_body(self) -> Bytes {
        self.body().into()
    }
}

impl<T> IntoBody for &Sample<T> {
    fn into_body(self) -> Bytes {
        self.body().into()
    }
}

impl IntoBody for Bytes {
    fn into_body(self) -> Bytes {
        self
    }
}

impl IntoBody for String {
    fn into_body(self) -> Bytes {
        self.into()
    }
}

impl IntoBody for Vec<u8> {
    fn into_body(self) -> Bytes {
        self.into()
    }
}

impl IntoBody for &str {
    fn into_body(self) -> Bytes {
        Bytes::copy_from_slice(self.as_bytes())
    }
}

impl IntoBody for serde_json::Value {
    fn into_body(self) -> Bytes {
        format!("{self:#}").into()
    }
}

impl TestEndpoint {
    /// Starts to configure an endpoint under test.
    pub fn builder() -> TestEndpointBuilder {
        TestEndpointBuilder { endpoint: Endpoint::builder(), secrets: None, over_http: false }
    }

    /// The endpoint itself.
    #[must_use]
    pub fn endpoint(&self) -> &Endpoint {
        &self.endpoint
    }

    /// The clock, which stands still until it is moved. Deliveries are signed at its time.
    #[must_use]
    pub fn clock(&self) -> &TestClock {
        &self.clock
    }

    /// Delivers an event as Stripe does: signed, now.
    pub async fn send(&self, event: impl Into<Sample>) -> Delivered {
        self.send_body(event.into()).await
    }

    /// Delivers a body of any content, signed now. For an event, [`send`](Self::send) does the same.
    pub async fn send_body(&self, body: impl IntoBody) -> Delivered {
        let body = body.into_body();
        let header = sign(&body, &self.current_secrets(), self.clock.now());
        self.deliver_body(Some(header), body).await
    }

    /// Delivers a body with this `Stripe-Signature` header, or with none.
    pub async fn send_raw(&self, signature: Option<&str>, body: impl IntoBody) -> Delivered {
        self.deliver_body(signature.map(str::to_owned), body.into_body()).await
    }

    /// Delivers an event with a signature that was not made with the secret.
    pub async fn send_with_bad_signature(&self, event: impl Into<Sample>) -> Delivered {
        let header = format!("t={},v1={}", self.clock.now(), "0".repeat(64));
        self.deliver_body(Some(header), event.into().into_body()).await
    }

    /// Delivers an event that was signed so long ago, as somebody would who has recorded it.
    pub async fn send_old(&self, event: impl Into<Sample>, age: Duration) -> Delivered {
        let body = event.into().into_body();
        let age = i64::try_from(age.as_secs()).unwrap_or(i64::MAX);
        let header = sign(&body, &self.current_secrets(), self.clock.now().saturating_sub(age));
        self.deliver_body(Some(header), body).await
    }

    /// Delivers an event that is signed with this secret.
    ///
    /// # Panics
    /// When the secret is blank: nothing can be signed with it.
    #[allow(clippy::panic, reason = "a test stops where it is written wrong")]
    pub async fn send_with_secret(&self, event: impl Into<Sample>, secret: &str) -> Delivered {
        let secret = Secret::new(secret).unwrap_or_else(|error| panic!("{error}"));
        let body = event.into().into_body();
        let header = sign(&body, &[secret], self.clock.now());
        self.deliver_body(Some(header), body).await
    }

    pub(crate) async fn deliver_body(&self, header: Option<String>, body: Bytes) -> Delivered {
        let outline = Outline::from_body(&body).ok();
        let answer = self.answer_body(header, body).await;
        let runs = outline
            .as_ref()
            .map(|outline| self.run_recorder.take_runs(outline.id.as_str()))
            .unwrap_or_default();
        let event = match outline {
            Some(outline) => format!("{} ({})", outline.event_type, outline.id),
            None => "a body that is no event".to_owned(),
        };
        Delivered { event_name: event, answer, runs }
    }

    async fn answer_body(&self, header: Option<String>, body: Bytes) -> Answer {
        #[cfg(feature = "actix")]
        if let Some(server) = &self.server {
            return server.post_delivery(header, body).await;
        }
        self.endpoint.receive(header.as_deref().map(str::as_bytes), body).await
    }

    fn current_secrets(&self) -> Vec<Secret> {
        match &self.current_secrets {
            // With several, the first is the one that Stripe signs with.
            TestSecrets::Known(secrets) => secrets.iter().take(1).cloned().collect(),
            TestSecrets::FromFn(ask) => ask(),
        }
    }
}

impl fmt::Debug for TestEndpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TestEndpoint")
            .field("endpoint", &self.endpoint)
            .field("clock", &self.clock)
            .finish_non_exhaustive()
    }
}

/// Configures a [`TestEndpoint`].
#[must_use]
pub struct TestEndpointBuilder {
    endpoint: EndpointBuilder,
    secrets: Option<TestSecrets>,
    over_http: bool,
}

impl TestEndpointBuilder {
    /// Has the handlers that say `endpoint = Name`, as [`EndpointBuilder::name`].
    pub fn name<T: EndpointName>(mut self) -> Self {
        self.endpoint = self.endpoint.name::<T>();
        self
    }

    /// Provides a value that handlers ask for as `State<T>`.
    pub fn state<T: Clone + Send + Sync + 'static>(mut self, value: T) -> Self {
        self.endpoint = self.endpoint.state(value);
        self
    }

    /// Knows this secret, and those of further calls, instead of [`SECRET`] and [`ROLLED_SECRET`]. The first signs.
    pub fn secret(mut self, secret: impl Into<String>) -> Self {
        let text = secret.into();
        let mut known = match self.secrets.take() {
            Some(TestSecrets::Known(known)) => known,
            _ => Vec::new(),
        };
        known.extend(Secret::new(text.clone()).ok());
        self.secrets = Some(TestSecrets::Known(known));
        self.endpoint = self.endpoint.secret(text);
        self
    }

    /// Asks for the secrets at each delivery, as [`EndpointBuilder::secrets_from`]. All of them sign.
    pub fn secrets_from(mut self, ask: impl Fn() -> Vec<Secret> + Send + Sync + 'static) -> Self {
        let ask: Arc<dyn Fn() -> Vec<Secret> + Send + Sync> = Arc::new(ask);
        let asked = Arc::clone(&ask);
        self.endpoint = self.endpoint.secrets_from(move || asked());
        self.secrets = Some(TestSecrets::FromFn(ask));
        self
    }

    /// Sets whatever else the application's own endpoint sets. Secrets and clock are the kit's.
    pub fn configure(mut self, configure: impl FnOnce(EndpointBuilder) -> EndpointBuilder) -> Self {
        self.endpoint = configure(self.endpoint);
        self
    }

    /// Sends over a real socket of the loopback to a server of its own, and not in process.
    #[cfg(feature = "actix")]
    pub fn over_http(mut self) -> Self {
        self.over_http = true;
        self
    }

    /// Builds the endpoint.
    ///
    /// # Panics
    /// When it cannot work, with all that keeps it from it, as the application's `main` would tell it.
    #[must_use]
    #[track_caller]
    #[allow(clippy::panic, reason = "a test stops where it is written wrong")]
    pub fn build(self) -> TestEndpoint {
        match self.try_build() {
            Ok(endpoint) => endpoint,
            Err(error) => panic!("{error}"),
        }
    }

    /// Builds the endpoint, to test what keeps it from working.
    ///
    /// # Errors
    /// As [`EndpointBuilder::build`], or when no server can be started.
    pub fn try_build(self) -> Result<TestEndpoint, Error> {
        let clock = TestClock::starting_at(SAMPLE_TIME);
        let recorder = Arc::<RunRecorder>::default();
        let (endpoint, secrets) = match self.secrets {
            Some(secrets) => (self.endpoint, secrets),
            None => {
                let known = [SECRET, ROLLED_SECRET].into_iter().filter_map(|text| Secret::new(text).ok());
                (self.endpoint.secret(SECRET).secret(ROLLED_SECRET), TestSecrets::Known(known.collect()))
            }
        };
        let shown = clock.clone();
        let now = move || -> SystemTime { shown.system_time() };
        let endpoint = endpoint.clock(now).with_recorder(Arc::<RunRecorder>::clone(&recorder)).build()?;
        Ok(TestEndpoint {
            #[cfg(feature = "actix")]
            server: match self.over_http {
                true => Some(Arc::new(super::loopback_server::LoopbackServer::start(&endpoint)?)),
                false => None,
            },
            endpoint,
            clock,
            run_recorder: recorder,
            current_secrets: secrets,
        })
    }
}

impl fmt::Debug for TestEndpointBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TestEndpointBuilder")
            .field("endpoint", &self.endpoint)
            .field("over_http", &self.over_http)
            .finish_non_exhaustive()
    }
}
