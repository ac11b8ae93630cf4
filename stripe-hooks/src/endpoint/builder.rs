//! How an endpoint comes to be, and what keeps it from it.

use std::{
    env, fmt, mem,
    sync::{Arc, Mutex},
    time::{Duration, SystemTime},
};

use zeroize::Zeroizing;

use crate::{
    context::States,
    counts::Counters,
    diagnosis::{QUOTES, mistaken_for_secret},
    endpoint::{
        Endpoint, Inner, diagnosis,
        gate::Gate,
        starting::{log_idle_keys, log_start},
        unhandled::Unhandled,
    },
    error::{Error, Problem},
    extract::Running,
    intake::Intake,
    meter,
    outcome::IntoOutcome,
    registry::{EndpointName, Table, Unnamed},
    signature::{Secret, Tolerance},
};

/// Configures an [`Endpoint`]; [`build`](EndpointBuilder::build) checks that it can work.
#[must_use]
pub struct EndpointBuilder {
    name: EndpointName,
    secrets: Vec<Secret>,
    ask_secrets: Option<AskSecrets>,
    states: States,
    settings: Settings,
    expected: Vec<String>,
    #[cfg(feature = "inbox")]
    inbox: Option<crate::inbox::PreparedInbox>,
    problems: Vec<Problem>,
}

pub(crate) type AskSecrets = Box<dyn Fn() -> Vec<Secret> + Send + Sync>;
pub(crate) type OnUnhandled = Box<dyn Fn(Unhandled) -> Running<'static> + Send + Sync>;
pub(crate) type Clock = Box<dyn Fn() -> SystemTime + Send + Sync>;

/// What an endpoint does, once it is known that it can.
pub(crate) struct Settings {
    pub(crate) tolerance: Tolerance,
    pub(crate) body_limit: usize,
    pub(crate) body_timeout: Duration,
    pub(crate) bodies_in_flight: usize,
    pub(crate) only_mode: Option<Mode>,
    pub(crate) on_unhandled: Option<OnUnhandled>,
    pub(crate) on_api_version_mismatch: ApiVersionMismatch,
    pub(crate) log_handler_errors: bool,
    pub(crate) clock: Clock,
    #[cfg(feature = "testing")]
    pub(crate) witness: Option<Arc<crate::testing::Witness>>,
}

impl Settings {
    /// What the settings say against each other.
    fn check(&self) -> Option<Problem> {
        let (all, one) = (self.bodies_in_flight, self.body_limit);
        (all < one).then(|| {
            Problem::Limit(format!(
                "`bodies_in_flight` ({all} bytes) is below `body_limit` ({one} bytes), so that a body between the two would be answered 503 \
                 each time that Stripe sends it; raise the first or lower the second"
            ))
        })
    }
}

/// The two modes that events tell of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Mode {
    Live,
    Test,
}

/// What to do with an event whose API version is of another release train than the objects of this crate.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ApiVersionMismatch {
    /// Handle it and say nothing.
    Ignore,
    /// Handle it, and log a warning the first time that an API version is seen.
    #[default]
    Warn,
    /// Do not handle it, and let Stripe send it again.
    Fail,
}

impl EndpointBuilder {
    pub(crate) fn new() -> Self {
        Self {
            name: EndpointName::of::<Unnamed>(),
            secrets: Vec::new(),
            ask_secrets: None,
            states: States::default(),
            settings: Settings {
                tolerance: Tolerance::DEFAULT,
                body_limit: 1024 * 1024,
                body_timeout: Duration::from_secs(10),
                bodies_in_flight: 64 * 1024 * 1024,
                only_mode: None,
                on_unhandled: None,
                on_api_version_mismatch: ApiVersionMismatch::default(),
                log_handler_errors: true,
                clock: Box::new(SystemTime::now),
                #[cfg(feature = "testing")]
                witness: None,
            },
            expected: Vec::new(),
            #[cfg(feature = "inbox")]
            inbox: None,
            problems: Vec::new(),
        }
    }

    /// Gives the endpoint a name, a type of the application's own: it then has the handlers that say `endpoint = Name`.
    ///
    /// A platform's own endpoint and its Connect endpoint have different secrets and so different names.
    pub fn name<T: 'static>(mut self) -> Self {
        self.name = EndpointName::of::<T>();
        self
    }

    /// Adds a signing secret, `whsec_…`. While a secret is rolled, give both: either may match.
    /// See <https://docs.stripe.com/webhooks#roll-endpoint-secrets>.
    pub fn secret(mut self, secret: impl Into<String>) -> Self {
        self.take_secret(Zeroizing::new(secret.into()), "the signing secret");
        self
    }

    /// Adds the signing secrets that an environment variable holds: one, or several with commas between.
    pub fn secret_from_env(mut self, variable: &str) -> Self {
        match env::var(variable) {
            Ok(secrets) => {
                let secrets = Zeroizing::new(secrets);
                // A comma at the end announces no further secret.
                for secret in secrets.strip_suffix(',').unwrap_or(&secrets).split(',') {
                    let secret = Zeroizing::new(secret.trim().to_owned());
                    self.take_secret(secret, &format!("a signing secret of `{variable}`"));
                }
            }
            Err(env::VarError::NotUnicode(secrets)) => {
                drop(Zeroizing::new(secrets.into_encoded_bytes()));
                self.problems.push(Problem::Secret(format!(
                    "the environment variable `{variable}` is not UTF-8, which a signing secret always is"
                )));
            }
            Err(env::VarError::NotPresent) => self.problems.push(Problem::Secret(format!(
                "the environment variable `{variable}` is not set; it holds the endpoint's signing secret (`whsec_…`), which the Dashboard \
                 and `stripe listen` show"
            ))),
        }
        self
    }

    /// Adds a source of signing secrets that is asked anew for each delivery, so that a rolled secret needs no restart.
    ///
    /// It is called on the way of every delivery: let it read memory, not a network. When neither it nor the builder has a secret the
    /// answer is 503.
    pub fn secrets_from(mut self, ask: impl Fn() -> Vec<Secret> + Send + Sync + 'static) -> Self {
        self.ask_secrets = Some(Box::new(ask));
        self
    }

    /// How old a delivery may be (whole seconds count), 300 seconds unless set.
    /// See <https://docs.stripe.com/webhooks#replay-attacks>.
    pub fn tolerance(mut self, tolerance: impl Into<Tolerance>) -> Self {
        // Whichever of the two limits is set first, neither undoes the other.
        self.settings.tolerance = tolerance.into().or_future_limit_of(self.settings.tolerance);
        self
    }

    /// How far ahead of the local clock a delivery may be signed (whole seconds count); any time ahead unless set.
    pub fn max_future_skew(mut self, limit: Duration) -> Self {
        self.settings.tolerance = self.settings.tolerance.max_future_skew(limit);
        self
    }

    /// The largest body that is taken, in bytes: 1 MiB unless set. What is over it is answered 413, by [`Endpoint::receive`] too.
    pub fn body_limit(mut self, bytes: usize) -> Self {
        self.settings.body_limit = bytes;
        self
    }

    /// How long a body may take to arrive at the service of actix-web, 10 seconds unless set. [`Endpoint::receive`] is handed whole bodies.
    pub fn body_timeout(mut self, timeout: Duration) -> Self {
        self.settings.body_timeout = timeout;
        self
    }

    /// How many bytes the bodies of all deliveries under way may hold together: 64 MiB unless set. What is over it is answered 503, by
    /// [`Endpoint::receive`] too. It cannot be below [`body_limit`](EndpointBuilder::body_limit). An inbox holds as many bytes besides, of events that wait
    /// for its database though their callers have gone.
    pub fn bodies_in_flight(mut self, bytes: usize) -> Self {
        self.settings.bodies_in_flight = bytes;
        self
    }

    /// Provides a value that handlers ask for as `State<T>`; each run gets a clone. One value of a type: a later one replaces it.
    pub fn state<T: Clone + Send + Sync + 'static>(mut self, value: T) -> Self {
        self.states.insert(value);
        self
    }

    /// Handles events of live mode only; others are acknowledged and counted. A Connect endpoint's live URL gets both.
    /// See <https://docs.stripe.com/connect/webhooks>.
    pub fn only_live(mut self) -> Self {
        self.settings.only_mode = Some(Mode::Live);
        self
    }

    /// Handles events of sandboxes and test mode only; others are acknowledged and counted.
    pub fn only_test(mut self) -> Self {
        self.settings.only_mode = Some(Mode::Test);
        self
    }

    /// What to do with an event that no handler takes; without it, such an event is acknowledged, counted and logged.
    ///
    /// The function may return what a handler may return.
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

    /// What to do with an event whose API version is of another release train than [`API_VERSION`](crate::API_VERSION).
    pub fn on_api_version_mismatch(mut self, mismatch: ApiVersionMismatch) -> Self {
        self.settings.on_api_version_mismatch = mismatch;
        self
    }

    /// Whether a failed handler's own error is logged, with all its causes: it is unless switched off. Switch it off where errors may
    /// quote personal data.
    pub fn log_handler_errors(mut self, log: bool) -> Self {
        self.settings.log_handler_errors = log;
        self
    }

    /// Takes the time from somewhere else than the system's clock, for tests.
    pub fn clock(mut self, now: impl Fn() -> SystemTime + Send + Sync + 'static) -> Self {
        self.settings.clock = Box::new(now);
        self
    }

    #[cfg(feature = "testing")]
    pub(crate) fn witness(mut self, witness: Arc<crate::testing::Witness>) -> Self {
        self.settings.witness = Some(witness);
        self
    }

    /// Refuses to build unless these handlers, by [id](crate::Handler::id), are linked to the endpoint.
    ///
    /// A linker drops a library that nothing references, its handlers with it.
    pub fn expect_handlers(mut self, ids: impl IntoIterator<Item = impl Into<String>>) -> Self {
        self.expected.extend(ids.into_iter().map(Into::into));
        self
    }

    /// Stores each event before its answer, and has its handlers run from there: see [`inbox`](crate::inbox).
    #[cfg(feature = "inbox")]
    pub fn inbox(mut self, inbox: impl Into<crate::inbox::PreparedInbox>) -> Self {
        self.inbox = Some(inbox.into());
        self
    }

    /// Builds the endpoint, or tells all that keeps it from working.
    ///
    /// # Errors
    /// When a secret is missing, blank or not a signing secret; when no handler is linked, or an expected one is not; when a handler asks
    /// for state that was not provided; when two handlers reply to one event or share an id; when one body may be larger than all together;
    /// when a handler asks for a transaction of another database than the inbox's; with an inbox, when a handler replies and is not `inline`;
    /// and without one, when a handler keeps an `order`.
    pub fn build(mut self) -> Result<Endpoint, Error> {
        let (table, others) = Table::of(self.name);
        let is_without_secret = self.secrets.is_empty() && self.ask_secrets.is_none();
        if is_without_secret && self.accepts() && self.problems.is_empty() {
            self.problems.push(Problem::Secret(
                "the endpoint has no signing secret; give the builder one with `secret`, `secret_from_env` or `secrets_from`".to_owned(),
            ));
        }
        if table.handlers().next().is_none() && self.settings.on_unhandled.is_none() {
            self.problems.push(Table::empty(self.name));
        }
        self.problems.extend(table.check(&self.states, &self.expected));
        self.problems.extend(self.settings.check());
        let engine = self.engine();
        self.problems.extend(table.check_inbox(engine));
        Error::unless_empty(self.problems)?;

        log_start(self.name, &table, &others);
        meter::describe();
        if engine.is_none() {
            log_idle_keys(&table);
        }
        let endpoint = Endpoint(Arc::new_cyclic(|_endpoint| Inner {
            #[cfg(feature = "inbox")]
            inbox: self.inbox.map(|inbox| {
                let handlers = table.handlers().map(|handler| (handler.id, handler.policy));
                let waiting = Intake::new(self.settings.bodies_in_flight);
                inbox.start(self.name.as_str(), handlers, super::stored::work(_endpoint.clone()), waiting)
            }),
            intake: Intake::new(self.settings.bodies_in_flight),
            name: self.name,
            secrets: self.secrets,
            ask_secrets: self.ask_secrets,
            states: self.states,
            settings: self.settings,
            table,
            counters: Counters::of(self.name.as_str()),
            gate: Gate::default(),
            api_versions: Mutex::default(),
            diagnosed: Mutex::default(),
        }));
        diagnosis::enlist(&endpoint);
        Ok(endpoint)
    }

    /// The database that the inbox is in, if there is one.
    fn engine(&self) -> Option<&'static str> {
        #[cfg(feature = "inbox")]
        return self.inbox.as_ref().map(crate::inbox::PreparedInbox::engine_name);
        #[cfg(not(feature = "inbox"))]
        None
    }

    /// Whether deliveries may come: unless it only works on what an inbox holds.
    fn accepts(&self) -> bool {
        #[cfg(feature = "inbox")]
        return self.inbox.as_ref().is_none_or(crate::inbox::PreparedInbox::accepts);
        #[cfg(not(feature = "inbox"))]
        true
    }

    /// Keeps a secret, or why it cannot be one. Of its text a message shows at most a prefix that is no secret.
    fn take_secret(&mut self, mut text: Zeroizing<String>, what: &str) {
        let problem = if text.trim().is_empty() {
            "is blank; anybody could sign with it".to_owned()
        } else if text.trim() != text.as_str() {
            "has white space around it; remove it".to_owned()
        } else if text.starts_with(QUOTES) || text.ends_with(QUOTES) {
            "is in quotes; remove them".to_owned()
        } else if text.contains(char::is_whitespace) {
            "holds white space; a signing secret has none".to_owned()
        } else if let Some(mistaken) = mistaken_for_secret(&text) {
            mistaken.to_string()
        } else if !text.starts_with("whsec_") {
            "does not start with `whsec_`; copy the whole secret from the Dashboard or `stripe listen`"
                .to_owned()
        } else if !text["whsec_".len()..].contains(char::is_alphanumeric) {
            "is only the beginning of a signing secret, so that anybody could sign with it; copy the whole secret from the Dashboard \
             or `stripe listen`"
                .to_owned()
        } else {
            match Secret::new(mem::take(&mut *text)) {
                Ok(secret) => return self.secrets.push(secret),
                Err(error) => error.to_string(),
            }
        };
        self.problems.push(Problem::Secret(format!("{what} {problem}")));
    }
}

impl fmt::Debug for EndpointBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("EndpointBuilder").field("name", &self.name).finish_non_exhaustive()
    }
}
