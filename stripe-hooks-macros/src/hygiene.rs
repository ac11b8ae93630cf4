//! The names that both macros declare in their expansions.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{format_ident, quote};
use syn::Path;

/// Imports the runtime's hidden module as `__hooks`, by the path that `crate = path` gives or by
/// the crate's own name.
pub(crate) fn import_runtime(path: Option<&Path>) -> TokenStream {
    let runtime = match path {
        Some(path) => quote! { #path },
        None => quote! { ::stripe_hooks },
    };
    quote! { use #runtime::__private as __hooks; }
}

/// A local variable of an expansion. Hygiene separates it from the user's variables. It starts with
/// `__` because hygiene does not cover statics: a variable cannot have the name of a user's static.
pub(crate) fn local(name: &str) -> Ident {
    format_ident!("__{name}", span = Span::mixed_site())
}
