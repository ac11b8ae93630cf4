//! `#[derive(Lens)]`: parses the struct, checks its syntax, and writes the questions that only the
//! compiler can answer.

mod expand;
mod parse;

use proc_macro2::TokenStream;
use quote::quote;
use syn::DeriveInput;

use self::parse::LensStruct;
use crate::mistakes::Mistakes;

/// Expands the derive. A lens with a mistake still implements the traits, so that a handler that
/// takes it is no second mistake.
pub(crate) fn derive_lens(input: TokenStream) -> TokenStream {
    let input: DeriveInput = match syn::parse2(input) {
        Ok(input) => input,
        Err(error) => return error.to_compile_error(),
    };
    let mut mistakes = Mistakes::default();
    let (name, generics) = (input.ident.clone(), input.generics.clone());
    let lens = LensStruct::parse_input(input, &mut mistakes);
    match (mistakes.into_tokens(), lens) {
        (None, Some(lens)) => expand::expand_lens(&lens),
        (errors, _) => {
            let stand_in = expand::expand_stand_in(name, generics);
            quote! { #errors #stand_in }
        }
    }
}
