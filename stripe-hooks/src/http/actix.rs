//! The adapter to actix-web.

use actix_web::{
    HttpRequest, HttpResponse, Resource,
    dev::{AppService, HttpServiceFactory},
    http::{
        Method, StatusCode,
        header::{CONTENT_LENGTH, CONTENT_TYPE, HeaderName, HeaderValue},
    },
    web::Payload,
};

use super::deliver::{DeliveryRequest, RefusedDelivery, deliver};
use crate::{Endpoint, answer::Answer};

impl Endpoint {
    /// Returns the service to mount on an actix-web application. It takes `POST` requests at
    /// `path`.
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
/// A delivery that has arrived whole is handled to its end, even if the caller hangs up. Only the
/// end of the server stops it earlier, because the server does not wait for callers that are gone.
/// Such a delivery is logged and [counted](crate::Counts::cut_off), and Stripe sends the event
/// again.
#[derive(Debug, Clone)]
pub struct Service {
    path: String,
    endpoint: Endpoint,
}

impl HttpServiceFactory for Service {
    fn register(self, config: &mut AppService) {
        let endpoint = self.endpoint;
        Resource::new(self.path)
            .to(move |request, payload| serve_delivery(endpoint.clone(), request, payload))
            .register(config);
    }
}

static STRIPE_SIGNATURE: HeaderName = HeaderName::from_static("stripe-signature");

async fn serve_delivery(endpoint: Endpoint, request: HttpRequest, payload: Payload) -> HttpResponse {
    let headers = request.headers();
    let delivery = DeliveryRequest {
        is_post: request.method() == Method::POST,
        signatures: headers.get_all(&STRIPE_SIGNATURE).map(HeaderValue::as_bytes),
        content_length: headers.get(CONTENT_LENGTH).map(HeaderValue::as_bytes),
        chunks: payload,
    };
    let (Ok(answer) | Err(RefusedDelivery(answer))) = deliver(endpoint, delivery).await;
    to_http_response(&answer)
}

fn to_http_response(answer: &Answer) -> HttpResponse {
    let status = StatusCode::from_u16(answer.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let mut response = HttpResponse::build(status);
    for header in answer.headers() {
        match header {
            // The header of nearly every answer is not parsed each time.
            Answer::TEXT_CONTENT_TYPE => {
                response.append_header((CONTENT_TYPE, HeaderValue::from_static(Answer::TEXT_CONTENT_TYPE.1)))
            }
            header => response.append_header(header),
        };
    }
    response.body(answer.body().clone())
}
