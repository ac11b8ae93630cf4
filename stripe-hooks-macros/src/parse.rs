//! Parses the attribute and the signature of the function. Checks their grammar only.
//!
//! The grammar of `#[on_event(…)]` is a list of elements. Each is a string (an event name or a
//! pattern), a bare key, `key = value` or `key(…)`. To add a key, add a row to [`KEYS`] and a field
//! to [`Request`].

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
    article::article,
    catalogue::EVENTS,
    mistakes::{Mistakes, has_help, mistake},
    policy::{Inline, Policy},
    select::Names,
    suggest,
    transition::Transition,
};

/// The annotated function without its body, which the macro returns unparsed and unchanged.
pub(crate) struct Handler {
    pub(crate) attributes: Vec<Attribute>,
    pub(crate) signature: Signature,
}

impl Handler {
    /// Parses the item. An item that cannot be a handler is an error, or `None` if the compiler
    /// itself reports it.
    pub(crate) fn read(item: TokenStream) -> syn::Result<Option<Self>> {
        match Self::parse.parse2(without_body(item.clone())) {
            Err(_) if lacks_a_type(item) => Ok(None),
            read => read.map(Some),
        }
    }

    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let attributes = input.call(Attribute::parse_outer)?;
        input.parse::<Visibility>()?;
        let rest = input.fork();
        let Ok(signature) = input.parse::<Signature>() else {
            return Err(not_a_function(&rest));
        };
        if !input.peek(token::Brace) {
            let name = &signature.ident;
            return Err(mistake(
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
fn lacks_a_type(item: TokenStream) -> bool {
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

fn not_a_function(rest: ParseStream<'_>) -> syn::Error {
    let help = "write it above a function: `#[on_event(\"payment_intent.succeeded\")] async fn fulfil(intent: PaymentIntent) {}`";
    match rest.call(Ident::parse_any) {
        Ok(keyword) => {
            let article = article(&keyword.to_string());
            let what = format_args!("`#[on_event]` belongs to a function, and this is {article}`{keyword}`");
            mistake(&keyword, what, help)
        }
        Err(_) => mistake(rest.cursor().token_stream(), "`#[on_event]` belongs to a function", help),
    }
}

/// The content of the parentheses of `#[on_event(…)]`.
#[derive(Default)]
pub(crate) struct Request {
    /// Event names and patterns, `except("…", …)` and `unlisted`.
    pub(crate) names: Names,
    /// `name = "…"`
    pub(crate) name: Option<LitStr>,
    /// `endpoint = Type`
    pub(crate) endpoint: Option<Type>,
    /// `when(…)` and `changed(…)`
    pub(crate) transitions: Vec<Transition>,
    /// `retries = …`, `timeout = …`, `backoff = …`, `concurrency = …`, `order = …`, `stale = …`,
    /// `parked = …` and `inline`
    pub(crate) policy: Policy,
    /// `crate = path`
    pub(crate) runtime: Option<Path>,
    /// `true` if an element could not be parsed. A missing name may then be there in another form.
    pub(crate) is_incomplete: bool,
}

/// One key of the attribute.
struct Key {
    name: &'static str,
    /// The form that a help shows between backticks.
    form: &'static str,
    /// Parses the rest of the element into the request. Returns `true` if the key was given before.
    read: fn(&mut Request, &Ident, ParseStream<'_>) -> syn::Result<bool>,
}

const fn row(
    name: &'static str,
    form: &'static str,
    read: fn(&mut Request, &Ident, ParseStream<'_>) -> syn::Result<bool>,
) -> Key {
    Key { name, form, read }
}

const KEYS: &[Key] = &[
    row("name", "name = \"…\"", |request, _, input| assign(&mut request.name, input)),
    row("endpoint", "endpoint = Type", |request, _, input| {
        let is_given = assign(&mut request.endpoint, input)?;
        // A value of the type, or a call that makes one.
        if input.peek(token::Paren) || input.peek(token::Brace) {
            return Err(input.error("expected a type"));
        }
        Ok(is_given)
    }),
    row("except", "except(\"…\")", |request, _, input| {
        Ok(request.names.except.replace(listed(input)?).is_some())
    }),
    row("unlisted", "unlisted", |request, key, input| {
        // A misused `unlisted` counts too, or each name that needs it would be a second mistake.
        let is_given = request.names.unlisted.replace(key.clone()).is_some();
        bare(input)?;
        Ok(is_given)
    }),
    row(
        "when",
        "when(status => \"active\")` or `when(status: \"trialing\" => \"active\")",
        |request, _, input| {
            request.transitions.extend(Transition::when(input)?);
            Ok(MAY_REPEAT)
        },
    ),
    row("changed", "changed(status)", |request, _, input| {
        request.transitions.extend(Transition::changed(input)?);
        Ok(MAY_REPEAT)
    }),
    row("retries", "retries = 5", |request, _, input| assign(&mut request.policy.retries, input)),
    row("timeout", "timeout = \"30s\"", |request, _, input| assign(&mut request.policy.timeout, input)),
    row("backoff", "backoff = \"10s\"", |request, _, input| assign(&mut request.policy.backoff, input)),
    row("concurrency", "concurrency = 4", |request, _, input| assign(&mut request.policy.concurrency, input)),
    row("order", "order = \"object\"", |request, _, input| assign(&mut request.policy.order, input)),
    row("stale", "stale = \"skip\"", |request, _, input| assign(&mut request.policy.stale, input)),
    row("parked", "parked = \"holds\"", |request, _, input| assign(&mut request.policy.parked, input)),
    row("inline", "inline` or `inline = \"2s\"", |request, _, input| {
        let limit = match input.peek(Token![=]) {
            true => Some(assigned(input)?),
            false => bare(input).map(|()| None)?,
        };
        Ok(request.policy.inline.replace(Inline { limit }).is_some())
    }),
    row("crate", "crate = path", |request, _, input| {
        Ok(request.runtime.replace(assigned_path(input)?).is_some())
    }),
];

/// The answer of a key that adds a condition: all conditions must hold, so none is given twice.
const MAY_REPEAT: bool = false;

impl Request {
    /// Parses the attribute. An element that cannot be parsed is a mistake, and does not keep the
    /// others from being parsed.
    pub(crate) fn read(handler: &Ident, attribute: TokenStream, mistakes: &mut Mistakes) -> Self {
        let mut request = Self::default();
        let elements = |input: ParseStream<'_>| {
            while !input.is_empty() {
                if let Err(error) = request.element(handler, input) {
                    request.is_incomplete = true;
                    mistakes.push(error);
                    element_tokens(input);
                }
                if !input.is_empty() {
                    input.parse::<Token![,]>()?;
                }
            }
            Ok(())
        };
        if let Err(error) = elements.parse2(attribute) {
            mistakes.push(error);
        }
        request
    }

    fn element(&mut self, handler: &Ident, input: ParseStream<'_>) -> syn::Result<()> {
        if input.peek(LitStr) {
            self.names.events.push(input.parse()?);
        } else if input.peek(Lit) || !input.peek(Ident::peek_any) {
            return Err(not_a_string(handler, input));
        } else {
            self.key(handler, input)?;
        }
        if input.is_empty() || input.peek(Token![,]) {
            return Ok(());
        }
        Err(no_comma(handler, input))
    }

    fn key(&mut self, handler: &Ident, input: ParseStream<'_>) -> syn::Result<()> {
        let rest = input.fork();
        let key = input.call(Ident::parse_any)?;
        let Some(Key { form, read, .. }) = KEYS.iter().find(|known| key == known.name) else {
            return Err(unknown_key(handler, &key, &rest));
        };
        match read(self, &key, input) {
            Ok(false) => Ok(()),
            Ok(true) => Err(mistake(&key, format_args!("`{handler}` has `{key}` twice"), "keep one of them")),
            // A mistake within a list that has a message of its own.
            Err(error) if has_help(&error) => Err(error),
            Err(_) => {
                let what = format_args!("`{handler}`: `{key}` is not written like this");
                Err(mistake(&key, what, format_args!("write `{form}`")))
            }
        }
    }
}

/// Parses `= value` into the slot of a key. Returns `true` if the key was given before.
fn assign<T: Parse>(slot: &mut Option<T>, input: ParseStream<'_>) -> syn::Result<bool> {
    Ok(slot.replace(assigned(input)?).is_some())
}

/// Parses the value of a key, with the `=` before it.
pub(crate) fn assigned<T: Parse>(input: ParseStream<'_>) -> syn::Result<T> {
    input.parse::<Token![=]>()?;
    input.parse()
}

/// Parses a path as in a `use` declaration: `crate::stripe`, without generics.
pub(crate) fn assigned_path(input: ParseStream<'_>) -> syn::Result<Path> {
    input.parse::<Token![=]>()?;
    input.call(Path::parse_mod_style)
}

fn listed(input: ParseStream<'_>) -> syn::Result<Vec<LitStr>> {
    let list;
    parenthesized!(list in input);
    let names = Punctuated::<LitStr, Token![,]>::parse_terminated(&list)?;
    if names.is_empty() {
        return Err(list.error("expected a name or a pattern"));
    }
    Ok(names.into_iter().collect())
}

fn bare(input: ParseStream<'_>) -> syn::Result<()> {
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
pub(crate) fn element_tokens(input: ParseStream<'_>) -> TokenStream {
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
fn no_comma(handler: &Ident, input: ParseStream<'_>) -> syn::Error {
    let help = "separate names and keys by commas";
    let rest = element_tokens(input);
    match rest.clone().into_iter().next() {
        Some(TokenTree::Punct(punct)) => {
            mistake(punct, format_args!("`{handler}`: a comma belongs here"), help)
        }
        _ => mistake(rest, format_args!("`{handler}`: a comma is missing before this"), help),
    }
}

fn not_a_string(handler: &Ident, input: ParseStream<'_>) -> syn::Error {
    let help = match input.peek(token::Bracket) {
        true => "leave out the brackets, and write each name in quotes, with commas between them",
        false => "write the name of the event in quotes, such as `\"payment_intent.succeeded\"`",
    };
    mistake(element_tokens(input), format_args!("`{handler}`: an event name is a string"), help)
}

/// Makes the mistake for a word that is no key: an event name without quotes, or an unknown key.
fn unknown_key(handler: &Ident, key: &Ident, rest: ParseStream<'_>) -> syn::Error {
    let tokens = element_tokens(rest);
    let written: String = tokens.to_string().split_whitespace().collect();
    let marker = written.rsplit("::").next().unwrap_or_default();
    if let Some(event) = EVENTS.iter().find(|event| event.name == written || event.marker == marker) {
        let help = format_args!("write `\"{}\"`", event.name);
        return mistake(tokens, format_args!("`{handler}`: an event name is a string"), help);
    }
    let is_constant = written.chars().all(|c| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_');
    if is_constant || !is_key(&written, key) {
        let has_form =
            written.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || "._".contains(c));
        let help = match has_form {
            true => format!("write it in quotes: `\"{written}\"`"),
            false => {
                "write the name itself in quotes: an attribute reads neither constants nor macros".to_owned()
            }
        };
        return mistake(tokens, format_args!("`{handler}`: an event name is a string"), help);
    }
    if ["event", "events"].iter().any(|event| key == event) {
        let help = "write the names alone, with commas between them, such as `\"payment_intent.succeeded\"`";
        return mistake(key, format_args!("`{handler}`: the name of an event has no key before it"), help);
    }
    let near = suggest::nearest(&key.to_string(), KEYS.iter().map(|known| known.name));
    let near = near.first().and_then(|near| KEYS.iter().find(|known| known.name == *near));
    let help = match near {
        Some(Key { form, .. }) => format!("did you mean `{form}`?"),
        None => {
            let forms: Vec<_> = KEYS.iter().map(|known| format!("`{}`", known.form)).collect();
            format!("the keys are {}", forms.join(", "))
        }
    };
    mistake(key, format_args!("`{handler}`: `#[on_event]` has no key `{key}`"), help)
}

/// Returns `true` for the form of a key: bare, with a value, or with a list.
fn is_key(written: &str, key: &Ident) -> bool {
    let after = written.strip_prefix(&key.to_string()).unwrap_or_default();
    after.is_empty() || after.starts_with(['=', '('])
}
