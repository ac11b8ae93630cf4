//! Posts a body as Stripe does.

use std::{
    net::IpAddr,
    time::{Duration, Instant},
};

use ureq::{Agent, http::Uri};

use crate::failure::Failure;

/// Sends to one address, over connections that are kept.
pub(crate) struct Sender {
    agent: Agent,
    address: Uri,
}

/// What came back.
pub(crate) struct ReceivedAnswer {
    pub(crate) status: u16,
    pub(crate) duration: Duration,
    /// The first line of the answer, cut short.
    pub(crate) first_line: String,
}

impl Sender {
    pub(crate) fn new(to: &str, timeout: Duration) -> Result<Self, Failure> {
        let wrong = || {
            Failure::usage(format_args!(
                "`{to}` is no URL to send to; it starts with `http://` or `https://`"
            ))
        };
        let to: Uri = to.parse().map_err(|_| wrong())?;
        if to.host().is_none() || !matches!(to.scheme_str(), Some("http" | "https")) {
            return Err(wrong());
        }
        let config = Agent::config_builder()
            .user_agent("Stripe/1.0 (+https://stripe.com/docs/webhooks)")
            .accept("*/*; q=0.5, application/xml")
            // Stripe takes a redirect for a failure, and so does `trigger`.
            .max_redirects(0)
            .http_status_as_error(false)
            .timeout_global(Some(timeout));
        // No proxy of the environment can reach this machine's own loopback.
        let config = if is_loopback(&to) { config.proxy(None) } else { config };
        Ok(Self { agent: config.build().new_agent(), address: to })
    }

    pub(crate) fn send_delivery(&self, header: &str, body: &str) -> Result<ReceivedAnswer, ureq::Error> {
        let started = Instant::now();
        let mut response = self
            .agent
            .post(&self.address)
            .header("Content-Type", "application/json; charset=utf-8")
            .header("Cache-Control", "no-cache")
            .header("Stripe-Signature", header)
            .send(body)?;
        let status = response.status().as_u16();
        let text = response.body_mut().with_config().limit(64 * 1024).read_to_string().unwrap_or_default();
        let line = text.lines().next().unwrap_or_default().chars().take(100).collect();
        Ok(ReceivedAnswer { status, duration: started.elapsed(), first_line: line })
    }
}

fn is_loopback(to: &Uri) -> bool {
    let host = to.host().unwrap_or_default().trim_matches(['[', ']']);
    host == "localhost" || host.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
}
