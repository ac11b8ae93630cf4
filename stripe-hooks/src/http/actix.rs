//! The adapter to actix-web.

use std::{
    future::poll_fn,
    mem,
    pin::{Pin, pin},
    task::Poll,
};

use actix_web::{
    HttpRequest, HttpResponse, Resource,
    dev::{AppService, HttpServiceFactory},
    http::{StatusCode, header},
    rt, web,
};
use bytes::{Bytes, BytesMut};
use futures_util::StreamExt;
use tracing::Instrument;

use crate::{
    Endpoint,
    answer::Answer,
    intake::Share,
    signature::{self, SignatureError},
};

impl Endpoint {
    /// The service to mount on an actix-web application: it takes `POST` at `path`.
    ///
    /// ```no_run
    /// # use actix_web::{App, HttpServer};
    /// # async fn run(endpoint: stripe_hooks::Endpoint) -> std::io::Result<()> {
    /// HttpServer::new(move || App::new().service(endpoint.service("/webhook")))
    ///     .bind(("127.0.0.1", 4242))?
    ///     .run()
    ///     .await
    /// # }
    /// ```
    #[must_use]
    pub fn service(&self, path: &str) -> Service {
        Service { path: path.to_owned(), endpoint: self.clone() }
    }
}

/// An [`Endpoint`] at a path of an actix-web application.
///
/// A delivery that has arrived whole is handled to its end, even when the caller hangs up meanwhile. Only the end of the server cuts it off
/// then, which does not wait for callers who are gone; that is logged and [counted](crate::Counts::cut_off), and Stripe sends the event again.
#[derive(Debug, Clone)]
pub struct Service {
    path: String,
    endpoint: Endpoint,
}

impl HttpServiceFactory for Service {
    fn register(self, config: &mut AppService) {
        let endpoint = self.endpoint;
        Resource::new(self.path)
            .route(web::post().to(move |request, payload| deliver(endpoint.clone(), request, payload)))
            .default_service(web::to(|| async { respond(&Answer::method_not_allowed()) }))
            .register(config);
    }
}

async fn deliver(endpoint: Endpoint, request: HttpRequest, payload: web::Payload) -> HttpResponse {
    let mut signatures = request.headers().get_all("stripe-signature");
    let signature = signatures.next().map(|value| Bytes::copy_from_slice(value.as_bytes()));
    if signatures.next().is_some() {
        return respond(&endpoint.refuse(SignatureError::MalformedHeader));
    }
    // Before the body, so that what is not signed at all takes no share of what bodies may hold.
    if let Err(error) = signature::read_header(signature.as_deref()) {
        return respond(&endpoint.refuse(error));
    }
    let (body, share) = match read_body(&endpoint, &request, payload).await {
        Ok(read) => read,
        Err(answer) => return respond(&endpoint.turn_away(answer)),
    };
    let work = async move { endpoint.receive_with(signature.as_deref(), body, share).await };
    let mut work = Box::pin(work.in_current_span());
    let answer = match at_once(work.as_mut()).await {
        Some(answer) => answer,
        // A task of its own for what takes time, because actix-web drops this future when the caller hangs up.
        None => rt::spawn(work).await.unwrap_or_else(|_| Answer::failed()),
    };
    respond(&answer)
}

/// What there is without waiting: most deliveries are here whole, and most handlers wait for little, which is worth neither a timer nor a task.
async fn at_once<F: Future>(mut work: Pin<&mut F>) -> Option<F::Output> {
    poll_fn(|context| {
        Poll::Ready(match work.as_mut().poll(context) {
            Poll::Ready(output) => Some(output),
            Poll::Pending => None,
        })
    })
    .await
}

/// Reads the body within the endpoint's limits, or says how to turn the delivery away.
async fn read_body(
    endpoint: &Endpoint,
    request: &HttpRequest,
    payload: web::Payload,
) -> Result<(Bytes, Share), Answer> {
    let settings = &endpoint.0.settings;
    let announced =
        request.headers().get(header::CONTENT_LENGTH).and_then(|value| value.to_str().ok()?.parse().ok());
    if announced.is_some_and(|length: usize| length > settings.body_limit) {
        return Err(Answer::too_large());
    }
    let share = endpoint.0.intake.share();
    let mut read = pin!(read_within(payload, announced, settings.body_limit, share));
    match at_once(read.as_mut()).await {
        Some(read) => read,
        None => {
            rt::time::timeout(settings.body_timeout, read).await.unwrap_or_else(|_| Err(Answer::incomplete()))
        }
    }
}

async fn read_within(
    mut payload: web::Payload,
    announced: Option<usize>,
    limit: usize,
    mut share: Share,
) -> Result<(Bytes, Share), Answer> {
    let (mut whole, mut body) = (Bytes::new(), BytesMut::new());
    while let Some(chunk) = payload.next().await {
        let chunk = chunk.map_err(|_| Answer::incomplete())?;
        let length = whole.len() + body.len() + chunk.len();
        if length > limit {
            return Err(Answer::too_large());
        }
        if !share.grow(chunk.len()) {
            return Err(Answer::unavailable());
        }
        if announced == Some(chunk.len()) && length == chunk.len() {
            // Most deliveries come in one piece, which need not be copied.
            whole = chunk;
            continue;
        }
        if !whole.is_empty() {
            body = BytesMut::from(mem::take(&mut whole));
        }
        if let Some(announced) = announced
            && announced / 2 <= length
        {
            // Room for all of it at once, when no more is promised than a buffer that doubles would take anyway: whoever sends slowly must
            // not hold memory for what he only announces.
            body.reserve(announced.saturating_sub(body.len()));
        }
        body.extend_from_slice(&chunk);
    }
    if body.is_empty() { Ok((whole, share)) } else { Ok((body.freeze(), share)) }
}

fn respond(answer: &Answer) -> HttpResponse {
    let status = StatusCode::from_u16(answer.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let mut response = HttpResponse::build(status);
    for (name, value) in answer.headers() {
        response.append_header((name, value));
    }
    response.body(answer.body().clone())
}
