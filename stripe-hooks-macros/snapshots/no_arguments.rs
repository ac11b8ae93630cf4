// #[on_event("payment_intent.succeeded")]
// async fn fulfil() {}

async fn fulfil() {}
const _: () = {
    use ::stripe_hooks::__private as __hooks;
    fn __run(__call: __hooks::Call<'_>) -> __hooks::StartResult<'_> {
        let __conversion = <_ as __hooks::IntoOutcome>::CONVERSION;
        __call.event(&[], __conversion.replies)?;
        __hooks::start_async(__hooks::Box::new(fulfil()), __conversion)
    }
    __hooks::inventory::submit!(
        __hooks::Registration::new(
            ::core::concat!(::core::module_path!(), "::fulfil"),
            &[<__hooks::events::PaymentIntentSucceeded as __hooks::EventType>::INFO],
            __run,
        ),
    );
};
