//! A server on the loopback: `server KIND PORT WORKERS`. No endpoint can be faster than the kinds
//! `bare` and `mac`: an actix-web handler that reads the body and answers 200, and one that
//! compares the HMAC of the body first.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a measurement stops at the first thing that is not as it should be"
)]

use actix_web::{App, HttpRequest, HttpResponse, HttpServer, http::header::HeaderValue, web};
use stripe_hooks::signature::{Secret, Tolerance, verify};
use stripe_hooks_benches::{now, secret, stages::Stage};

#[actix_web::main]
async fn main() -> std::io::Result<()> {
    let arguments: Vec<_> = std::env::args().skip(1).collect();
    let [kind, port, workers] = &arguments[..] else { panic!("server KIND PORT WORKERS") };
    let (kind, folder) = (kind.clone(), tempfile::tempdir().unwrap());
    let endpoint = Stage::named(&kind).map(|stage| stage.endpoint(folder.path()));
    let app = move || {
        let app = App::new();
        match (&endpoint, &*kind) {
            (Some(endpoint), _) => app.service(endpoint.service("/webhook")),
            (None, "bare") => app.route("/webhook", web::post().to(answer_at_once)),
            (None, "mac") => {
                app.app_data(web::Data::new([secret()])).route("/webhook", web::post().to(check_hmac_only))
            }
            _ => panic!("no such kind"),
        }
    };
    let server = HttpServer::new(app).workers(workers.parse().unwrap());
    server.bind(("127.0.0.1", port.parse().unwrap()))?.run().await
}

async fn answer_at_once(_: web::Bytes) -> HttpResponse {
    HttpResponse::Ok().finish()
}

async fn check_hmac_only(
    request: HttpRequest,
    body: web::Bytes,
    secrets: web::Data<[Secret; 1]>,
) -> HttpResponse {
    let header = request.headers().get("stripe-signature").map(HeaderValue::as_bytes);
    match verify(header, &body, &secrets[..], Tolerance::DEFAULT, now()) {
        Ok(_) => HttpResponse::Ok().finish(),
        Err(_) => HttpResponse::BadRequest().finish(),
    }
}
