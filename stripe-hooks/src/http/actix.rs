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
    http::{
        StatusCode,
        header::{self, HeaderName, HeaderValue},
    },
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

static STRIPE_SIGNATURE: HeaderName = HeaderName::from_static("stripe-signature");

async fn deliver(endpoint: Endpoint, request: HttpRequest, payload: web::Payload) -> HttpResponse {
    let mut signatures = request.headers().get_all(&STRIPE_SIGNATURE).map(HeaderValue::as_bytes);
    let claim = match (signatures.next(), signatures.next()) {
        (_, Some(_)) => Err(SignatureError::MalformedHeader),
        (signature, None) => signature::read_header(signature),
    };
    // Before the body, so that what is not signed at all takes no share of what bodies may hold.
    let claim = match claim {
        Ok(claim) => claim,
        Err(error) => return respond(&endpoint.refuse(error)),
    };
    let (body, share) = match read_body(&endpoint, &request, payload).await {
        Ok(read) => read,
        Err(answer) => return respond(&endpoint.turn_away(answer)),
    };
    if endpoint.is_shut() {
        return respond(&endpoint.turn_away(Answer::unavailable()));
    }
    if let Err(answer) = endpoint.verify(&claim, &body) {
        return respond(&answer);
    }
    let mut work = Box::pin(endpoint.receive_verified(body, share));
    let answer = match within(1, work.as_mut()).await {
        Some(answer) => answer,
        // A task of its own for what takes time, because actix-web drops this future when the caller hangs up.
        None => rt::spawn(work.in_current_span()).await.unwrap_or_else(|_| Answer::failed()),
    };
    respond(&answer)
}

/// What a future comes to when it is polled so many times at most, as most do. Only what takes longer is worth a timer, or a task of its own.
async fn within<F: Future>(mut polls: u32, mut work: Pin<&mut F>) -> Option<F::Output> {
    poll_fn(|context| match work.as_mut().poll(context) {
        Poll::Ready(output) => Poll::Ready(Some(output)),
        Poll::Pending if polls > 1 => {
            polls -= 1;
            // The next one comes even if there is nothing to wake for.
            context.waker().wake_by_ref();
            Poll::Pending
        }
        Poll::Pending => Poll::Ready(None),
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
    // actix-web hands a request over before the body that came with it, which is there at the second look.
    match within(2, read.as_mut()).await {
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
    for header in answer.headers() {
        match header {
            // What nearly every answer has is not parsed anew for each.
            Answer::TEXT => {
                response.append_header((header::CONTENT_TYPE, HeaderValue::from_static(Answer::TEXT.1)))
            }
            header => response.append_header(header),
        };
    }
    response.body(answer.body().clone())
}
