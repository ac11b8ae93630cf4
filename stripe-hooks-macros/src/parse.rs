//! Reads the attribute and the function's signature, and judges neither beyond their grammar.
//!
//! The grammar of `#[on_event(…)]` is a list of elements, each a string (an event name or a pattern), a bare key, `key = value` or
//! `key(…)`. A new key is a row in [`KEYS`], a field of [`Request`] and an arm in [`Request::key`].

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
    catalogue::EVENTS,
    mistakes::{Mistakes, mistake},
    policy::{Inline, Policy},
    suggest,
    transition::Transition,
};

/// The annotated function, without its body: that stays with the tokens that are handed back unchanged.
pub(crate) struct Handler {
    pub(crate) attributes: Vec<Attribute>,
    pub(crate) signature: Signature,
}

impl Handler {
    /// Reads the item, or says why it cannot be a handler at all; nothing where the compiler says so itself.
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

/// The function with an empty body, because the parser would go through all of it.
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

/// Whether an argument of a function has no type, which the compiler refuses before it asks the macro.
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
    // Of a type with a comma in it, what follows is taken for an argument; the compiler has refused the function all the same.
    tokens.split(|token| is_punct(token, ',')).any(|argument| {
        !argument.is_empty()
            && !argument.iter().any(|token| is_punct(token, ':') || token.to_string() == "self")
    })
}

fn not_a_function(rest: ParseStream<'_>) -> syn::Error {
    let help = "write it above a function: `#[on_event(\"payment_intent.succeeded\")] async fn fulfil(intent: PaymentIntent) {}`";
    match rest.call(Ident::parse_any) {
        Ok(keyword) => mistake(
            &keyword,
            format_args!(
                "`#[on_event]` belongs to a function, and this is {} `{keyword}`",
                article(&keyword)
            ),
            help,
        ),
        Err(_) => mistake(rest.cursor().token_stream(), "`#[on_event]` belongs to a function", help),
    }
}

fn article(keyword: &Ident) -> &'static str {
    if keyword.to_string().starts_with(['a', 'e', 'i', 'o']) { "an" } else { "a" }
}

/// What stands between the parentheses of `#[on_event(…)]`.
#[derive(Default)]
pub(crate) struct Request {
    /// Event names and patterns.
    pub(crate) events: Vec<LitStr>,
    /// `except("…", …)`
    pub(crate) except: Option<Vec<LitStr>>,
    /// `unlisted`
    pub(crate) unlisted: Option<Ident>,
    /// `name = "…"`
    pub(crate) name: Option<LitStr>,
    /// `endpoint = Type`
    pub(crate) endpoint: Option<Type>,
    /// `when(…)` and `changed(…)`
    pub(crate) transitions: Vec<Transition>,
    /// `retries = …`, `timeout = …`, `backoff = …`, `concurrency = …`, `order = …`, `stale = …`, `parked = …` and `inline`
    pub(crate) policy: Policy,
    /// `crate = path`
    pub(crate) runtime: Option<Path>,
    /// Whether something could not be read, so that what is missing may be there in another form.
    pub(crate) is_incomplete: bool,
}

/// The keys, and how each is written.
const KEYS: &[(&str, &str)] = &[
    ("name", "name = \"…\""),
    ("endpoint", "endpoint = Type"),
    ("except", "except(\"…\")"),
    ("unlisted", "unlisted"),
    ("when", "when(status => \"active\")` or `when(status: \"trialing\" => \"active\")"),
    ("changed", "changed(status)"),
    ("retries", "retries = 5"),
    ("timeout", "timeout = \"30s\""),
    ("backoff", "backoff = \"10s\""),
    ("concurrency", "concurrency = 4"),
    ("order", "order = \"object\""),
    ("stale", "stale = \"skip\""),
    ("parked", "parked = \"holds\""),
    ("inline", "inline` or `inline = \"2s\""),
    ("crate", "crate = path"),
];

impl Request {
    /// Reads the attribute. An element that cannot be read is a mistake, and the others are read all the same.
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
            self.events.push(input.parse()?);
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
        let Some((name, form)) = KEYS.iter().find(|(name, _)| key == name) else {
            return Err(unknown_key(handler, &key, &rest));
        };
        let misuse = |error: syn::Error| {
            // A mistake within a list may have been told already.
            if error.to_string().contains("\nhelp: ") {
                return error;
            }
            let what = format_args!("`{handler}`: `{key}` is not written like this");
            mistake(&key, what, format_args!("write `{form}`"))
        };
        let is_given = match *name {
            "name" => self.name.replace(assigned(input).map_err(misuse)?).is_some(),
            "endpoint" => {
                let is_given = self.endpoint.replace(assigned(input).map_err(misuse)?).is_some();
                // A value of the type, or a call that makes one.
                if input.peek(token::Paren) || input.peek(token::Brace) {
                    return Err(misuse(input.error("expected a type")));
                }
                is_given
            }
            "except" => self.except.replace(listed(input).map_err(misuse)?).is_some(),
            "crate" => self.runtime.replace(assigned_path(input).map_err(misuse)?).is_some(),
            "retries" => self.policy.retries.replace(assigned(input).map_err(misuse)?).is_some(),
            "timeout" => self.policy.timeout.replace(assigned(input).map_err(misuse)?).is_some(),
            "backoff" => self.policy.backoff.replace(assigned(input).map_err(misuse)?).is_some(),
            "concurrency" => self.policy.concurrency.replace(assigned(input).map_err(misuse)?).is_some(),
            "order" => self.policy.order.replace(assigned(input).map_err(misuse)?).is_some(),
            "stale" => self.policy.stale.replace(assigned(input).map_err(misuse)?).is_some(),
            "parked" => self.policy.parked.replace(assigned(input).map_err(misuse)?).is_some(),
            "inline" => {
                let limit = match input.peek(Token![=]) {
                    true => Some(assigned(input).map_err(misuse)?),
                    false => bare(input).map(|()| None).map_err(misuse)?,
                };
                self.policy.inline.replace(Inline { limit }).is_some()
            }
            // They add up: all must hold.
            "when" => {
                self.transitions.extend(Transition::when(input).map_err(misuse)?);
                false
            }
            "changed" => {
                self.transitions.extend(Transition::changed(input).map_err(misuse)?);
                false
            }
            _ => {
                // Meant all the same where it is misused, so that a name which needs it is no second mistake.
                let is_given = self.unlisted.replace(key.clone()).is_some();
                bare(input).map_err(misuse)?;
                is_given
            }
        };
        if is_given {
            return Err(mistake(&key, format_args!("`{handler}` has `{key}` twice"), "keep one of them"));
        }
        Ok(())
    }
}

fn assigned<T: Parse>(input: ParseStream<'_>) -> syn::Result<T> {
    input.parse::<Token![=]>()?;
    input.parse()
}

/// A path as `use` takes it: `crate::stripe`, without generics.
fn assigned_path(input: ParseStream<'_>) -> syn::Result<Path> {
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

/// The tokens up to the next comma, which also moves the input there.
fn element_tokens(input: ParseStream<'_>) -> TokenStream {
    let mut tokens = TokenStream::new();
    while !input.is_empty() && !input.peek(Token![,]) {
        match input.parse::<TokenTree>() {
            Ok(token) => tokens.extend([token]),
            Err(_) => break,
        }
    }
    tokens
}

/// What stands where a comma should: the next element, or something else between the two.
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

/// A word that is no key: an event name without its quotes, or a key that does not exist.
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
    let near = suggest::nearest(&key.to_string(), KEYS.iter().map(|(name, _)| *name));
    let near = near.first().and_then(|near| KEYS.iter().find(|(name, _)| name == near));
    let help = match near {
        Some((_, form)) => format!("did you mean `{form}`?"),
        None => {
            let forms: Vec<_> = KEYS.iter().map(|(_, form)| format!("`{form}`")).collect();
            format!("the keys are {}", forms.join(", "))
        }
    };
    mistake(key, format_args!("`{handler}`: `#[on_event]` has no key `{key}`"), help)
}

/// Whether what is written has the form of a key: bare, with a value, or with a list.
fn is_key(written: &str, key: &Ident) -> bool {
    let after = written.strip_prefix(&key.to_string()).unwrap_or_default();
    after.is_empty() || after.starts_with(['=', '('])
}
