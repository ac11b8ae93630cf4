//! Another HTTP framework: `receive` takes the header and the bytes, and gives the answer. Here hyper serves it; an application that
//! does not want actix-web at all switches off the default features of `stripe-hooks`.
//!
//! ```sh
//! STRIPE_WEBHOOK_SECRET=whsec_… cargo run --example without_actix
//! ```

use std::{convert::Infallible, env, error::Error, time::Duration};

use bytes::Bytes;
use http_body_util::{BodyExt, Full, Limited};
use hyper::{
    Method, Request, Response, body::Incoming, header::HeaderValue, server::conn::http1, service::service_fn,
};
use hyper_util::rt::TokioIo;
use stripe_hooks::{Endpoint, objects::Refund, on_event};
use tokio::{net::TcpListener, time::timeout};

#[on_event("refund.created")]
async fn note(refund: Refund) {
    println!("refund of {} {}", refund.amount, refund.currency);
}

async fn webhook(
    endpoint: Endpoint,
    request: Request<Incoming>,
) -> Result<Response<Full<Bytes>>, Infallible> {
    let status = |status| {
        let mut response = Response::default();
        *response.status_mut() = status;
        Ok(response)
    };
    if request.method() != Method::POST {
        return status(hyper::StatusCode::METHOD_NOT_ALLOWED);
    }
    let mut signatures = request.headers().get_all("stripe-signature").iter();
    let (signature, second) = (signatures.next().cloned(), signatures.next());
    if second.is_some() {
        return status(hyper::StatusCode::BAD_REQUEST);
    }
    // Neither a large body nor a slow one may hold up the server. What all bodies hold together, the endpoint limits.
    let body = Limited::new(request.into_body(), 1024 * 1024).collect();
    let body = match timeout(Duration::from_secs(10), body).await {
        Ok(Ok(body)) => body.to_bytes(),
        Ok(Err(_)) => return status(hyper::StatusCode::PAYLOAD_TOO_LARGE),
        Err(_) => return status(hyper::StatusCode::BAD_REQUEST),
    };

    // A task of its own, so that a caller who hangs up does not stop a handler half way.
    let work =
        tokio::spawn(
            async move { endpoint.receive(signature.as_ref().map(HeaderValue::as_bytes), body).await },
        );
    let Ok(answer) = work.await else {
        return status(hyper::StatusCode::INTERNAL_SERVER_ERROR);
    };

    let mut response = Response::builder().status(answer.status());
    for (name, value) in answer.headers() {
        response = response.header(name, value);
    }
    Ok(response.body(Full::new(answer.body().clone())).unwrap_or_default())
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let endpoint = Endpoint::builder().secret_from_env("STRIPE_WEBHOOK_SECRET").build()?;
    let port = env::var("PORT").ok().and_then(|port| port.parse().ok()).unwrap_or(4242);
    let listener = TcpListener::bind(("127.0.0.1", port)).await?;
    println!("Listening on {:?}", listener.local_addr()?);
    loop {
        let (stream, _) = listener.accept().await?;
        let endpoint = endpoint.clone();
        tokio::spawn(async move {
            let service = service_fn(move |request| webhook(endpoint.clone(), request));
            if let Err(error) = http1::Builder::new().serve_connection(TokioIo::new(stream), service).await {
                eprintln!("a connection broke: {error}");
            }
        });
    }
}
