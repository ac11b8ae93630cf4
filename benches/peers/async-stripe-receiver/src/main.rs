//! Receives events, and uses the object of each one.
//!
//! With a secret as the only argument, it answers the lines that `benches/benches/peer.rs` writes.
//! With a port and a number of workers too, it is a server on the loopback.

use std::{
    error::Error,
    hint::black_box,
    io::{BufRead, stdin},
    time::Instant,
};

use actix_web::{App, HttpRequest, HttpResponse, HttpServer, web};
use base64::{Engine, engine::general_purpose::STANDARD};
use stripe_webhook::{Event, EventObject, Webhook};

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match &arguments[..] {
        [secret] => answer_lines(secret),
        [secret, port, workers] => serve(secret, port.parse()?, workers.parse()?),
        _ => Err("async-stripe-receiver SECRET [PORT WORKERS]".into()),
    }
}

fn receive(body: &[u8], header: &str, secret: &str) -> Result<Event, Box<dyn Error>> {
    let event = Webhook::construct_event(std::str::from_utf8(body)?, header, secret)?;
    match &event.data.object {
        EventObject::PaymentIntentSucceeded(object) => drop(black_box(object)),
        EventObject::ChargeSucceeded(object) => drop(black_box(object)),
        EventObject::InvoicePaid(object) => drop(black_box(object)),
        _ => return Err("an object that nobody asked for".into()),
    }
    Ok(event)
}

fn answer_lines(secret: &str) -> Result<(), Box<dyn Error>> {
    let mut bodies = Vec::new();
    for line in stdin().lock().lines() {
        let line = line?;
        let words: Vec<_> = line.split(' ').collect();
        match words[..] {
            ["body", body] => {
                bodies.push(STANDARD.decode(body)?);
                println!("ok");
            }
            ["run", index, header, times] => {
                let body = &bodies[index.parse::<usize>()?];
                let began = Instant::now();
                for _ in 0..times.parse::<usize>()? {
                    black_box(receive(black_box(body), header, secret)?);
                }
                println!("{}", began.elapsed().as_nanos());
            }
            _ => return Err("no such line".into()),
        }
    }
    Ok(())
}

#[actix_web::main]
async fn serve(secret: &str, port: u16, workers: usize) -> Result<(), Box<dyn Error>> {
    let secret = web::Data::new(secret.to_owned());
    let app = move || App::new().app_data(secret.clone()).route("/webhook", web::post().to(webhook));
    Ok(HttpServer::new(app).workers(workers).bind(("127.0.0.1", port))?.run().await?)
}

async fn webhook(request: HttpRequest, body: web::Bytes, secret: web::Data<String>) -> HttpResponse {
    let header = request.headers().get("stripe-signature").and_then(|value| value.to_str().ok());
    match receive(&body, header.unwrap_or_default(), &secret) {
        Ok(_) => HttpResponse::Ok().finish(),
        Err(_) => HttpResponse::BadRequest().finish(),
    }
}
