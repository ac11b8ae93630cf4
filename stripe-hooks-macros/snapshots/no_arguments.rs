// #[on_event("payment_intent.succeeded")]
// async fn fulfil() {}

async fn fulfil() {}
const _: () = {
    use ::stripe_hooks::__private as __hooks;
    fn __run(call: __hooks::Call<'_>) -> __hooks::Started<'_> {
        let settle = <() as __hooks::IntoOutcome>::SETTLE;
        call.event(&[], settle.replies)?;
        __hooks::start(__hooks::Box::new(fulfil()), settle)
    }
    __hooks::inventory::submit!(
        __hooks::Registration::new(
            ::core::concat!(::core::module_path!(), "::fulfil"),
            &[<__hooks::events::PaymentIntentSucceeded as __hooks::EventType>::INFO],
            __run,
        ),
    );
};
