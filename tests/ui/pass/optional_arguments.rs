//! What an event may lack.

use stripe_hooks::{Account, ApiVersion, Context, IdempotencyKey, PreviousAttributes, RequestId, on_event};

#[on_event("payout.failed")]
async fn warn(
    account: Option<Account>,
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
