//! The mistakes in one use of a macro. Each is reported once, and all are reported together.

use std::fmt::Display;

use proc_macro2::TokenStream;
use quote::ToTokens;

/// Separates the message of a mistake from its help.
const HELP_SEPARATOR: &str = "\nhelp: ";

/// The mistakes found so far.
#[derive(Default)]
pub(crate) struct Mistakes(Option<syn::Error>);

impl Mistakes {
    /// Adds a mistake at the user's own tokens, with a message and a help that says what to write.
    pub(crate) fn add_mistake(&mut self, at: impl ToTokens, what: impl Display, help: impl Display) {
        self.add_error(new_mistake(at, what, help));
    }

    /// Adds a mistake that a parser returned.
    pub(crate) fn add_error(&mut self, error: syn::Error) {
        match &mut self.0 {
            Some(all) => all.combine(error),
            None => self.0 = Some(error),
        }
    }

    /// Returns the tokens that make the compiler report the mistakes, or `None` if there are none.
    pub(crate) fn into_tokens(self) -> Option<TokenStream> {
        self.0.map(|all| all.to_compile_error())
    }
}

/// Makes one mistake. Every mistake ends with a help.
pub(crate) fn new_mistake(at: impl ToTokens, what: impl Display, help: impl Display) -> syn::Error {
    // The body takes trait objects, so it is compiled only once.
    fn error_with_help(at: &dyn ToTokens, what: &dyn Display, help: &dyn Display) -> syn::Error {
        syn::Error::new_spanned(at, format!("{what}{HELP_SEPARATOR}{help}"))
    }
    error_with_help(&at, &what, &help)
}

/// Returns `true` for an error that `new_mistake` made, in contrast to one of the parser's own.
pub(crate) fn has_help(error: &syn::Error) -> bool {
    error.to_string().contains(HELP_SEPARATOR)
}
