//! What an event may lack.

use stripe_hooks::{
    ApiVersion, ConnectedAccount, Context, IdempotencyKey, PreviousAttributes, RequestId, on_event,
};

#[on_event("payout.failed")]
async fn warn(
    account: Option<ConnectedAccount>,
    context: Option<Context>,
    version: Option<ApiVersion>,
    previous: Option<PreviousAttributes>,
    request: Option<RequestId>,
    key: Option<IdempotencyKey>,
) {
    drop((account, context, version, previous, request, key));
}

fn main() {
    assert_eq!(stripe_hooks::handlers().len(), 1);
}
