//! The mistakes of one use of the macro: each shows once, and all show together.

use std::fmt::Display;

use proc_macro2::TokenStream;
use quote::ToTokens;

/// What is wrong so far.
#[derive(Default)]
pub(crate) struct Mistakes(Option<syn::Error>);

impl Mistakes {
    /// Adds a mistake at the user's own tokens: what is wrong, and what to write instead.
    pub(crate) fn add(&mut self, at: impl ToTokens, what: impl Display, help: impl Display) {
        self.push(mistake(at, what, help));
    }

    /// Adds a mistake that was found on the way.
    pub(crate) fn push(&mut self, error: syn::Error) {
        match &mut self.0 {
            Some(all) => all.combine(error),
            None => self.0 = Some(error),
        }
    }

    /// The mistakes as tokens that make the compiler show them; `None` when there are none.
    pub(crate) fn into_tokens(self) -> Option<TokenStream> {
        self.0.map(|all| all.to_compile_error())
    }
}

/// One mistake, with the help that each of them ends with.
pub(crate) fn mistake(at: impl ToTokens, what: impl Display, help: impl Display) -> syn::Error {
    told(&at, &what, &help)
}

/// The same for tokens and words of all kinds, so that it is compiled once.
fn told(at: &dyn ToTokens, what: &dyn Display, help: &dyn Display) -> syn::Error {
    syn::Error::new_spanned(at, format!("{what}\nhelp: {help}"))
}
