//! The names and types that both macros write into their expansions.

use proc_macro2::{Ident, Span, TokenStream, TokenTree};
use quote::{ToTokens, format_ident, quote, quote_spanned};
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
pub(crate) fn local_variable(name: &str) -> Ident {
    format_ident!("__{name}", span = Span::mixed_site())
}

/// A type that the compiler infers, and that shows where the user wrote it. If the expansion named
/// the type again, a mistake in the type would be a second error.
pub(crate) fn inferred_type(ty: TokenStream) -> TokenStream {
    let tokens: Vec<_> = ty.into_iter().collect();
    match tokens.as_slice() {
        [first, .., last] => {
            let start = quote_spanned! { first.span()=> __hooks };
            let end = quote_spanned! { last.span()=> > };
            quote! { #start::SameType<_ #end }
        }
        tokens => {
            let span = tokens.first().map_or_else(Span::mixed_site, TokenTree::span);
            Ident::new("_", span).to_token_stream()
        }
    }
}
