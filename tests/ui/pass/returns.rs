//! All return types.

use stripe_hooks::{Outcome, Reply, on_event};

#[derive(serde::Serialize)]
struct Decision {
    approved: bool,
}

#[derive(Debug)]
struct Failure;

impl std::fmt::Display for Failure {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("failure")
    }
}

impl std::error::Error for Failure {}

#[on_event("invoice.paid")]
async fn unit() {}

#[on_event("invoice.paid")]
async fn result() -> Result<(), Failure> {
    Err(Failure)
}

#[on_event("invoice.paid")]
async fn boxed() -> Result<(), Box<dyn std::error::Error + Send + Sync>> {
    Err("no".into())
}

#[on_event("invoice.paid")]
async fn outcome() -> Outcome {
    Outcome::done()
}

#[on_event("invoice.paid")]
async fn outcome_or_error() -> Result<Outcome, Failure> {
    Ok(Outcome::ignore("not ours"))
}

#[on_event("issuing_authorization.request")]
async fn reply() -> Reply<Decision> {
    Reply::new(Decision { approved: true })
}

#[on_event("issuing_authorization.request")]
async fn reply_or_error() -> Result<Reply<Decision>, Failure> {
    Err(Failure)
}

fn main() {
    assert_eq!(stripe_hooks::handlers().len(), 7);
}
