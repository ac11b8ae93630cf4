//! Writes the expansion: the user's function, unchanged and first, then one block that registers
//! it.
//!
//! The block holds a local trait, which gives type errors our words (see
//! [`diagnostics`](crate::diagnostics)), and the wrapper. One mistake is one error, because:
//! - Each requirement on an argument goes through the local trait. Its only implementation is
//!   hidden from the compiler's explanations, so ten events that do not fit are one error and not
//!   ten.
//! - The wrapper leaves the types of the arguments and of the result to the compiler, which infers
//!   them from the call of the user's function. A mistake in a type is an error of that function
//!   alone.
//! - `Send` is required in one place, at the call of the user's function.

use std::{cell::RefCell, collections::HashMap};

use proc_macro2::{Delimiter, Group, Ident, Span, TokenStream};
use quote::{ToTokens, format_ident, quote, quote_spanned};
use syn::Type;

use crate::{
    attribute::{HandlerFunction, OnEventAttribute},
    check::{HandlerArgument, HandlerPlan, causes_several_errors, check_handler, name_without_raw_prefix},
    diagnostics::UnimplementedMessage,
    event_selection::{EventSelection, SelectedEvent, is_thin_event_name},
    hygiene::{import_runtime, inferred_type, local_variable},
    mistakes::Mistakes,
    policy, transition,
};

/// Expands the attribute.
pub(crate) fn expand_on_event(attribute: TokenStream, item: TokenStream) -> TokenStream {
    let mut mistakes = Mistakes::default();
    let mut item_is_refused = false;
    let registration = match HandlerFunction::parse_item(item.clone()) {
        Ok(Some(handler)) => {
            item_is_refused = causes_several_errors(&handler.signature);
            let attribute =
                OnEventAttribute::parse_attribute(&handler.signature.ident, attribute, &mut mistakes);
            check_handler(attribute, handler, &mut mistakes)
        }
        Ok(None) => None,
        Err(error) => {
            mistakes.add_error(error);
            None
        }
    };
    let addition = mistakes
        .into_tokens()
        .or_else(|| registration.map(|plan| HandlerExpansion::new(&plan).const_block()));
    let item = (!item_is_refused).then_some(item);
    quote! { #item #addition }
}

struct HandlerExpansion<'a> {
    plan: &'a HandlerPlan,
    /// The local traits: one for each wording, nearly always one.
    traits: Vec<ArgumentTrait<'a>>,
}

/// A local trait, which the type of an argument must implement.
struct ArgumentTrait<'a> {
    name: Ident,
    /// The error message for a type that does not implement the trait.
    message: &'a UnimplementedMessage,
}

impl<'a> HandlerExpansion<'a> {
    fn new(plan: &'a HandlerPlan) -> Self {
        let mut traits: Vec<ArgumentTrait<'_>> = Vec::new();
        for argument in &plan.arguments {
            if let HandlerArgument::Owned { message, .. } = argument
                && !traits.iter().any(|other| other.message == message)
            {
                traits.push(ArgumentTrait { name: new_trait_name(plan), message });
            }
        }
        Self { plan, traits }
    }

    fn const_block(&self) -> TokenStream {
        let conditions = &self.plan.cfg_attributes;
        let import = import_runtime(self.plan.attribute.runtime.as_ref());
        let warning = self.unlisted_warning();
        let questions = self.compile_time_checks();
        let traits = self.traits.iter().map(|argument| self.argument_trait(argument));
        let run = self.wrapper_function();
        let registration = self.registration();
        quote! {
            #(#conditions)*
            const _: () = {
                #import
                #warning
                #questions
                #(#traits)*
                #run
                __hooks::inventory::submit!(#registration);
            };
        }
    }

    /// Defines a local trait.
    fn argument_trait(&self, argument: &ArgumentTrait<'_>) -> TokenStream {
        let ArgumentTrait { name, message: UnimplementedMessage { message, label, help } } = argument;
        let markers = self.marker_types();
        quote! { __hooks::argument!(#name, #message, #label, #help, #(#markers),*); }
    }

    fn registration(&self) -> TokenStream {
        let plan = self.plan;
        let path = format!("::{}", name_without_raw_prefix(&plan.handler));
        let events = self.event_infos();
        let given = self.key_fields();
        let new = quote! {
            __hooks::Registration::new(::core::concat!(::core::module_path!(), #path), &[#(#events),*], __run)
        };
        match given.is_empty() {
            true => new,
            false => quote! { __hooks::Registration { #(#given,)* ..#new } },
        }
    }

    /// The fields of the registration that the keys of the attribute set.
    fn key_fields(&self) -> Vec<TokenStream> {
        let HandlerPlan { attribute, selection, .. } = self.plan;
        let mut fields = Vec::new();
        if let Some(name) = &attribute.name {
            fields.push(quote! { id: #name });
        }
        if let Some(endpoint) = &attribute.endpoint {
            fields.push(quote! { endpoint: <#endpoint as __hooks::EndpointName>::INFO });
        }
        if !attribute.transitions.is_empty() {
            fields.push(transition::conditions_field(&attribute.transitions));
        }
        fields.extend(policy::policy_field(&attribute.policy));
        if let Some(except) = &selection.catch_all {
            fields.push(quote! { catch_all: ::core::option::Option::Some(&[#(#except),*]) });
        }
        fields
    }

    /// The entry of each event in the runtime's catalogue.
    fn event_infos(&self) -> Vec<TokenStream> {
        let EventSelection { events, unlisted, .. } = &self.plan.selection;
        let listed = events.iter().map(|event| {
            let marker = self.marker_type(event);
            quote! { <#marker as __hooks::EventType>::INFO }
        });
        let unlisted = unlisted.iter().map(|name| {
            let form = if is_thin_event_name(&name.value()) { quote!(Thin) } else { quote!(Snapshot) };
            quote! { &__hooks::unlisted(#name, __hooks::EventForm::#form) }
        });
        listed.chain(unlisted).collect()
    }

    /// The types that stand for the events in the checks of arguments. All events that `"*"`
    /// catches share one type, which carries no particular object.
    fn marker_types(&self) -> Vec<TokenStream> {
        let EventSelection { events, unlisted, catch_all, .. } = &self.plan.selection;
        let caught = |event: &&SelectedEvent| catch_all.is_none() || event.row.thin;
        let mut markers: Vec<_> = events.iter().filter(caught).map(|event| self.marker_type(event)).collect();
        if catch_all.is_some() || unlisted.iter().any(|name| !is_thin_event_name(&name.value())) {
            markers.push(quote! { __hooks::AnySnapshot });
        }
        if unlisted.iter().any(|name| is_thin_event_name(&name.value())) {
            markers.push(quote! { __hooks::AnyThin });
        }
        markers
    }

    /// The marker type of an event. If the user wrote the name of the event, the marker has the
    /// span of that name, which leads editors from the name to the documentation of the event.
    fn marker_type(&self, event: &SelectedEvent) -> TokenStream {
        let span = if event.is_from_pattern { Span::mixed_site() } else { event.literal.span() };
        let marker = Ident::new(event.row.marker, span.resolved_at(Span::mixed_site()));
        quote! { __hooks::events::#marker }
    }

    /// Writes the wrapper. It names the extractors of all arguments, which is all for a call that
    /// queries the handler's needs. For a run it also extracts the arguments and starts the user's
    /// function. Each type appears once, because a faulty type is then one error and there is less
    /// to compile.
    fn wrapper_function(&self) -> TokenStream {
        let [call, event, conversion, index] = ["call", "event", "conversion", "index"].map(local_variable);
        let output = inferred_type(self.plan.return_type.clone());
        let (arguments, markers) = (&self.plan.arguments, self.marker_types());
        let (mut extractors, mut needs, mut made) = (Vec::new(), Vec::new(), Vec::new());
        for (at, argument) in arguments.iter().enumerate() {
            let value = argument_variable(at);
            match argument {
                HandlerArgument::Owned { ty, message } => {
                    let from = self.extractors_expression(ty, message);
                    extractors.push(quote! { let #value = #from; });
                    needs.push(quote! { #value.needs });
                    made.push(quote! { let #value = (#value.extract[#index])(#event)?; });
                }
                HandlerArgument::Borrowed { ty } => {
                    let (loan, ty) = (local_variable("loan"), inferred_type(ty.to_token_stream()));
                    extractors.push(quote! { let #loan = <#ty as __hooks::Lend<'_>>::LOAN; });
                    needs.push(quote! { &[#loan.needs] });
                }
            }
        }
        let started = self.start_call(&event);
        let binding = (!arguments.is_empty()).then(|| quote! { let #event = });
        // The endpoint passes only the handler's own events, so a single extractor needs no choice.
        let chosen = (!made.is_empty()).then(|| match markers.as_slice() {
            [_] => quote! { let #index = 0; },
            markers => quote! {
                let #index = __hooks::extractor_index(&[#(<#markers as __hooks::EventType>::INFO),*], #event)?;
            },
        });
        quote! {
            fn __run(#call: __hooks::Call<'_>) -> __hooks::StartResult<'_> {
                #(#extractors)*
                let #conversion = <#output as __hooks::IntoOutcome>::CONVERSION;
                #binding #call.event(&[#(#needs),*], #conversion.replies)?;
                #chosen
                #(#made)*
                #started
            }
        }
    }

    /// Starts the user's function, inside a loan if the function borrows. The whole call has the
    /// span of the function's name, which is where the error about a future without `Send` shows.
    fn start_call(&self, event: &Ident) -> TokenStream {
        let HandlerPlan { handler, arguments, is_async, .. } = self.plan;
        let values =
            arguments.iter().enumerate().map(|(at, argument)| match (argument, argument_variable(at)) {
                (HandlerArgument::Owned { .. }, value) => value.into_token_stream(),
                (HandlerArgument::Borrowed { .. }, value) => {
                    let loan = local_variable("loan");
                    quote! { #loan.borrowed_type(#value) }
                }
            });
        let mut values = Group::new(Delimiter::Parenthesis, quote! { #(#values),* });
        values.set_span(handler.span());
        let conversion = local_variable("conversion");
        let started = match is_async {
            true => {
                let boxed = quote_spanned! { handler.span()=> __hooks::Box::new };
                let mut work = Group::new(Delimiter::Parenthesis, quote! { #handler #values });
                work.set_span(handler.span());
                quote! { __hooks::start_async(#boxed #work, #conversion) }
            }
            false => quote! { __hooks::finish_sync(#handler #values, #conversion) },
        };
        let lent = arguments
            .iter()
            .enumerate()
            .find_map(|(at, argument)| Some((argument_variable(at), argument.borrowed_type()?)));
        match lent {
            Some((value, ty)) => {
                let ty = inferred_type(ty.to_token_stream());
                quote! { <#ty as __hooks::Lend<'_>>::lend_to(#event, move |#value, _| #started) }
            }
            None => started,
        }
    }

    /// The extractors of an argument of this type, one for each event.
    fn extractors_expression(&self, ty: &Type, message: &UnimplementedMessage) -> TokenStream {
        let name = self.traits.iter().find(|other| other.message == message).map(|found| &found.name);
        let ty = inferred_type(ty.to_token_stream());
        quote! { <#ty as #name<'_>>::FROM }
    }

    /// Asks the compiler about the conditions, for each object that the events carry, and about the
    /// order.
    fn compile_time_checks(&self) -> TokenStream {
        let HandlerPlan { handler, attribute, selection, .. } = self.plan;
        let transitions = &attribute.transitions;
        let mut objects: Vec<_> = selection.events.iter().map(|event| event.row.object).collect();
        objects.sort_unstable();
        objects.dedup();
        let handler = name_without_raw_prefix(handler);
        let conditions =
            (!transitions.is_empty()).then(|| transition::transition_checks(&handler, transitions, &objects));
        let order =
            policy::order_checks(&handler, &attribute.policy, selection, |event| self.marker_type(event));
        quote! { #conditions #order }
    }

    /// Warns about a needless `unlisted`. A macro can warn only by using a deprecated item.
    fn unlisted_warning(&self) -> Option<TokenStream> {
        let unlisted = self.plan.selection.needless_unlisted.as_ref()?;
        let note = format!(
            "the catalogue lists every event of `{}` by now\nhelp: remove `unlisted`",
            self.plan.handler
        );
        Some(quote! {
            #[deprecated(note = #note)]
            #[allow(non_upper_case_globals)]
            const unlisted: () = ();
            const _: () = #unlisted;
        })
    }
}

thread_local! {
    /// Number of local traits by name. The compiler expands a crate on one thread.
    static TRAIT_COUNTS: RefCell<HashMap<String, usize>> = RefCell::default();
}

/// Returns the name of a new local trait, as the compiler's notes show it. The name consists of the
/// handler, its first event or pattern, and a number if the name is taken. If two traits had the
/// same name, each would appear in the errors of the other: the compiler names a "similarly named
/// trait".
fn new_trait_name(plan: &HandlerPlan) -> Ident {
    let EventSelection { events, unlisted, .. } = &plan.selection;
    let literal = events.iter().map(|event| &event.literal).chain(unlisted).next();
    let event = literal.map(|literal| literal.value().replace('*', "any")).unwrap_or_default();
    let handler = name_without_raw_prefix(&plan.handler);
    let name = format!("ArgumentOf{}On{}", camel_case(&handler), camel_case(&event));
    let number = TRAIT_COUNTS.with_borrow_mut(|traits| {
        let number = traits.entry(name.clone()).or_default();
        *number += 1;
        *number
    });
    match number {
        1 => format_ident!("{name}"),
        number => format_ident!("{name}{number}"),
    }
}

fn argument_variable(at: usize) -> Ident {
    local_variable(&format!("a{at}"))
}

/// Joins the words of a name as a type is written.
fn camel_case(name: &str) -> String {
    let words = name.split(|c: char| !c.is_alphanumeric());
    let capitalized = words.flat_map(|word| {
        let mut letters = word.chars();
        letters.next().into_iter().flat_map(char::to_uppercase).chain(letters)
    });
    capitalized.collect()
}
