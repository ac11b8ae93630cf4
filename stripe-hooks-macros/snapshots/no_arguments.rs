// #[on_event("payment_intent.succeeded")]
// async fn fulfil() {}

async fn fulfil() {}
const _: () = {
    use ::stripe_hooks::__private as __hooks;
    fn __needs(_: &mut __hooks::Needs) -> bool {
        <() as __hooks::IntoOutcome>::REPLIES
    }
    fn __run(_: __hooks::Incoming<'_>) -> __hooks::Started<'_> {
        let settle = <() as __hooks::IntoOutcome>::into_outcome;
        __hooks::start(fulfil(), settle)
    }
    __hooks::inventory::submit!(__hooks::Registration {
        events: &[<__hooks::events::PaymentIntentSucceeded as __hooks::EventType>::INFO],
        needs: __needs,
        run: __run,
        ..__hooks::Registration::new(::core::concat!(::core::module_path!(), "::fulfil"))
    });
};
