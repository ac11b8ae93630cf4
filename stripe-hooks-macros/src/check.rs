//! Checks the function and the attribute as far as syntax allows, and plans the expansion.

use proc_macro2::{Ident, TokenStream};
use quote::{ToTokens, quote_spanned};
use syn::{Attribute, FnArg, LitStr, PatType, ReturnType, Signature, Type, TypeReference, ext::IdentExt};

use crate::{
    mistakes::Mistakes,
    parse::{Handler, Request, is_stable_name},
    policy,
    select::{Selection, select},
    transition,
    types::{Known, find_word, part_without_size, spelled},
    wording::{Words, words},
};

/// A handler that passed the checks, with all that its expansion needs.
pub(crate) struct Plan {
    pub(crate) handler: Ident,
    pub(crate) is_async: bool,
    pub(crate) arguments: Vec<Argument>,
    /// The return type, `()` if the signature has none.
    pub(crate) output: TokenStream,
    pub(crate) selection: Selection,
    /// The keys of the attribute.
    pub(crate) request: Request,
    /// The `#[cfg(…)]` attributes below ours. The registration needs the same ones.
    pub(crate) conditions: Vec<Attribute>,
}

/// One argument of a handler.
pub(crate) enum Argument {
    /// `T`, extracted.
    Owned { ty: Type, words: Words },
    /// `&mut T`, lent.
    Lent { ty: Type },
}

impl Argument {
    fn ty(&self) -> &Type {
        match self {
            Self::Owned { ty, .. } | Self::Lent { ty } => ty,
        }
    }

    /// The `T` of a lent `&mut T`.
    pub(crate) fn lent(&self) -> Option<&Type> {
        match self {
            Self::Owned { .. } => None,
            Self::Lent { ty } => Some(ty),
        }
    }
}

/// Checks everything, so that all mistakes are reported at once. Returns no plan for a function
/// with `_` in a type, which the compiler refuses with an error of its own.
pub(crate) fn check(request: Request, handler: Handler, mistakes: &mut Mistakes) -> Option<Plan> {
    let Handler { attributes, signature } = handler;
    let name = signature.ident.clone();
    check_qualifiers(&signature, mistakes);
    check_request(&name, &request, mistakes);
    policy::check(&name, &request.policy, mistakes);
    let selection = select(&name, &request.names, mistakes);
    check_other_attributes(&name, &request, &selection, &attributes, mistakes);
    transition::check(&name, &request.transitions, &selection, mistakes);
    let arguments = check_arguments(&signature, &selection, mistakes);
    let output = check_output(&signature, mistakes);
    let types = arguments.iter().map(|argument| argument.ty().to_token_stream());
    if types.chain([output.clone()]).any(|ty| find_word(&ty, "_").is_some()) {
        return None;
    }
    Some(Plan {
        is_async: signature.asyncness.is_some(),
        arguments,
        output,
        selection,
        request,
        conditions: attributes.into_iter().filter(|attribute| attribute.path().is_ident("cfg")).collect(),
        handler: name,
    })
}

fn check_request(handler: &Ident, request: &Request, mistakes: &mut Mistakes) {
    if request.names.events.is_empty() && !request.is_incomplete {
        let what = format_args!("`{handler}` names no event");
        mistakes.add(TokenStream::new(), what, "write `#[on_event(\"payment_intent.succeeded\")]`");
    }
    if let Some(name) = &request.name
        && !is_stable_name(&name.value())
    {
        let what = format_args!("`{handler}` cannot have the name {:?}", name.value());
        mistakes.add(name, what, "use letters, digits and `_ - . : /`, at least one");
    }
}

/// Refuses an event that another `#[on_event]` below this one takes too, at the same endpoint:
/// several attributes of one function are several handlers. Handlers that wait for different
/// changes may share an event, if their names differ.
fn check_other_attributes(
    handler: &Ident,
    request: &Request,
    selection: &Selection,
    attributes: &[Attribute],
    mistakes: &mut Mistakes,
) {
    let ours = attributes
        .iter()
        .filter(|attribute| attribute.path().segments.last().is_some_and(|last| last.ident == "on_event"));
    for attribute in ours {
        let Ok(list) = attribute.meta.require_list() else { continue };
        // The expansion of that attribute reports its mistakes.
        let unreported = &mut Mistakes::default();
        let other = Request::read(handler, list.tokens.clone(), unreported);
        let both_wait = !request.transitions.is_empty() && !other.transitions.is_empty();
        let named_apart = request.name.as_ref().map(LitStr::value) != other.name.as_ref().map(LitStr::value);
        if tokens_of(&other.endpoint) != tokens_of(&request.endpoint) || (both_wait && named_apart) {
            continue;
        }
        let taken = |name| selection.events.iter().any(|event| event.row.name == name);
        let of_other = select(handler, &other.names, unreported).events;
        if let Some(twice) = of_other.iter().find(|event| taken(event.row.name)) {
            let what = format_args!(
                "`{handler}` gets `{}` twice: another `#[on_event]` above names it too",
                twice.row.name
            );
            let help = match both_wait {
                true => "give each of them another `name = \"…\"`, which tells the two handlers apart",
                false => "name each event once; the attributes of one function add up",
            };
            mistakes.add(&twice.literal, what, help);
        }
    }
}

fn tokens_of(endpoint: &Option<Type>) -> String {
    endpoint.to_token_stream().to_string()
}

fn check_qualifiers(signature: &Signature, mistakes: &mut Mistakes) {
    let name = &signature.ident;
    let mut refuse = |at: &dyn ToTokens, what: &str, help: &str| {
        mistakes.add(at.to_token_stream(), format_args!("`{name}` {what}"), help);
    };
    if let Some(constness) = &signature.constness {
        refuse(constness, "is a `const fn`, and a handler runs when an event arrives", "remove `const`");
    }
    if let syn::Safety::Unsafe(unsafety) = &signature.safety {
        refuse(unsafety, "is `unsafe`, and nobody could vouch for the call", "remove `unsafe`");
    }
    if let Some(abi) = &signature.abi {
        refuse(abi, "has a foreign ABI, and a handler is a Rust function", "remove `extern`");
    } else if let Some(variadic) = &signature.variadic {
        refuse(variadic, "takes a variable number of arguments", "name each argument");
    }
    check_generics(signature, &mut refuse);
}

fn check_generics(signature: &Signature, refuse: &mut dyn FnMut(&dyn ToTokens, &str, &str)) {
    let generics = &signature.generics;
    if generics.type_params().next().is_some() || generics.const_params().next().is_some() {
        refuse(
            &generics.params,
            "is generic, and an event cannot choose its types",
            "write the types that it shall have",
        );
    } else if !generics.params.is_empty() {
        refuse(
            &generics.params,
            "has lifetime parameters",
            "leave them out, and write `'_` where a type has one",
        );
    } else if let Some(clause) = &generics.where_clause {
        refuse(clause, "has a `where` clause, and nothing that it could bound", "remove it");
    }
}

fn check_arguments(signature: &Signature, selection: &Selection, mistakes: &mut Mistakes) -> Vec<Argument> {
    let name = &signature.ident;
    let mut arguments: Vec<Argument> = Vec::new();
    let types: Vec<&Type> = signature.inputs.iter().filter_map(typed).collect();
    for input in &signature.inputs {
        match input {
            FnArg::Receiver(receiver) => {
                let help = "move it out of the `impl` block, and take what it needs as `State<T>`";
                mistakes.add(
                    receiver,
                    format_args!("`{name}` is a method, and a handler is a free function"),
                    help,
                );
            }
            FnArg::Typed(typed) => arguments.extend(check_argument(name, typed, &types, selection, mistakes)),
        }
    }
    if let Some(ty) = arguments.iter().filter_map(Argument::lent).nth(1) {
        let what = format_args!("`{name}` borrows two arguments, and its outcome can settle only one");
        mistakes.add(ty, what, "keep one `&mut` argument, and take the others by value");
    }
    arguments
}

fn typed(input: &FnArg) -> Option<&Type> {
    match input {
        FnArg::Typed(typed) => Some(&typed.ty),
        FnArg::Receiver(_) => None,
    }
}

/// Returns the argument, or `None` for a mistake.
fn check_argument(
    name: &Ident,
    typed: &PatType,
    types: &[&Type],
    selection: &Selection,
    mistakes: &mut Mistakes,
) -> Option<Argument> {
    let PatType { attrs, ty, .. } = typed;
    if let Some(attribute) = attrs.first() {
        let what =
            format_args!("`{name}` has an attribute on an argument, which its registration cannot follow");
        mistakes.add(attribute, what, "put the attribute on the function, or write two functions");
    } else if let Some(word) = find_word(ty, "impl") {
        let what = format_args!("`{name}` takes an `impl Trait`, and an event cannot choose its type");
        mistakes.add(word, what, "write the type that it shall have");
    } else if let Some(word) = find_word(ty, "Self") {
        let help = "move it out of the `impl` block";
        mistakes.add(
            word,
            format_args!("`{name}` is an associated function, and a handler is a free function"),
            help,
        );
    } else if let Some(part) = part_without_size(ty) {
        let what =
            format_args!("`{name}` takes a value of type `{}`, which has no known size", spelled(part));
        let is_state = Known::of(ty) == Some(Known::State);
        let help = match (is_state, find_word(part, "dyn"), find_word(part, "Send")) {
            (false, ..) => "take a type of known size, such as `Event<Raw>`".to_owned(),
            (true, Some(_), None) => {
                format!("write `State<std::sync::Arc<{} + Send + Sync>>`", spelled(part))
            }
            (true, ..) => format!("write `State<std::sync::Arc<{}>>`", spelled(part)),
        };
        mistakes.add(part, what, help);
    } else {
        return match &**ty {
            Type::Reference(reference) => check_reference(name, reference, mistakes),
            ty => Some(Argument::Owned { ty: ty.clone(), words: words(name, selection, types, ty) }),
        };
    }
    None
}

fn check_reference(name: &Ident, reference: &TypeReference, mistakes: &mut Mistakes) -> Option<Argument> {
    let ty = &*reference.elem;
    if reference.mutability.is_some() {
        return Some(Argument::Lent { ty: ty.clone() });
    }
    let help = match ty {
        Type::Path(path) if path.path.is_ident("str") => "take an owned type, such as `EventId`".to_owned(),
        _ => format!("take `{}` by value: the handler owns its arguments", spelled(ty)),
    };
    mistakes.add(
        reference,
        format_args!("`{name}` takes a reference, and nobody would own what it refers to"),
        help,
    );
    None
}

fn check_output(signature: &Signature, mistakes: &mut Mistakes) -> TokenStream {
    let name = &signature.ident;
    let ReturnType::Type(_, output) = &signature.output else {
        return quote_spanned! { name.span()=> () };
    };
    if let Some(word) = find_word(output, "impl") {
        let help = match signature.asyncness {
            Some(_) => "write the type: `()`, `Result<(), E>`, `Outcome` or `Reply<T>`",
            None => "write an `async fn` that returns `()`, `Result<(), E>`, `Outcome` or `Reply<T>`",
        };
        mistakes.add(
            word,
            format_args!("`{name}` returns an `impl Trait`, which says nothing to Stripe"),
            help,
        );
    } else if let Type::Never(never) = &**output {
        mistakes.add(
            never,
            format_args!("`{name}` never returns, and Stripe waits for an answer"),
            "return `()`",
        );
    } else if is_senseless(output) {
        let what = format_args!("`{name}` returns a `{}`, which says nothing to Stripe", spelled(output));
        mistakes.add(output, what, "return `()`, `Result<(), E>`, `Outcome` or `Reply<T>`");
    }
    output.to_token_stream()
}

/// Returns `true` if the compiler would report several errors for the function. The macro then
/// leaves the function out, because its own message is enough.
pub(crate) fn is_noisy(signature: &Signature) -> bool {
    signature.variadic.is_some()
        || signature.inputs.iter().filter_map(typed).any(|ty| part_without_size(ty).is_some())
        || matches!(&signature.output, ReturnType::Type(_, output) if is_senseless(output))
}

/// Returns `true` for a type that no function can return: it has no size, or it is a reference
/// without a lifetime.
fn is_senseless(output: &Type) -> bool {
    matches!(output, Type::Reference(TypeReference { lifetime: None, .. }))
        || part_without_size(output).is_some()
}

/// The name of a function as in its path, without `r#`.
pub(crate) fn plain_name(handler: &Ident) -> String {
    handler.unraw().to_string()
}
