//! Checks the function and the attribute as far as syntax allows, and plans the expansion.

use proc_macro2::{Ident, TokenStream};
use quote::{ToTokens, quote_spanned};
use syn::{Attribute, FnArg, LitStr, PatType, ReturnType, Signature, Type, TypeReference, ext::IdentExt};

use crate::{
    attribute::{HandlerFunction, OnEventAttribute, is_stable_name},
    diagnostics::{UnimplementedMessage, describe_mismatch},
    event_selection::{EventSelection, select_events},
    mistakes::Mistakes,
    policy, transition,
    types::{Known, find_unsized_part, find_word, type_source},
};

/// A handler that passed the checks, with all that its expansion needs.
pub(crate) struct HandlerPlan {
    pub(crate) handler: Ident,
    pub(crate) is_async: bool,
    pub(crate) arguments: Vec<HandlerArgument>,
    /// The return type, `()` if the signature has none.
    pub(crate) return_type: TokenStream,
    pub(crate) selection: EventSelection,
    /// The keys of the attribute.
    pub(crate) attribute: OnEventAttribute,
    /// The `#[cfg(…)]` attributes below ours. The registration needs the same ones.
    pub(crate) cfg_attributes: Vec<Attribute>,
}

/// One argument of a handler.
pub(crate) enum HandlerArgument {
    /// `T`, extracted.
    Owned { ty: Type, message: UnimplementedMessage },
    /// `&mut T`, lent.
    Borrowed { ty: Type },
}

impl HandlerArgument {
    fn value_type(&self) -> &Type {
        match self {
            Self::Owned { ty, .. } | Self::Borrowed { ty } => ty,
        }
    }

    /// The `T` of a lent `&mut T`.
    pub(crate) fn borrowed_type(&self) -> Option<&Type> {
        match self {
            Self::Owned { .. } => None,
            Self::Borrowed { ty } => Some(ty),
        }
    }
}

/// Checks everything, so that all mistakes are reported at once. Returns no plan for a function
/// with `_` in a type, which the compiler refuses with an error of its own.
pub(crate) fn check_handler(
    attribute: OnEventAttribute,
    handler: HandlerFunction,
    mistakes: &mut Mistakes,
) -> Option<HandlerPlan> {
    let HandlerFunction { attributes, signature } = handler;
    let name = signature.ident.clone();
    check_qualifiers(&signature, mistakes);
    check_attribute(&name, &attribute, mistakes);
    policy::check_policy(&name, &attribute.policy, mistakes);
    let selection = select_events(&name, &attribute.selectors, mistakes);
    check_other_attributes(&name, &attribute, &selection, &attributes, mistakes);
    transition::check_transitions(&name, &attribute.transitions, &selection, mistakes);
    let arguments = check_arguments(&signature, &selection, mistakes);
    let output = check_return_type(&signature, mistakes);
    let types = arguments.iter().map(|argument| argument.value_type().to_token_stream());
    if types.chain([output.clone()]).any(|ty| find_word(&ty, "_").is_some()) {
        return None;
    }
    Some(HandlerPlan {
        is_async: signature.asyncness.is_some(),
        arguments,
        return_type: output,
        selection,
        attribute,
        cfg_attributes: attributes.into_iter().filter(|attribute| attribute.path().is_ident("cfg")).collect(),
        handler: name,
    })
}

fn check_attribute(handler: &Ident, attribute: &OnEventAttribute, mistakes: &mut Mistakes) {
    if attribute.selectors.events.is_empty() && !attribute.is_incomplete {
        let what = format_args!("`{handler}` names no event");
        mistakes.add_mistake(TokenStream::new(), what, "write `#[on_event(\"payment_intent.succeeded\")]`");
    }
    if let Some(name) = &attribute.name
        && !is_stable_name(&name.value())
    {
        let what = format_args!("`{handler}` cannot have the name {:?}", name.value());
        mistakes.add_mistake(name, what, "use letters, digits and `_ - . : /`, at least one");
    }
}

/// Refuses an event that another `#[on_event]` below this one takes too, at the same endpoint:
/// several attributes of one function are several handlers. Handlers that wait for different
/// changes may share an event, if their names differ.
fn check_other_attributes(
    handler: &Ident,
    attribute: &OnEventAttribute,
    selection: &EventSelection,
    attributes: &[Attribute],
    mistakes: &mut Mistakes,
) {
    let ours = attributes
        .iter()
        .filter(|attribute| attribute.path().segments.last().is_some_and(|last| last.ident == "on_event"));
    for written in ours {
        let Ok(list) = written.meta.require_list() else { continue };
        // The expansion of that attribute reports its mistakes.
        let unreported = &mut Mistakes::default();
        let other = OnEventAttribute::parse_attribute(handler, list.tokens.clone(), unreported);
        let both_wait = !attribute.transitions.is_empty() && !other.transitions.is_empty();
        let named_apart =
            attribute.name.as_ref().map(LitStr::value) != other.name.as_ref().map(LitStr::value);
        if type_text(&other.endpoint) != type_text(&attribute.endpoint) || (both_wait && named_apart) {
            continue;
        }
        let taken = |name| selection.events.iter().any(|event| event.row.name == name);
        let of_other = select_events(handler, &other.selectors, unreported).events;
        if let Some(twice) = of_other.iter().find(|event| taken(event.row.name)) {
            let what = format_args!(
                "`{handler}` gets `{}` twice: another `#[on_event]` above names it too",
                twice.row.name
            );
            let help = match both_wait {
                true => "give each of them another `name = \"…\"`, which tells the two handlers apart",
                false => "name each event once; the attributes of one function add up",
            };
            mistakes.add_mistake(&twice.literal, what, help);
        }
    }
}

fn type_text(endpoint: &Option<Type>) -> String {
    endpoint.to_token_stream().to_string()
}

fn check_qualifiers(signature: &Signature, mistakes: &mut Mistakes) {
    let name = &signature.ident;
    let mut refuse = |at: &dyn ToTokens, what: &str, help: &str| {
        mistakes.add_mistake(at.to_token_stream(), format_args!("`{name}` {what}"), help);
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

fn check_arguments(
    signature: &Signature,
    selection: &EventSelection,
    mistakes: &mut Mistakes,
) -> Vec<HandlerArgument> {
    let name = &signature.ident;
    let mut arguments: Vec<HandlerArgument> = Vec::new();
    let types: Vec<&Type> = signature.inputs.iter().filter_map(argument_type).collect();
    for input in &signature.inputs {
        match input {
            FnArg::Receiver(receiver) => {
                let help = "move it out of the `impl` block, and take what it needs as `State<T>`";
                mistakes.add_mistake(
                    receiver,
                    format_args!("`{name}` is a method, and a handler is a free function"),
                    help,
                );
            }
            FnArg::Typed(typed) => arguments.extend(check_argument(name, typed, &types, selection, mistakes)),
        }
    }
    if let Some(ty) = arguments.iter().filter_map(HandlerArgument::borrowed_type).nth(1) {
        let what = format_args!("`{name}` borrows two arguments, and its outcome can settle only one");
        mistakes.add_mistake(ty, what, "keep one `&mut` argument, and take the others by value");
    }
    arguments
}

fn argument_type(input: &FnArg) -> Option<&Type> {
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
    selection: &EventSelection,
    mistakes: &mut Mistakes,
) -> Option<HandlerArgument> {
    let PatType { attrs, ty, .. } = typed;
    if let Some(attribute) = attrs.first() {
        let what =
            format_args!("`{name}` has an attribute on an argument, which its registration cannot follow");
        mistakes.add_mistake(attribute, what, "put the attribute on the function, or write two functions");
    } else if let Some(word) = find_word(ty, "impl") {
        let what = format_args!("`{name}` takes an `impl Trait`, and an event cannot choose its type");
        mistakes.add_mistake(word, what, "write the type that it shall have");
    } else if let Some(word) = find_word(ty, "Self") {
        let help = "move it out of the `impl` block";
        mistakes.add_mistake(
            word,
            format_args!("`{name}` is an associated function, and a handler is a free function"),
            help,
        );
    } else if let Some(part) = find_unsized_part(ty) {
        let what =
            format_args!("`{name}` takes a value of type `{}`, which has no known size", type_source(part));
        let is_state = Known::from_type(ty) == Some(Known::State);
        let help = match (is_state, find_word(part, "dyn"), find_word(part, "Send")) {
            (false, ..) => "take a type of known size, such as `Event<Raw>`".to_owned(),
            (true, Some(_), None) => {
                format!("write `State<std::sync::Arc<{} + Send + Sync>>`", type_source(part))
            }
            (true, ..) => format!("write `State<std::sync::Arc<{}>>`", type_source(part)),
        };
        mistakes.add_mistake(part, what, help);
    } else {
        return match &**ty {
            Type::Reference(reference) => check_reference(name, reference, mistakes),
            ty => Some(HandlerArgument::Owned {
                ty: ty.clone(),
                message: describe_mismatch(name, selection, types, ty),
            }),
        };
    }
    None
}

fn check_reference(
    name: &Ident,
    reference: &TypeReference,
    mistakes: &mut Mistakes,
) -> Option<HandlerArgument> {
    let ty = &*reference.elem;
    if reference.mutability.is_some() {
        return Some(HandlerArgument::Borrowed { ty: ty.clone() });
    }
    let help = match ty {
        Type::Path(path) if path.path.is_ident("str") => "take an owned type, such as `EventId`".to_owned(),
        _ => format!("take `{}` by value: the handler owns its arguments", type_source(ty)),
    };
    mistakes.add_mistake(
        reference,
        format_args!("`{name}` takes a reference, and nobody would own what it refers to"),
        help,
    );
    None
}

fn check_return_type(signature: &Signature, mistakes: &mut Mistakes) -> TokenStream {
    let name = &signature.ident;
    let ReturnType::Type(_, output) = &signature.output else {
        return quote_spanned! { name.span()=> () };
    };
    if let Some(word) = find_word(output, "impl") {
        let help = match signature.asyncness {
            Some(_) => "write the type: `()`, `Result<(), E>`, `Outcome` or `Reply<T>`",
            None => "write an `async fn` that returns `()`, `Result<(), E>`, `Outcome` or `Reply<T>`",
        };
        mistakes.add_mistake(
            word,
            format_args!("`{name}` returns an `impl Trait`, which says nothing to Stripe"),
            help,
        );
    } else if let Type::Never(never) = &**output {
        mistakes.add_mistake(
            never,
            format_args!("`{name}` never returns, and Stripe waits for an answer"),
            "return `()`",
        );
    } else if is_unreturnable(output) {
        let what = format_args!("`{name}` returns a `{}`, which says nothing to Stripe", type_source(output));
        mistakes.add_mistake(output, what, "return `()`, `Result<(), E>`, `Outcome` or `Reply<T>`");
    }
    output.to_token_stream()
}

/// Returns `true` if the compiler would report several errors for the function. The macro then
/// leaves the function out, because its own message is enough.
pub(crate) fn causes_several_errors(signature: &Signature) -> bool {
    signature.variadic.is_some()
        || signature.inputs.iter().filter_map(argument_type).any(|ty| find_unsized_part(ty).is_some())
        || matches!(&signature.output, ReturnType::Type(_, output) if is_unreturnable(output))
}

/// Returns `true` for a type that no function can return: it has no size, or it is a reference
/// without a lifetime.
fn is_unreturnable(output: &Type) -> bool {
    matches!(output, Type::Reference(TypeReference { lifetime: None, .. }))
        || find_unsized_part(output).is_some()
}

/// The name of a function as in its path, without `r#`.
pub(crate) fn name_without_raw_prefix(handler: &Ident) -> String {
    handler.unraw().to_string()
}
