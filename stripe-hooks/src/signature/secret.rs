//! The signing secret, which Stripe and the endpoint share.

use std::{error::Error, fmt};

use hmac::{Hmac, KeyInit, Mac, digest::CtOutput};
use sha2::Sha256;
use zeroize::Zeroizing;

/// The signing secret of a webhook endpoint, `whsec_…`.
///
/// `Debug` does not show the secret, and its memory is wiped when it is dropped.
#[derive(Clone)]
pub struct Secret {
    secret_text: Zeroizing<String>,
    /// The keyed state of the HMAC. It is made once, and each delivery starts from a copy of it.
    keyed_mac: Hmac<Sha256>,
}

impl Secret {
    /// Takes the whole text of the secret, as the Dashboard or `stripe listen` shows it.
    ///
    /// # Errors
    /// Returns an error if the secret is empty or only white space, because anyone could sign with
    /// such a key.
    pub fn new(text: impl Into<String>) -> Result<Self, BlankSecret> {
        let text = Zeroizing::new(text.into());
        if text.trim().is_empty() {
            return Err(BlankSecret);
        }
        let keyed = Hmac::new_from_slice(text.as_bytes()).map_err(|_| BlankSecret)?;
        Ok(Self { secret_text: text, keyed_mac: keyed })
    }

    pub(crate) fn secret_text(&self) -> &str {
        &self.secret_text
    }

    pub(super) fn compute_mac(&self, timestamp: &[u8], body: &[u8]) -> CtOutput<Hmac<Sha256>> {
        let mut mac = self.keyed_mac.clone();
        mac.update(timestamp);
        mac.update(b".");
        mac.update(body);
        mac.finalize()
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(…)")
    }
}

/// A signing secret that is empty or only white space.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BlankSecret;

impl fmt::Display for BlankSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the signing secret is blank; use the endpoint's `whsec_…`")
    }
}

impl Error for BlankSecret {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_blank_secret_is_refused() {
        for blank in ["", " ", "\n\t", "\u{a0}"] {
            assert_eq!(Secret::new(blank).err(), Some(BlankSecret));
        }
    }

    #[test]
    fn all_that_a_secret_is_made_of_is_wiped_when_it_is_dropped() {
        fn assert_zeroized_on_drop(_: &impl zeroize::ZeroizeOnDrop) {}
        assert_zeroized_on_drop(&Secret::new("whsec_a").unwrap().secret_text);
        // The keyed state does not implement the trait itself, but it consists of these values,
        // which do.
        assert_zeroized_on_drop(&Sha256::default());
    }

    #[test]
    fn a_secret_does_not_show() {
        assert!(!format!("{:?}", Secret::new("whsec_a").unwrap()).contains("whsec"));
    }
}
