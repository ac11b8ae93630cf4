//! What a delivery costs, stage by stage: the bodies, and the endpoints that receive them.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a measurement stops at the first thing that is not as it should be"
)]

pub mod bodies;
pub mod stages;

use std::time::{SystemTime, UNIX_EPOCH};

use stripe_hooks::signature::{Secret, sign};

/// The signing secret of everything here.
pub const SECRET: &str = "whsec_QfRmHbHbC5xhyWpDqXGkz3Kf";

/// The secret as the signature module takes it.
#[must_use]
pub fn secret() -> Secret {
    Secret::new(SECRET).unwrap()
}

/// The header that signs a body now.
#[must_use]
pub fn signature_header(body: &[u8]) -> String {
    sign(body, &secret(), now())
}

/// The time in seconds since the Unix epoch.
#[must_use]
pub fn now() -> i64 {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs().cast_signed()
}
