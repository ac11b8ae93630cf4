//! The web socket of `stripe listen`.

use actix_web::{Error, HttpRequest, HttpResponse, get, rt, web};
use actix_ws::{AggregatedMessage, Session};
use serde_json::Value;
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};

use super::state::{DeliveryAnswer, StripeState};

/// The path in the URL that a session returns.
pub(super) const SOCKET_PATH: &str = "/stripecli/socket";
const SOCKET_PROTOCOL: &str = "stripecli-devproxy-v1";
/// Maximum length of a report of the CLI, in bytes. A report contains the event, so it is longer than
/// the longest event. It arrives in fragments of 4 KiB.
const MAX_REPORT_BYTES: usize = 32 << 20;

#[get("/stripecli/socket")]
pub(super) async fn open_socket(
    request: HttpRequest,
    body: web::Payload,
    state: web::Data<StripeState>,
) -> Result<HttpResponse, Error> {
    let (response, session, messages) = actix_ws::handle_with_protocols(&request, body, &[SOCKET_PROTOCOL])?;
    let messages = messages
        .max_frame_size(MAX_REPORT_BYTES)
        .aggregate_continuations()
        .max_continuation_size(MAX_REPORT_BYTES);
    let (outbox, outgoing) = unbounded_channel();
    state.sockets.lock().unwrap().push(outbox);
    rt::spawn(relay_messages(session, messages, outgoing, state));
    Ok(response)
}

/// Serves the socket until either side closes it.
async fn relay_messages(
    mut session: Session,
    mut messages: actix_ws::AggregatedMessageStream,
    mut outgoing: UnboundedReceiver<String>,
    state: web::Data<StripeState>,
) {
    loop {
        let sent = tokio::select! {
            Some(event) = outgoing.recv() => session.text(event).await,
            message = messages.recv() => match message {
                Some(Ok(AggregatedMessage::Ping(payload))) => session.pong(&payload).await,
                Some(Ok(AggregatedMessage::Text(text))) => {
                    if let Some(answer) = read_answer(&text) {
                        // Fails if the test has ended already.
                        let _ = state.answers.send(answer);
                    }
                    Ok(())
                }
                Some(Ok(AggregatedMessage::Binary(_) | AggregatedMessage::Pong(_))) => Ok(()),
                Some(Ok(AggregatedMessage::Close(_)) | Err(_)) | None => break,
            },
        };
        if sent.is_err() {
            break;
        }
    }
    // Fails if the CLI has closed the socket already.
    let _ = session.close(None).await;
}

/// Reads a `webhook_response`. Other messages, such as the acknowledgements of the CLI (`event_ack`),
/// contain no answer of the endpoint.
fn read_answer(text: &str) -> Option<DeliveryAnswer> {
    let message: Value = serde_json::from_str(text).ok()?;
    if message["type"] != "webhook_response" {
        return None;
    }
    Some(DeliveryAnswer {
        delivery: message["webhook_id"].as_str()?.to_owned(),
        status: message["status"].as_u64()?,
        body: message["body"].as_str().unwrap_or_default().to_owned(),
    })
}
