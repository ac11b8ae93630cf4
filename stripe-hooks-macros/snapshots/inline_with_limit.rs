// #[on_event("issuing_authorization.request", inline = "1500ms")]
// async fn decide() -> Reply<Decision> {}

async fn decide() -> Reply<Decision> {}
const _: () = {
    use ::stripe_hooks::__private as __hooks;
    fn __run(__call: __hooks::Call<'_>) -> __hooks::StartResult<'_> {
        let __conversion = <__hooks::SameType<_> as __hooks::IntoOutcome>::CONVERSION;
        __call.event(&[], __conversion.replies)?;
        __hooks::start_async(__hooks::Box::new(decide()), __conversion)
    }
    __hooks::inventory::submit!(__hooks::Registration {
        policy: __hooks::Policy {
            inline: ::core::option::Option::Some(
                ::core::time::Duration::from_millis(1500u64),
            ),
            ..__hooks::Policy::DEFAULT
        },
        ..__hooks::Registration::new(
            ::core::concat!(::core::module_path!(), "::decide"),
            &[
                <__hooks::events::IssuingAuthorizationRequest as __hooks::EventType>::INFO,
            ],
            __run,
        )
    });
};
