//! Questions about the types of a signature or a struct, as far as their tokens answer them.

use proc_macro2::{Ident, TokenStream, TokenTree};
use quote::ToTokens;
use syn::{GenericArgument, PathArguments, PathSegment, Type};

/// The events that have a fact which a handler can take as an argument.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum FactAvailability {
    EveryEvent,
    SnapshotEvents,
    NoEvent,
}

macro_rules! known_types {
    ($($availability:ident: $($name:ident),+;)+) => {
        /// A type of the runtime, recognized by its name alone. A type of the user's own may have
        /// the same name, so a name chooses the text of a message and decides nothing else.
        #[derive(Clone, Copy, PartialEq, Eq)]
        pub(crate) enum Known {
            $($($name,)+)+
        }

        impl Known {
            pub(crate) const ALL: &[Self] = &[$($(Self::$name,)+)+];

            pub(crate) const fn name(self) -> &'static str {
                match self {
                    $($(Self::$name => stringify!($name),)+)+
                }
            }

            pub(crate) const fn availability(self) -> FactAvailability {
                match self {
                    $($(Self::$name)|+ => FactAvailability::$availability,)+
                }
            }
        }
    };
}

include!("types/known.rs");

impl Known {
    /// The type at the end of a path, if it is a known one.
    pub(crate) fn from_type(ty: &Type) -> Option<Self> {
        let name = &last_segment(ty)?.ident;
        Self::ALL.iter().copied().find(|known| name == known.name())
    }

    /// The `T` of a known type `Wrapper<T>`.
    pub(crate) fn type_argument(self, ty: &Type) -> Option<&Type> {
        type_argument_of(ty, self.name())
    }
}

/// The `T` of `Wrapper<T>`.
pub(crate) fn type_argument_of<'a>(ty: &'a Type, wrapper: &str) -> Option<&'a Type> {
    let segment = last_segment(ty).filter(|segment| segment.ident == wrapper)?;
    let PathArguments::AngleBracketed(arguments) = &segment.arguments else { return None };
    match arguments.args.first()? {
        GenericArgument::Type(inner) => Some(inner),
        _ => None,
    }
}

pub(crate) fn last_segment(ty: &Type) -> Option<&PathSegment> {
    match ty {
        Type::Path(path) => path.path.segments.last(),
        _ => None,
    }
}

/// Returns the part of an argument's type that has no known size: the type itself, or the `T` of
/// the runtime's `State<T>`. Users whose own `State` may hold such a type write it with its path.
pub(crate) fn find_unsized_part(ty: &Type) -> Option<&Type> {
    match ty {
        Type::Slice(_) | Type::TraitObject(_) => Some(ty),
        Type::Path(path) if path.path.is_ident("str") => Some(ty),
        Type::Path(path)
            if path.path.segments.len() == 1 || path.path.segments[0].ident == "stripe_hooks" =>
        {
            find_unsized_part(Known::State.type_argument(ty)?)
        }
        _ => None,
    }
}

/// Finds the first occurrence of a word in a type, at any depth. The name of a lifetime is no word:
/// `'_` is not `_`.
pub(crate) fn find_word(ty: &impl ToTokens, word: &str) -> Option<Ident> {
    fn find_word_in_tokens(tokens: TokenStream, word: &str) -> Option<Ident> {
        let mut after_quote = false;
        for token in tokens {
            let found = match &token {
                TokenTree::Ident(ident) if ident == word && !after_quote => Some(ident.clone()),
                TokenTree::Group(group) => find_word_in_tokens(group.stream(), word),
                _ => None,
            };
            if found.is_some() {
                return found;
            }
            after_quote = matches!(&token, TokenTree::Punct(punct) if punct.as_char() == '\'');
        }
        None
    }
    find_word_in_tokens(ty.to_token_stream(), word)
}

/// Returns `true` if a name occurs anywhere in a piece of code, also as the name of a lifetime.
pub(crate) fn mentions_name(code: &impl ToTokens, name: &Ident) -> bool {
    code.to_token_stream().into_iter().any(|token| match token {
        TokenTree::Ident(ident) => ident == *name,
        TokenTree::Group(group) => mentions_name(&group.stream(), name),
        TokenTree::Punct(_) | TokenTree::Literal(_) => false,
    })
}

/// Spells a type as people write it.
pub(crate) fn type_source(ty: &Type) -> String {
    let spaced = ty.to_token_stream().to_string();
    let tight = [(" :: ", "::"), (" < ", "<"), ("< ", "<"), (" >", ">"), (" ,", ","), ("& ", "&")];
    tight.iter().fold(spaced, |text, (loose, tight)| text.replace(loose, tight))
}
