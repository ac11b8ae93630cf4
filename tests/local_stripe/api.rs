//! The API calls that `stripe listen` and `stripe trigger` make. Each answer is an object, and its
//! events follow.

use actix_web::{HttpRequest, HttpResponse, web};
use serde_json::{Value, json};
use stripe_hooks::API_VERSION;

use super::{
    socket,
    state::{StripeState, now},
};

type FormBody = web::Form<Vec<(String, String)>>;

pub(super) fn routes(config: &mut web::ServiceConfig) {
    config
        .route("/v1/stripecli/sessions", web::post().to(open_session))
        .route("/v1/payment_intents", web::post().to(create_payment_intent))
        .route("/v1/customers", web::post().to(create_customer))
        .route("/v1/payment_methods/{id}/attach", web::post().to(attach_payment_method))
        .route("/v1/webhook_endpoints", web::post().to(create_webhook_endpoint))
        .default_service(web::to(unknown_path));
}

async fn open_session(state: web::Data<StripeState>) -> HttpResponse {
    HttpResponse::Ok().json(json!({
        "websocket_id": state.new_id("cliws"),
        "websocket_url": format!("ws://{}{}", state.host, socket::SOCKET_PATH),
        "websocket_authorized_feature": "webhooks",
        "secret": state.secret_text,
        // The CLI opens a new session after this number of seconds, which no test reaches.
        "reconnect_delay": 3600,
        "default_version": API_VERSION,
        "latest_version": API_VERSION,
        "display_connect_filter_warning": false,
    }))
}

async fn create_payment_intent(state: web::Data<StripeState>, form: FormBody) -> HttpResponse {
    let integer = |name| form_field(&form, name).and_then(|value| value.parse::<i64>().ok());
    let (Some(amount), Some(currency)) = (integer("amount"), form_field(&form, "currency")) else {
        return error_response("`amount` and `currency` are required");
    };
    let mut intent = json!({
        "id": state.new_id("pi"),
        "object": "payment_intent",
        "amount": amount,
        "amount_capturable": 0,
        "amount_received": 0,
        "capture_method": "automatic",
        "confirmation_method": "automatic",
        "created": now(),
        "currency": currency,
        "description": form_field(&form, "description"),
        "latest_charge": null,
        "livemode": false,
        "metadata": {},
        "payment_method": null,
        "payment_method_types": ["card"],
        "shipping": null,
        "status": "requires_payment_method",
    });
    state.emit_event("payment_intent.created", &intent);
    if form_field(&form, "confirm") == Some("true") {
        intent["amount_received"] = json!(amount);
        intent["latest_charge"] = json!(state.new_id("ch"));
        intent["payment_method"] = json!(state.new_id("pm"));
        intent["status"] = json!("succeeded");
        state.emit_event("payment_intent.succeeded", &intent);
    }
    HttpResponse::Ok().json(intent)
}

async fn create_customer(state: web::Data<StripeState>, form: FormBody) -> HttpResponse {
    let customer = json!({
        "id": state.new_id("cus"),
        "object": "customer",
        "created": now(),
        "default_source": null,
        "description": form_field(&form, "description"),
        "email": null,
        "livemode": false,
        "metadata": {},
        "shipping": null,
    });
    state.emit_event("customer.created", &customer);
    HttpResponse::Ok().json(customer)
}

async fn attach_payment_method(state: web::Data<StripeState>, form: FormBody) -> HttpResponse {
    let Some(customer) = form_field(&form, "customer") else {
        return error_response("`customer` is required");
    };
    // The path names one of Stripe's predefined test methods, `pm_card_visa`. Attaching it creates a
    // new method.
    let method = json!({
        "id": state.new_id("pm"),
        "object": "payment_method",
        "billing_details": { "address": null, "email": null, "name": null, "phone": null, "tax_id": null },
        "card": {
            "brand": "visa",
            "checks": { "address_line1_check": null, "address_postal_code_check": null, "cvc_check": null },
            "country": "US",
            "exp_month": 12,
            "exp_year": 2034,
            "fingerprint": "Local4242",
            "funding": "credit",
            "generated_from": null,
            "last4": "4242",
            "networks": { "available": ["visa"], "preferred": null },
            "three_d_secure_usage": { "supported": true },
            "wallet": null,
        },
        "created": now(),
        "customer": customer,
        "livemode": false,
        "metadata": {},
        "type": "card",
    });
    state.emit_event("payment_method.attached", &method);
    HttpResponse::Ok().json(method)
}

async fn create_webhook_endpoint(state: web::Data<StripeState>, form: FormBody) -> HttpResponse {
    let Some(url) = form_field(&form, "url") else { return error_response("`url` is required") };
    let events = form.iter().filter(|(key, _)| key.starts_with("enabled_events["));
    let events: Vec<_> = events.map(|(_, event)| event).collect();
    if events.is_empty() {
        return error_response("`enabled_events` is required");
    }
    HttpResponse::Ok().json(json!({
        "id": state.new_id("we"),
        "object": "webhook_endpoint",
        "api_version": form_field(&form, "api_version"),
        "enabled_events": events,
        "livemode": false,
        "secret": state.secret_text,
        "status": "enabled",
        "url": url,
    }))
}

async fn unknown_path(request: HttpRequest) -> HttpResponse {
    let message = format!("the local Stripe does not know {} {}", request.method(), request.path());
    HttpResponse::NotFound().json(json!({ "error": { "type": "invalid_request_error", "message": message } }))
}

fn error_response(message: &str) -> HttpResponse {
    HttpResponse::BadRequest()
        .json(json!({ "error": { "type": "invalid_request_error", "message": message } }))
}

fn form_field<'f>(form: &'f FormBody, name: &str) -> Option<&'f str> {
    form.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
}

impl StripeState {
    /// Sends a snapshot event with the new state of the object.
    fn emit_event(&self, event_type: &str, object: &Value) {
        let event = json!({
            "id": self.new_id("evt"),
            "object": "event",
            "api_version": API_VERSION,
            "created": now(),
            "data": { "object": object },
            "livemode": false,
            "pending_webhooks": 1,
            "request": { "id": self.new_id("req"), "idempotency_key": null },
            "type": event_type,
        });
        self.send_to_sockets(&event.to_string());
    }
}
