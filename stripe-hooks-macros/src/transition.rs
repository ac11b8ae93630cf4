//! `when(…)` and `changed(…)`: conditions on the fields that an update changed.

use proc_macro2::{Ident, Span, TokenStream, TokenTree};
use quote::{ToTokens, format_ident, quote};
use syn::{
    Lit, LitBool, LitInt, LitStr, Token, bracketed,
    ext::IdentExt,
    parse::{Parse, ParseStream},
    punctuated::Punctuated,
};

use crate::{
    catalogue::Row,
    event_selection::EventSelection,
    field_path::{self, PathStep},
    mistakes::{Mistakes, new_mistake},
    nearest_names,
    runtime_check::runtime_check_call,
};

/// One condition: a field that must have changed, and optionally its old and its new value.
pub(crate) struct Transition {
    /// The path as the user wrote it.
    path_source: TokenStream,
    steps: Vec<PathStep>,
    from: Option<ComparedValue>,
    to: Option<ComparedValue>,
}

/// A value that a field is compared with.
struct ComparedValue {
    /// The value as the user wrote it.
    source: TokenStream,
    /// The variant of the runtime's `Expected`.
    expected_variant: TokenStream,
}

impl Transition {
    /// Parses `when(…)`, from its parentheses on.
    pub(crate) fn parse_when(input: ParseStream<'_>) -> syn::Result<Vec<Self>> {
        parse_list(input, |input| {
            let mut transition = Self::parse_changed_field(input)?;
            if input.peek(Token![:]) {
                input.parse::<Token![:]>()?;
                transition.from = Some(input.parse()?);
            }
            input.parse::<Token![=>]>()?;
            transition.to = Some(input.parse()?);
            Ok(transition)
        })
    }

    /// Parses `changed(…)`, from its parentheses on.
    pub(crate) fn parse_changed(input: ParseStream<'_>) -> syn::Result<Vec<Self>> {
        parse_list(input, Self::parse_changed_field)
    }

    fn parse_changed_field(input: ParseStream<'_>) -> syn::Result<Self> {
        if input.peek(LitStr) {
            let literal: LitStr = input.parse()?;
            return Ok(Self {
                steps: field_path::parse_path(&literal)?,
                path_source: literal.to_token_stream(),
                from: None,
                to: None,
            });
        }
        let (mut path, mut steps) = (TokenStream::new(), Vec::new());
        loop {
            let key = input.call(Ident::parse_any)?;
            steps.push(PathStep::Key(key.unraw().to_string()));
            path.extend(key.into_token_stream());
            while input.peek(syn::token::Bracket) {
                let inside;
                let brackets = bracketed!(inside in input);
                let index: TokenStream = inside.parse()?;
                if !index.is_empty() {
                    let help = "write `[]`, which means each of the items";
                    return Err(new_mistake(
                        &index,
                        "a path does not choose among the items of an array",
                        help,
                    ));
                }
                steps.push(PathStep::Each);
                brackets.surround(&mut path, |_| {});
            }
            if !input.peek(Token![.]) {
                return Ok(Self { path_source: path, steps, from: None, to: None });
            }
            path.extend(input.parse::<Token![.]>()?.into_token_stream());
        }
    }

    /// Returns `true` if two conditions cannot both hold, because a field has only one value. A
    /// path through an array can find several values, so it excludes nothing.
    fn contradicts(&self, other: &Self) -> bool {
        let differ = |one: &Option<ComparedValue>, other: &Option<ComparedValue>| match (one, other) {
            (Some(one), Some(other)) => one.source.to_string() != other.source.to_string(),
            (None, _) | (_, None) => false,
        };
        self.steps == other.steps
            && !self.steps.contains(&PathStep::Each)
            && (differ(&self.from, &other.from) || differ(&self.to, &other.to))
    }

    /// The expression that makes the condition in the runtime.
    fn condition_expression(&self, at: usize) -> TokenStream {
        let constant = check_constant_name(at);
        let [from, to] = [&self.from, &self.to].map(|value| match value {
            Some(value) => quote! { ::core::option::Option::Some(#value) },
            None => quote! { ::core::option::Option::None },
        });
        quote! { __hooks::Condition { steps: #constant.steps, from: #from, to: #to } }
    }

    /// Asks the compiler whether the path leads to a field and whether that field can have the
    /// values.
    fn compile_time_checks(&self, at: usize, handler: &str) -> TokenStream {
        let constant = check_constant_name(at);
        let (path, steps) =
            (text_without_spaces(&self.path_source), field_path::steps_expression(&self.steps));
        let leads = runtime_check_call("assert_path", &quote!(#constant), &self.path_source);
        let compares = [&self.from, &self.to].into_iter().flatten().map(|value| {
            let compares = runtime_check_call("assert_comparable", &quote!(#constant, #value), &value.source);
            quote! { const _: () = #compares; }
        });
        quote! {
            const #constant: __hooks::PathQuery = __hooks::path_query(#handler, #path, #steps, __SHAPES);
            const _: __hooks::PathQuery = #leads;
            #(#compares)*
        }
    }
}

fn check_constant_name(at: usize) -> Ident {
    format_ident!("__CHANGE{at}", span = Span::mixed_site())
}

/// The field of the registration that holds the conditions of a handler.
pub(crate) fn conditions_field(transitions: &[Transition]) -> TokenStream {
    let conditions =
        transitions.iter().enumerate().map(|(at, transition)| transition.condition_expression(at));
    quote! { condition: &[#(#conditions),*] }
}

/// Asks the compiler about all conditions of a handler. `objects` are the types that its events
/// carry.
pub(crate) fn transition_checks(handler: &str, transitions: &[Transition], objects: &[&str]) -> TokenStream {
    let questions =
        transitions.iter().enumerate().map(|(at, transition)| transition.compile_time_checks(at, handler));
    let objects = objects.iter().map(|object| Ident::new(object, Span::mixed_site()));
    quote! {
        static __SHAPES: __hooks::Shapes = &[#(<__hooks::objects::#objects as __hooks::HasSchema>::SHAPES),*];
        #(#questions)*
    }
}

/// Checks the conditions as far as syntax allows: the events must be updates, no two conditions may
/// exclude each other, and an old and a new value must differ.
pub(crate) fn check_transitions(
    handler: &Ident,
    transitions: &[Transition],
    selection: &EventSelection,
    mistakes: &mut Mistakes,
) {
    if transitions.is_empty() {
        return;
    }
    let listed =
        selection.events.iter().map(|event| (&event.literal, event.row.name.to_owned(), Some(event.row)));
    let unlisted = selection.unlisted.iter().map(|literal| (literal, literal.value(), None));
    for (literal, name, row) in listed.chain(unlisted) {
        if let Some((what, help)) = describe_non_update(&name, row) {
            return mistakes.add_mistake(
                literal,
                format_args!("`{handler}` asks for a change: {what}"),
                help,
            );
        }
    }
    for (at, one) in transitions.iter().enumerate() {
        let other = transitions[..at].iter().find(|other| other.contradicts(one));
        if let Some(value) = other.and(one.to.as_ref().or(one.from.as_ref())) {
            let what = format_args!(
                "`{handler}` would never run: two conditions on `{}` exclude each other",
                text_without_spaces(&one.path_source)
            );
            mistakes.add_mistake(
                &value.source,
                what,
                "all conditions must hold; write a second function for the other value",
            );
        }
    }
    for Transition { from, to, .. } in transitions {
        if let (Some(from), Some(to)) = (from, to)
            && from.source.to_string() == to.source.to_string()
        {
            let what = format_args!(
                "`{handler}` would never run: what changes does not stay {}",
                text_without_spaces(&to.source)
            );
            mistakes.add_mistake(
                &to.source,
                what,
                "write the old value before `=>`, and the new one after it",
            );
        }
    }
}

/// Returns the message and the help for an event that no condition can apply to, or `None` for an
/// update of an object that the catalogue knows.
fn describe_non_update(name: &str, row: Option<&Row>) -> Option<(String, String)> {
    let compare = "take `Event<Raw>`, and compare its `previous_attributes` in the handler".to_owned();
    match row {
        None => Some((format!("the catalogue does not know what `{name}` carries"), compare)),
        Some(row) if row.thin => {
            let what = format!("`{name}` is a thin event, which does not tell what changed");
            let help = match row.twin {
                "" => "remove the condition".to_owned(),
                twin => format!("handle the snapshot event `\"{twin}\"`"),
            };
            Some((what, help))
        }
        Some(row) if !row.name.ends_with("updated") => {
            let what = format!("`{name}` is not an update, and changes nothing");
            Some((what, "`when` and `changed` go with events whose name ends in `updated`".to_owned()))
        }
        Some(row) if row.object.is_empty() => {
            Some((format!("`{name}` is a preview, whose object the catalogue does not know"), compare))
        }
        Some(_) => None,
    }
}

fn parse_list<T>(input: ParseStream<'_>, one: fn(ParseStream<'_>) -> syn::Result<T>) -> syn::Result<Vec<T>> {
    let list;
    syn::parenthesized!(list in input);
    let all = Punctuated::<T, Token![,]>::parse_terminated_with(&list, one);
    // The tokens after a mistake would only repeat it.
    list.parse::<TokenStream>()?;
    match all {
        Ok(all) if all.is_empty() => Err(list.error("expected a field")),
        all => Ok(all?.into_iter().collect()),
    }
}

impl Parse for ComparedValue {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let several = "a condition compares with one value";
        let help = "for another one, write a second attribute, with a `name = \"…\"` of its own";
        if input.peek(syn::token::Bracket) {
            return Err(new_mistake(input.parse::<TokenTree>()?, several, help));
        }
        let value = Self::parse_value(input)?;
        match input.parse::<Option<Token![|]>>()? {
            Some(or) => Err(new_mistake(or, several, help)),
            None => Ok(value),
        }
    }
}

impl ComparedValue {
    fn parse_value(input: ParseStream<'_>) -> syn::Result<Self> {
        let value = |written: &dyn ToTokens, expected| Self {
            source: written.to_token_stream(),
            expected_variant: expected,
        };
        let minus: Option<Token![-]> = input.parse()?;
        if minus.is_some() || input.peek(LitInt) {
            let integer: LitInt = input.parse()?;
            integer.base10_parse::<i64>()?;
            return Ok(value(&quote!(#minus #integer), quote! { Integer(#minus #integer) }));
        }
        if input.peek(Ident::peek_any) && !input.peek(LitBool) {
            let words =
                Punctuated::<Ident, Token![::]>::parse_separated_nonempty_with(input, Ident::parse_any)?;
            return match text_without_spaces(&words.to_token_stream()).as_str() {
                "null" => Ok(value(&words, quote! { Null })),
                word => Err(not_a_value_error(&words, word)),
            };
        }
        match input.parse()? {
            Lit::Str(text) => Ok(value(&text, quote! { Text(#text) })),
            Lit::Bool(flag) => Ok(value(&flag, quote! { Flag(#flag) })),
            other => Err(new_mistake(
                &other,
                format_args!("`{}` is not a value that a field is compared with", other.to_token_stream()),
                "write a text in quotes, a whole number, `true`, `false` or `null`",
            )),
        }
    }
}

/// Makes the mistake for a word or the path of a variant in the place of a value.
fn not_a_value_error(words: &impl ToTokens, word: &str) -> syn::Error {
    let last = word.rsplit("::").next().unwrap_or(word);
    let help = match last {
        "_" => "leave it out: `when(status => \"active\")` holds whatever it was, and `changed(status)` whatever it is".to_owned(),
        "None" => "write `null`".to_owned(),
        last => {
            let text = nearest_names::split_words(last).join("_");
            format!("write a text in quotes, `\"{text}\"`, a whole number, `true`, `false` or `null`")
        }
    };
    new_mistake(words, format_args!("`{word}` is not a value"), help)
}

impl ToTokens for ComparedValue {
    fn to_tokens(&self, tokens: &mut TokenStream) {
        let expected = &self.expected_variant;
        tokens.extend(quote! { __hooks::Expected::#expected });
    }
}

/// Spells a path or a value as people write it.
fn text_without_spaces(code: &TokenStream) -> String {
    code.to_string().replace(' ', "")
}
