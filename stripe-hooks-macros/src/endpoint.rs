//! `#[derive(EndpointName)]`: checks that the type can name an endpoint, parses `#[endpoint(…)]`,
//! and implements the trait.

use proc_macro2::{Ident, TokenStream};
use quote::{ToTokens, quote};
use syn::{
    Attribute, Data, DeriveInput, Generics, LitStr, Path, Token,
    ext::IdentExt,
    parse::{ParseStream, Parser},
    parse_quote, token,
};

use crate::{
    attribute::{is_stable_name, parse_assigned, parse_assigned_path, take_element_tokens, unknown_key_help},
    hygiene::import_runtime,
    mistakes::{Mistakes, new_mistake},
};

/// The name of the endpoint without a name, which no type may have.
const DEFAULT_NAME: &str = "default";

/// Expands the derive. A type with a mistake still implements the trait, so that a handler of that
/// endpoint is no second mistake.
pub(crate) fn derive_endpoint_name(input: TokenStream) -> TokenStream {
    let input: DeriveInput = match syn::parse2(input) {
        Ok(input) => input,
        Err(error) => return error.to_compile_error(),
    };
    let mut mistakes = Mistakes::default();
    check_type(&input, &mut mistakes);
    let attribute = EndpointAttribute::parse_attributes(&input.ident, &input.attrs, &mut mistakes);
    let implementation = trait_implementation(&input.ident, input.generics, &attribute);
    let errors = mistakes.into_tokens();
    quote! { #errors #implementation }
}

/// Refuses a type that holds data or stands for several types: the type itself is the name.
fn check_type(input: &DeriveInput, mistakes: &mut Mistakes) {
    let name = &input.ident;
    if !input.generics.params.is_empty() {
        let what = format_args!(
            "`{name}` cannot name an endpoint: it is generic, and all its types would share the name"
        );
        let help = format_args!("write `struct {name};`, and another struct for another endpoint");
        mistakes.add_mistake(&input.generics.params, what, help);
        return;
    }
    let data = match &input.data {
        Data::Struct(data) => data.fields.iter().next().map(|field| match &field.ident {
            Some(name) => name.to_token_stream(),
            None => field.ty.to_token_stream(),
        }),
        Data::Enum(data) => data.variants.iter().next().map(|variant| variant.ident.to_token_stream()),
        Data::Union(data) => Some(data.union_token.to_token_stream()),
    };
    if let Some(data) = data {
        let what =
            format_args!("`{name}` cannot name an endpoint: the type itself is the name, and holds no data");
        mistakes.add_mistake(data, what, format_args!("write `struct {name};`"));
    }
}

/// The content of `#[endpoint(…)]`.
#[derive(Default)]
struct EndpointAttribute {
    /// `connect`
    is_connect: bool,
    /// `name = "…"`
    name: Option<LitStr>,
    /// `crate = path`
    runtime: Option<Path>,
}

/// One key of the attribute.
struct AttributeKey {
    name: &'static str,
    /// The syntax that a help shows between backticks.
    syntax: &'static str,
    /// The help for another syntax.
    help: &'static str,
    /// Parses the rest of the element. Returns `true` if the key was given before.
    parse_into: fn(&mut EndpointAttribute, ParseStream<'_>) -> syn::Result<bool>,
}

const ATTRIBUTE_KEYS: &[AttributeKey] = &[
    AttributeKey {
        name: "connect",
        syntax: "connect",
        help: "write `connect` alone, or leave it out",
        parse_into: |attribute, input| match input.peek(Token![=]) || input.peek(token::Paren) {
            true => Err(input.error("expected no value")),
            false => Ok(std::mem::replace(&mut attribute.is_connect, true)),
        },
    },
    AttributeKey {
        name: "name",
        syntax: "name = \"…\"",
        help: "write `name = \"…\"`",
        parse_into: |attribute, input| Ok(attribute.name.replace(parse_assigned(input)?).is_some()),
    },
    AttributeKey {
        name: "crate",
        syntax: "crate = path",
        help: "write `crate = path`",
        parse_into: |attribute, input| Ok(attribute.runtime.replace(parse_assigned_path(input)?).is_some()),
    },
];

impl EndpointAttribute {
    /// Parses the attributes. An element that cannot be parsed is a mistake, and does not keep the
    /// others from being parsed.
    fn parse_attributes(name: &Ident, attributes: &[Attribute], mistakes: &mut Mistakes) -> Self {
        let mut attribute = Self::default();
        for written in attributes.iter().filter(|attribute| attribute.path().is_ident("endpoint")) {
            let Ok(list) = written.meta.require_list() else {
                let what = format_args!("`{name}`: the attribute `endpoint` is not written like this");
                let help = "write `#[endpoint(connect)]` for the events of connected accounts; leave it out for \
                            those of your own account";
                mistakes.add_mistake(&written.meta, what, help);
                continue;
            };
            let elements = |input: ParseStream<'_>| {
                while !input.is_empty() {
                    if let Err(error) = attribute.parse_element(name, input) {
                        mistakes.add_error(error);
                        take_element_tokens(input);
                    }
                    input.parse::<Option<Token![,]>>()?;
                }
                Ok(())
            };
            if let Err(error) = elements.parse2(list.tokens.clone()) {
                mistakes.add_error(error);
            }
        }
        attribute.check_name(name, mistakes);
        attribute
    }

    fn parse_element(&mut self, name: &Ident, input: ParseStream<'_>) -> syn::Result<()> {
        let all = input.fork();
        let key = input.call(Ident::parse_any);
        let known = key.as_ref().ok().and_then(|key| ATTRIBUTE_KEYS.iter().find(|known| key == known.name));
        let (Ok(key), Some(AttributeKey { help, parse_into, .. })) = (key, known) else {
            return Err(unknown_key(name, take_element_tokens(&all)));
        };
        match parse_into(self, input) {
            Ok(_) if !input.is_empty() && !input.peek(Token![,]) => {
                let rest = take_element_tokens(input);
                Err(new_mistake(
                    rest,
                    format_args!("`{name}`: a comma is missing before this"),
                    "separate keys by commas",
                ))
            }
            Ok(false) => Ok(()),
            Ok(true) => {
                Err(new_mistake(&key, format_args!("`{name}` has `{key}` twice"), "keep one of them"))
            }
            Err(_) => {
                let what = format_args!("`{name}`: `{key}` is not written like this");
                Err(new_mistake(&key, what, help))
            }
        }
    }

    fn check_name(&self, ty: &Ident, mistakes: &mut Mistakes) {
        let Some(literal) = &self.name else { return };
        let name = literal.value();
        let what = format_args!("`{ty}` cannot have the name {name:?}");
        if !is_stable_name(&name) {
            mistakes.add_mistake(literal, what, "use letters, digits and `_ - . : /`, at least one");
        } else if name == DEFAULT_NAME {
            let what = format_args!("{what}, which the endpoint without a name has");
            mistakes.add_mistake(literal, what, "choose another name");
        }
    }
}

/// Makes the mistake for a word that is no key, or for tokens that are no word.
fn unknown_key(name: &Ident, tokens: TokenStream) -> syn::Error {
    let written = tokens.to_string();
    let first = written.split(['=', '(']).next().unwrap_or_default().trim();
    let keys: Vec<_> = ATTRIBUTE_KEYS.iter().map(|known| (known.name, known.syntax)).collect();
    let help = unknown_key_help(first, &keys);
    new_mistake(tokens, format_args!("`{name}`: `#[endpoint]` has no key `{first}`"), help)
}

/// Writes the implementation. Without `name = "…"`, the name is the path of the type, as the id of
/// a handler is the path of its function.
fn trait_implementation(ty: &Ident, mut generics: Generics, attribute: &EndpointAttribute) -> TokenStream {
    // A generic type is a mistake already. Its arguments must not be a second one.
    for parameter in generics.type_params_mut() {
        parameter.bounds.push(parse_quote!('static));
    }
    for parameter in generics.lifetimes_mut() {
        parameter.bounds.push(parse_quote!('static));
    }
    let (parameters, arguments, bounds) = generics.split_for_impl();
    let import = import_runtime(attribute.runtime.as_ref());
    let name = match &attribute.name {
        Some(name) => name.to_token_stream(),
        None => {
            let path = format!("::{}", ty.unraw());
            quote! { ::core::concat!(::core::module_path!(), #path) }
        }
    };
    let is_connect = attribute.is_connect;
    quote! {
        const _: () = {
            #import
            #[diagnostic::do_not_recommend]
            impl #parameters __hooks::EndpointName for #ty #arguments #bounds {
                const NAME: &'static ::core::primitive::str = #name;
                const IS_CONNECT: ::core::primitive::bool = #is_connect;
            }
        };
    }
}
