// #[on_event("payment_intent.succeeded")]
// async fn fulfil() {}

async fn fulfil() {}
const _: () = {
    use ::stripe_hooks::__private as __hooks;
    const HANDLER: __hooks::Registration = __hooks::Registration {
        events: &[<__hooks::events::PaymentIntentSucceeded as __hooks::EventType>::INFO],
        needs: |_| {},
        replies: <() as __hooks::IntoOutcome>::REPLIES,
        run: |event| {
            __hooks::run_async(fulfil(), <() as __hooks::IntoOutcome>::into_outcome)
        },
        ..__hooks::Registration::new(::core::concat!(::core::module_path!(), "::fulfil"))
    };
    __hooks::inventory::submit!(HANDLER);
};
