//! The configuration of an endpoint, and the checks before it is built.

use std::{
    env, fmt, mem,
    sync::{Arc, Mutex},
    time::{Duration, SystemTime},
};

use zeroize::Zeroizing;

use super::{
    Endpoint, diagnosis,
    gate::DeliveryGate,
    inner::EndpointInner,
    settings::{ApiVersionMismatch, EndpointSettings, Mode, SecretsFn},
    startup_log::{log_ignored_policies, log_start, namesake},
    unhandled::Unhandled,
};
use crate::{
    body_budget::BodyBudget,
    context::States,
    counts::Counters,
    diagnosis::{QUOTE_CHARS, mistaken_for_secret},
    endpoint_name::{DefaultEndpoint, EndpointInfo, EndpointName},
    error::{EndpointProblem, Error},
    meter,
    outcome::IntoOutcome,
    registry::HandlerTable,
    signature::{Secret, Tolerance},
};

/// Configures an [`Endpoint`]; [`build`](EndpointBuilder::build) checks that it can work.
#[must_use]
pub struct EndpointBuilder {
    name: EndpointInfo,
    secrets: Vec<Secret>,
    ask_secrets: Option<SecretsFn>,
    states: States,
    settings: EndpointSettings,
    expected_handler_ids: Vec<String>,
    #[cfg(feature = "inbox")]
    inbox: Option<crate::inbox::PreparedInbox>,
    problems: Vec<EndpointProblem>,
}

impl EndpointBuilder {
    pub(crate) fn new() -> Self {
        Self {
            name: EndpointInfo::from_type::<DefaultEndpoint>(),
            secrets: Vec::new(),
            ask_secrets: None,
            states: States::default(),
            settings: EndpointSettings::default(),
            expected_handler_ids: Vec::new(),
            #[cfg(feature = "inbox")]
            inbox: None,
            problems: Vec::new(),
        }
    }

    /// Gives the endpoint a name, which is a type of the application with
    /// [`#[derive(EndpointName)]`](macro@crate::EndpointName). The endpoint then has the handlers
    /// with `endpoint = Name`.
    ///
    /// A platform's own endpoint and its Connect endpoint have different secrets and therefore
    /// different names.
    pub fn name<T: EndpointName>(mut self) -> Self {
        self.name = EndpointInfo::from_type::<T>();
        self
    }

    /// Adds a signing secret, `whsec_…`. While a secret is rolled, give both: either may match.
    /// See <https://docs.stripe.com/webhooks#roll-endpoint-secrets>.
    pub fn secret(mut self, secret: impl Into<String>) -> Self {
        self.add_secret(Zeroizing::new(secret.into()), "the signing secret");
        self
    }

    /// Adds the signing secrets from an environment variable: one, or several separated by commas.
    pub fn secret_from_env(mut self, variable: &str) -> Self {
        match env::var(variable) {
            Ok(secrets) => {
                let secrets = Zeroizing::new(secrets);
                // A trailing comma announces no further secret.
                for secret in secrets.strip_suffix(',').unwrap_or(&secrets).split(',') {
                    let secret = Zeroizing::new(secret.trim().to_owned());
                    self.add_secret(secret, &format!("a signing secret of `{variable}`"));
                }
            }
            Err(env::VarError::NotUnicode(secrets)) => {
                drop(Zeroizing::new(secrets.into_encoded_bytes()));
                self.problems.push(EndpointProblem::Secret(format!(
                    "the environment variable `{variable}` is not UTF-8, which a signing secret always is"
                )));
            }
            Err(env::VarError::NotPresent) => self.problems.push(EndpointProblem::Secret(format!(
                "the environment variable `{variable}` is not set; it holds the endpoint's signing secret \
                 (`whsec_…`), which the Dashboard and `stripe listen` show"
            ))),
        }
        self
    }

    /// Adds a source of signing secrets that is called for each delivery, so that a rolled secret
    /// needs no restart.
    ///
    /// Every delivery waits for the call: let it read memory, not a network. If neither the source
    /// nor the builder has a secret, the answer is 503.
    pub fn secrets_from(mut self, ask: impl Fn() -> Vec<Secret> + Send + Sync + 'static) -> Self {
        self.ask_secrets = Some(Box::new(ask));
        self
    }

    /// Sets the maximum age of a delivery, in whole seconds: 300 unless set.
    /// See <https://docs.stripe.com/webhooks#replay-attacks>.
    pub fn tolerance(mut self, tolerance: impl Into<Tolerance>) -> Self {
        // The two limits can be set in any order.
        self.settings.tolerance = tolerance.into().with_future_limit_from(self.settings.tolerance);
        self
    }

    /// Limits how far ahead of the local clock a delivery may be signed, in whole seconds. There is
    /// no limit unless set.
    pub fn max_future_skew(mut self, limit: Duration) -> Self {
        self.settings.tolerance = self.settings.tolerance.max_future_skew(limit);
        self
    }

    /// Sets the maximum size of a body in bytes: 1 MiB unless set. A larger body is answered 413,
    /// by [`Endpoint::receive`] too.
    pub fn body_limit(mut self, bytes: usize) -> Self {
        self.settings.body_limit = bytes;
        self
    }

    /// Sets the time in which a body must arrive at the service of actix-web: 10 seconds unless
    /// set. [`Endpoint::receive`] takes whole bodies.
    pub fn body_timeout(mut self, timeout: Duration) -> Self {
        self.settings.body_timeout = timeout;
        self
    }

    /// Limits the bytes of all bodies in flight together: 64 MiB unless set. A body over the limit
    /// is answered 503, by [`Endpoint::receive`] too. The limit cannot be below
    /// [`body_limit`](EndpointBuilder::body_limit). An inbox may hold as many bytes again, for
    /// events that wait for its database after their callers have gone.
    pub fn bodies_in_flight(mut self, bytes: usize) -> Self {
        self.settings.bodies_in_flight = bytes;
        self
    }

    /// Provides a value that handlers take as `State<T>`. Each run gets a clone. A later value of
    /// the same type replaces the earlier one.
    pub fn state<T: Clone + Send + Sync + 'static>(mut self, value: T) -> Self {
        self.states.insert(value);
        self
    }

    /// Handles events of live mode only; others are acknowledged and counted. The live URL of a
    /// Connect endpoint receives both. See <https://docs.stripe.com/connect/webhooks>.
    pub fn only_live(mut self) -> Self {
        self.settings.only_mode = Some(Mode::Live);
        self
    }

    /// Handles events of sandboxes and test mode only; others are acknowledged and counted.
    pub fn only_test(mut self) -> Self {
        self.settings.only_mode = Some(Mode::Test);
        self
    }

    /// Sets a function for the events that no handler takes. Without it, such an event is
    /// acknowledged, counted and logged.
    ///
    /// The function may return everything that a handler may return.
    pub fn on_unhandled<F, R>(mut self, handle: impl Fn(Unhandled) -> F + Send + Sync + 'static) -> Self
    where
        F: Future<Output = R> + Send + 'static,
        R: IntoOutcome + 'static,
    {
        self.settings.on_unhandled = Some(Box::new(move |unhandled| {
            let work = handle(unhandled);
            Box::pin(async move { work.await.into_outcome() })
        }));
        self
    }

    /// Sets the treatment of an event whose API version belongs to another release train than
    /// [`API_VERSION`](crate::API_VERSION).
    pub fn on_api_version_mismatch(mut self, mismatch: ApiVersionMismatch) -> Self {
        self.settings.on_api_version_mismatch = mismatch;
        self
    }

    /// Sets whether the error of a failed handler is logged with all its causes: it is unless
    /// switched off. Switch it off if errors may quote personal data.
    pub fn log_handler_errors(mut self, log: bool) -> Self {
        self.settings.log_handler_errors = log;
        self
    }

    /// Replaces the system's clock, for tests.
    pub fn clock(mut self, now: impl Fn() -> SystemTime + Send + Sync + 'static) -> Self {
        self.settings.clock = Box::new(now);
        self
    }

    #[cfg(feature = "testing")]
    pub(crate) fn with_recorder(mut self, recorder: Arc<dyn super::recorder::OutcomeRecorder>) -> Self {
        self.settings.recorder = Some(recorder);
        self
    }

    /// Makes [`build`](Self::build) fail unless the handlers with these [ids](crate::Handler::id)
    /// are linked to the endpoint.
    ///
    /// A linker drops a library that nothing references, and its handlers with it.
    pub fn expect_handlers(mut self, ids: impl IntoIterator<Item = impl Into<String>>) -> Self {
        self.expected_handler_ids.extend(ids.into_iter().map(Into::into));
        self
    }

    /// Stores each event before its answer and runs its handlers from there: see
    /// [`inbox`](crate::inbox).
    #[cfg(feature = "inbox")]
    pub fn inbox(mut self, inbox: impl Into<crate::inbox::PreparedInbox>) -> Self {
        self.inbox = Some(inbox.into());
        self
    }

    /// Builds the endpoint, or returns every problem that keeps it from working.
    ///
    /// # Errors
    /// - A secret is missing, blank or not a signing secret.
    /// - No handler is linked, or an expected handler is not.
    /// - Another type names an endpoint by the same name.
    /// - A handler takes state that was not provided.
    /// - Two handlers reply to one event, or share an id.
    /// - `bodies_in_flight` is below `body_limit`.
    /// - A handler takes a transaction of another database than the inbox's.
    /// - Another endpoint of this process has the same name on the same inbox, and has been neither
    ///   shut down nor dropped.
    /// - With an inbox: a handler replies and is not `inline`.
    /// - Without an inbox: a handler has an `order`.
    pub fn build(mut self) -> Result<Endpoint, Error> {
        let (table, others) = HandlerTable::for_endpoint(self.name);
        let is_without_secret = self.secrets.is_empty() && self.ask_secrets.is_none();
        if is_without_secret && self.takes_deliveries() && self.problems.is_empty() {
            self.problems.push(EndpointProblem::Secret(
                "the endpoint has no signing secret; give the builder one with `secret`, `secret_from_env` \
                 or `secrets_from`"
                    .to_owned(),
            ));
        }
        if table.handlers().next().is_none() && self.settings.on_unhandled.is_none() {
            self.problems.push(HandlerTable::no_handlers_problem(self.name));
        }
        self.problems.extend(namesake(self.name, &others));
        self.problems.extend(table.find_problems(&self.states, &self.expected_handler_ids));
        self.problems.extend(self.settings.find_problem());
        let engine = self.inbox_engine();
        self.problems.extend(table.find_inbox_problems(engine));
        #[cfg(feature = "inbox")]
        let inbox = match self.inbox.take().map(|inbox| inbox.take_name(self.name.as_str())).transpose() {
            Ok(inbox) => inbox,
            Err(problem) => {
                self.problems.push(problem);
                None
            }
        };
        Error::check_no_problems(self.problems)?;

        log_start(self.name, &table, &others);
        meter::describe_metrics();
        if engine.is_none() {
            log_ignored_policies(&table);
        }
        let inner = Arc::new(EndpointInner {
            body_budget: BodyBudget::new(self.settings.bodies_in_flight),
            name: self.name,
            secrets: self.secrets,
            ask_secrets: self.ask_secrets,
            states: self.states,
            settings: self.settings,
            handlers: table,
            counters: Counters::new(self.name.as_str()),
            gate: DeliveryGate::default(),
            reported_api_versions: Mutex::default(),
            diagnosis_throttle: Mutex::default(),
        });
        #[cfg(feature = "inbox")]
        let inbox = inbox.map(|inbox| {
            let handlers = inner.handlers.handlers().map(|handler| {
                (handler.id, crate::inbox::Rule { policy: handler.policy, replies: handler.replies() })
            });
            let waiting = BodyBudget::new(inner.settings.bodies_in_flight);
            Arc::new(inbox.start(
                handlers,
                super::inbox_delivery::work_function(Arc::downgrade(&inner)),
                waiting,
            ))
        });
        let endpoint = Endpoint(
            inner,
            #[cfg(feature = "inbox")]
            inbox,
        );
        diagnosis::register_endpoint(&endpoint);
        Ok(endpoint)
    }

    /// Returns the name of the inbox's database, if there is an inbox.
    fn inbox_engine(&self) -> Option<&'static str> {
        #[cfg(feature = "inbox")]
        return self.inbox.as_ref().map(crate::inbox::PreparedInbox::engine_name);
        #[cfg(not(feature = "inbox"))]
        None
    }

    /// Returns whether deliveries may arrive. They do not at an endpoint that only works on an
    /// inbox.
    fn takes_deliveries(&self) -> bool {
        #[cfg(feature = "inbox")]
        return self.inbox.as_ref().is_none_or(crate::inbox::PreparedInbox::takes_deliveries);
        #[cfg(not(feature = "inbox"))]
        true
    }

    /// Keeps a secret, or the reason why it is none. A message quotes at most a public prefix of
    /// the text.
    fn add_secret(&mut self, mut text: Zeroizing<String>, what: &str) {
        let problem = if text.trim().is_empty() {
            "is blank; anybody could sign with it".to_owned()
        } else if text.trim() != text.as_str() {
            "has white space around it; remove it".to_owned()
        } else if text.starts_with(QUOTE_CHARS) || text.ends_with(QUOTE_CHARS) {
            "is in quotes; remove them".to_owned()
        } else if text.contains(char::is_whitespace) {
            "holds white space; a signing secret has none".to_owned()
        } else if let Some(mistaken) = mistaken_for_secret(&text) {
            mistaken.to_string()
        } else if !text.starts_with("whsec_") {
            "does not start with `whsec_`; copy the whole secret from the Dashboard or `stripe listen`"
                .to_owned()
        } else if !text["whsec_".len()..].contains(char::is_alphanumeric) {
            "is only the beginning of a signing secret, so that anybody could sign with it; copy the whole \
             secret from the Dashboard or `stripe listen`"
                .to_owned()
        } else {
            match Secret::new(mem::take(&mut *text)) {
                Ok(secret) => return self.secrets.push(secret),
                Err(error) => error.to_string(),
            }
        };
        self.problems.push(EndpointProblem::Secret(format!("{what} {problem}")));
    }
}

impl fmt::Debug for EndpointBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("EndpointBuilder").field("name", &self.name).finish_non_exhaustive()
    }
}
