//! A stable name and an endpoint.

use stripe_hooks::{objects::Account, on_event};

struct Connect;

#[on_event("account.updated", endpoint = Connect, name = "accounts/sync")]
async fn sync(account: Account) {
    drop(account);
}

fn main() {}
