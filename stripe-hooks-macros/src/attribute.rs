//! Parses the attribute and the signature of the function. Checks their grammar only.
//!
//! The grammar of `#[on_event(…)]` is a list of elements. Each is a string (an event name or a
//! pattern), a bare key, `key = value` or `key(…)`. To add a key, add a row to [`ATTRIBUTE_KEYS`] and a field
//! to [`OnEventAttribute`].

use proc_macro2::{Delimiter, Group, Ident, TokenStream, TokenTree};
use syn::{
    Attribute, Lit, LitStr, Path, Signature, Token, Type, Visibility,
    ext::IdentExt,
    parenthesized,
    parse::{Parse, ParseStream, Parser},
    punctuated::Punctuated,
    token,
};

use crate::{
    article::indefinite_article,
    catalogue::EVENTS,
    event_selection::EventSelectors,
    mistakes::{Mistakes, has_help, new_mistake},
    nearest_names,
    policy::{InlineKey, PolicyKeys},
    transition::Transition,
};

/// The annotated function without its body, which the macro returns unparsed and unchanged.
pub(crate) struct HandlerFunction {
    pub(crate) attributes: Vec<Attribute>,
    pub(crate) signature: Signature,
}

impl HandlerFunction {
    /// Parses the item. An item that cannot be a handler is an error, or `None` if the compiler
    /// itself reports it.
    pub(crate) fn parse_item(item: TokenStream) -> syn::Result<Option<Self>> {
        match Self::parse_function.parse2(without_body(item.clone())) {
            Err(_) if has_untyped_argument(item) => Ok(None),
            read => read.map(Some),
        }
    }

    fn parse_function(input: ParseStream<'_>) -> syn::Result<Self> {
        let attributes = input.call(Attribute::parse_outer)?;
        input.parse::<Visibility>()?;
        let rest = input.fork();
        let Ok(signature) = input.parse::<Signature>() else {
            return Err(not_a_function_error(&rest));
        };
        if !input.peek(token::Brace) {
            let name = &signature.ident;
            return Err(new_mistake(
                name,
                format_args!("`{name}` has no body"),
                "annotate a free function, with a body",
            ));
        }
        input.parse::<TokenStream>()?;
        Ok(Self { attributes, signature })
    }
}

/// Empties the body of the function, which the parser would otherwise read to its end.
fn without_body(item: TokenStream) -> TokenStream {
    let mut tokens: Vec<_> = item.into_iter().collect();
    if let Some(TokenTree::Group(body)) = tokens.last_mut()
        && body.delimiter() == Delimiter::Brace
    {
        let span = body.span();
        *body = Group::new(Delimiter::Brace, TokenStream::new());
        body.set_span(span);
    }
    tokens.into_iter().collect()
}

/// Returns `true` if an argument of a function has no type. The compiler refuses such a function
/// before it calls the macro.
fn has_untyped_argument(item: TokenStream) -> bool {
    let after_fn =
        item.into_iter().skip_while(|token| !matches!(token, TokenTree::Ident(word) if word == "fn"));
    let arguments = after_fn.into_iter().find_map(|token| match token {
        TokenTree::Group(group) if group.delimiter() == Delimiter::Parenthesis => Some(group.stream()),
        _ => None,
    });
    let Some(arguments) = arguments.filter(|arguments| !arguments.is_empty()) else { return false };
    let is_punct =
        |token: &TokenTree, sign: char| matches!(token, TokenTree::Punct(punct) if punct.as_char() == sign);
    let tokens: Vec<_> = arguments.into_iter().collect();
    // A type that contains a comma is split too, and its second part looks like an argument without
    // a type. That is harmless: the parser has failed already, so the compiler refuses the
    // function.
    tokens.split(|token| is_punct(token, ',')).any(|argument| {
        !argument.is_empty()
            && !argument.iter().any(|token| is_punct(token, ':') || token.to_string() == "self")
    })
}

fn not_a_function_error(rest: ParseStream<'_>) -> syn::Error {
    let help = "write it above a function: `#[on_event(\"payment_intent.succeeded\")] async fn fulfil(intent: PaymentIntent) {}`";
    match rest.call(Ident::parse_any) {
        Ok(keyword) => {
            let article = indefinite_article(&keyword.to_string());
            let what = format_args!("`#[on_event]` belongs to a function, and this is {article}`{keyword}`");
            new_mistake(&keyword, what, help)
        }
        Err(_) => new_mistake(rest.cursor().token_stream(), "`#[on_event]` belongs to a function", help),
    }
}

/// The content of the parentheses of `#[on_event(…)]`.
#[derive(Default)]
pub(crate) struct OnEventAttribute {
    /// Event names and patterns, `except("…", …)` and `unlisted`.
    pub(crate) selectors: EventSelectors,
    /// `name = "…"`
    pub(crate) name: Option<LitStr>,
    /// `endpoint = Type`
    pub(crate) endpoint: Option<Type>,
    /// `when(…)` and `changed(…)`
    pub(crate) transitions: Vec<Transition>,
    /// `retries = …`, `timeout = …`, `backoff = …`, `concurrency = …`, `order = …`, `stale = …`,
    /// `parked = …` and `inline`
    pub(crate) policy: PolicyKeys,
    /// `crate = path`
    pub(crate) runtime: Option<Path>,
    /// `true` if an element could not be parsed. A missing name may then be there in another form.
    pub(crate) is_incomplete: bool,
}

/// One key of the attribute.
struct AttributeKey {
    name: &'static str,
    /// The syntax that a help shows between backticks.
    syntax: &'static str,
    /// Parses the rest of the element into the attribute. Returns `true` if the key was given
    /// before.
    parse_into: fn(&mut OnEventAttribute, &Ident, ParseStream<'_>) -> syn::Result<bool>,
}

const fn attribute_key(
    name: &'static str,
    syntax: &'static str,
    parse_into: fn(&mut OnEventAttribute, &Ident, ParseStream<'_>) -> syn::Result<bool>,
) -> AttributeKey {
    AttributeKey { name, syntax, parse_into }
}

const ATTRIBUTE_KEYS: &[AttributeKey] = &[
    attribute_key("name", "name = \"…\"", |attribute, _, input| {
        parse_assignment(&mut attribute.name, input)
    }),
    attribute_key("endpoint", "endpoint = Type", |attribute, _, input| {
        let is_given = parse_assignment(&mut attribute.endpoint, input)?;
        // A value of the type, or a call that makes one.
        if input.peek(token::Paren) || input.peek(token::Brace) {
            return Err(input.error("expected a type"));
        }
        Ok(is_given)
    }),
    attribute_key("except", "except(\"…\")", |attribute, _, input| {
        Ok(attribute.selectors.except.replace(parse_literal_list(input)?).is_some())
    }),
    attribute_key("unlisted", "unlisted", |attribute, key, input| {
        // A misused `unlisted` counts too, or each name that needs it would be a second mistake.
        let is_given = attribute.selectors.unlisted.replace(key.clone()).is_some();
        expect_bare_key(input)?;
        Ok(is_given)
    }),
    attribute_key(
        "when",
        "when(status => \"active\")` or `when(status: \"trialing\" => \"active\")",
        |attribute, _, input| {
            attribute.transitions.extend(Transition::parse_when(input)?);
            Ok(MAY_REPEAT)
        },
    ),
    attribute_key("changed", "changed(status)", |attribute, _, input| {
        attribute.transitions.extend(Transition::parse_changed(input)?);
        Ok(MAY_REPEAT)
    }),
    attribute_key("retries", "retries = 5", |attribute, _, input| {
        parse_assignment(&mut attribute.policy.retries, input)
    }),
    attribute_key("timeout", "timeout = \"30s\"", |attribute, _, input| {
        parse_assignment(&mut attribute.policy.timeout, input)
    }),
    attribute_key("backoff", "backoff = \"10s\"", |attribute, _, input| {
        parse_assignment(&mut attribute.policy.backoff, input)
    }),
    attribute_key("concurrency", "concurrency = 4", |attribute, _, input| {
        parse_assignment(&mut attribute.policy.concurrency, input)
    }),
    attribute_key("order", "order = \"object\"", |attribute, _, input| {
        parse_assignment(&mut attribute.policy.order, input)
    }),
    attribute_key("stale", "stale = \"skip\"", |attribute, _, input| {
        parse_assignment(&mut attribute.policy.stale, input)
    }),
    attribute_key("parked", "parked = \"holds\"", |attribute, _, input| {
        parse_assignment(&mut attribute.policy.parked, input)
    }),
    attribute_key("inline", "inline` or `inline = \"2s\"", |attribute, _, input| {
        let limit = match input.peek(Token![=]) {
            true => Some(parse_assigned(input)?),
            false => expect_bare_key(input).map(|()| None)?,
        };
        Ok(attribute.policy.inline.replace(InlineKey { limit }).is_some())
    }),
    attribute_key("crate", "crate = path", |attribute, _, input| {
        Ok(attribute.runtime.replace(parse_assigned_path(input)?).is_some())
    }),
];

/// The answer of a key that adds a condition: all conditions must hold, so none is given twice.
const MAY_REPEAT: bool = false;

impl OnEventAttribute {
    /// Parses the attribute. An element that cannot be parsed is a mistake, and does not keep the
    /// others from being parsed.
    pub(crate) fn parse_attribute(handler: &Ident, tokens: TokenStream, mistakes: &mut Mistakes) -> Self {
        let mut attribute = Self::default();
        let elements = |input: ParseStream<'_>| {
            while !input.is_empty() {
                if let Err(error) = attribute.parse_element(handler, input) {
                    attribute.is_incomplete = true;
                    mistakes.add_error(error);
                    take_element_tokens(input);
                }
                if !input.is_empty() {
                    input.parse::<Token![,]>()?;
                }
            }
            Ok(())
        };
        if let Err(error) = elements.parse2(tokens) {
            mistakes.add_error(error);
        }
        attribute
    }

    fn parse_element(&mut self, handler: &Ident, input: ParseStream<'_>) -> syn::Result<()> {
        if input.peek(LitStr) {
            self.selectors.events.push(input.parse()?);
        } else if input.peek(Lit) || !input.peek(Ident::peek_any) {
            return Err(not_a_string_error(handler, input));
        } else {
            self.parse_key(handler, input)?;
        }
        if input.is_empty() || input.peek(Token![,]) {
            return Ok(());
        }
        Err(missing_comma_error(handler, input))
    }

    fn parse_key(&mut self, handler: &Ident, input: ParseStream<'_>) -> syn::Result<()> {
        let rest = input.fork();
        let key = input.call(Ident::parse_any)?;
        let Some(AttributeKey { syntax, parse_into, .. }) =
            ATTRIBUTE_KEYS.iter().find(|known| key == known.name)
        else {
            return Err(unknown_key_error(handler, &key, &rest));
        };
        match parse_into(self, &key, input) {
            Ok(false) => Ok(()),
            Ok(true) => {
                Err(new_mistake(&key, format_args!("`{handler}` has `{key}` twice"), "keep one of them"))
            }
            // A mistake within a list that has a message of its own.
            Err(error) if has_help(&error) => Err(error),
            Err(_) => {
                let what = format_args!("`{handler}`: `{key}` is not written like this");
                Err(new_mistake(&key, what, format_args!("write `{syntax}`")))
            }
        }
    }
}

/// Parses `= value` into the slot of a key. Returns `true` if the key was given before.
fn parse_assignment<T: Parse>(slot: &mut Option<T>, input: ParseStream<'_>) -> syn::Result<bool> {
    Ok(slot.replace(parse_assigned(input)?).is_some())
}

/// Parses the value of a key, with the `=` before it.
pub(crate) fn parse_assigned<T: Parse>(input: ParseStream<'_>) -> syn::Result<T> {
    input.parse::<Token![=]>()?;
    input.parse()
}

/// Parses a path as in a `use` declaration: `crate::stripe`, without generics.
pub(crate) fn parse_assigned_path(input: ParseStream<'_>) -> syn::Result<Path> {
    input.parse::<Token![=]>()?;
    input.call(Path::parse_mod_style)
}

fn parse_literal_list(input: ParseStream<'_>) -> syn::Result<Vec<LitStr>> {
    let list;
    parenthesized!(list in input);
    let names = Punctuated::<LitStr, Token![,]>::parse_terminated(&list)?;
    if names.is_empty() {
        return Err(list.error("expected a name or a pattern"));
    }
    Ok(names.into_iter().collect())
}

fn expect_bare_key(input: ParseStream<'_>) -> syn::Result<()> {
    match input.is_empty() || input.peek(Token![,]) {
        true => Ok(()),
        false => Err(input.error("expected a comma")),
    }
}

/// Returns `true` for a name of a handler or an endpoint. A name has no spaces and control
/// characters, because logs and tables show it.
pub(crate) fn is_stable_name(name: &str) -> bool {
    !name.is_empty() && name.chars().all(|c| c.is_alphanumeric() || "_-.:/".contains(c))
}

/// Takes the tokens up to the next comma from the input.
pub(crate) fn take_element_tokens(input: ParseStream<'_>) -> TokenStream {
    let mut tokens = TokenStream::new();
    while !input.is_empty() && !input.peek(Token![,]) {
        match input.parse::<TokenTree>() {
            Ok(token) => tokens.extend([token]),
            Err(_) => break,
        }
    }
    tokens
}

/// Makes the mistake for a missing comma: the next element follows at once, or another sign stands
/// between the two.
fn missing_comma_error(handler: &Ident, input: ParseStream<'_>) -> syn::Error {
    let help = "separate names and keys by commas";
    let rest = take_element_tokens(input);
    match rest.clone().into_iter().next() {
        Some(TokenTree::Punct(punct)) => {
            new_mistake(punct, format_args!("`{handler}`: a comma belongs here"), help)
        }
        _ => new_mistake(rest, format_args!("`{handler}`: a comma is missing before this"), help),
    }
}

fn not_a_string_error(handler: &Ident, input: ParseStream<'_>) -> syn::Error {
    let help = match input.peek(token::Bracket) {
        true => "leave out the brackets, and write each name in quotes, with commas between them",
        false => "write the name of the event in quotes, such as `\"payment_intent.succeeded\"`",
    };
    new_mistake(take_element_tokens(input), format_args!("`{handler}`: an event name is a string"), help)
}

/// Makes the mistake for a word that is no key: an event name without quotes, or an unknown key.
fn unknown_key_error(handler: &Ident, key: &Ident, rest: ParseStream<'_>) -> syn::Error {
    let tokens = take_element_tokens(rest);
    let written: String = tokens.to_string().split_whitespace().collect();
    let marker = written.rsplit("::").next().unwrap_or_default();
    if let Some(event) = EVENTS.iter().find(|event| event.name == written || event.marker == marker) {
        let help = format_args!("write `\"{}\"`", event.name);
        return new_mistake(tokens, format_args!("`{handler}`: an event name is a string"), help);
    }
    let is_constant = written.chars().all(|c| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_');
    if is_constant || !looks_like_key(&written, key) {
        let has_form =
            written.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || "._".contains(c));
        let help = match has_form {
            true => format!("write it in quotes: `\"{written}\"`"),
            false => {
                "write the name itself in quotes: an attribute reads neither constants nor macros".to_owned()
            }
        };
        return new_mistake(tokens, format_args!("`{handler}`: an event name is a string"), help);
    }
    if ["event", "events"].iter().any(|event| key == event) {
        let help = "write the names alone, with commas between them, such as `\"payment_intent.succeeded\"`";
        return new_mistake(
            key,
            format_args!("`{handler}`: the name of an event has no key before it"),
            help,
        );
    }
    let keys: Vec<_> = ATTRIBUTE_KEYS.iter().map(|known| (known.name, known.syntax)).collect();
    let help = unknown_key_help(&key.to_string(), &keys);
    new_mistake(key, format_args!("`{handler}`: `#[on_event]` has no key `{key}`"), help)
}

/// Returns the help for an unknown key: the syntax of the nearest key, or of all keys. Each of
/// `keys` is a name and its syntax.
pub(crate) fn unknown_key_help(written: &str, keys: &[(&str, &str)]) -> String {
    let near = nearest_names::nearest_names(written, keys.iter().map(|(name, _)| *name));
    let near = near.first().and_then(|near| keys.iter().find(|(name, _)| name == near));
    match near {
        Some((_, syntax)) => format!("did you mean `{syntax}`?"),
        None => {
            let forms: Vec<_> = keys.iter().map(|(_, syntax)| format!("`{syntax}`")).collect();
            format!("the keys are {}", forms.join(", "))
        }
    }
}

/// Returns `true` for the form of a key: bare, with a value, or with a list.
fn looks_like_key(written: &str, key: &Ident) -> bool {
    let after = written.strip_prefix(&key.to_string()).unwrap_or_default();
    after.is_empty() || after.starts_with(['=', '('])
}
