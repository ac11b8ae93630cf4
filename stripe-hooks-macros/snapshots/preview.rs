// #[on_event("customer.subscription.collection_paused")]
// async fn pause(event: Event<Raw>) {}

async fn pause(event: Event<Raw>) {}
const _: () = {
    use ::stripe_hooks::__private as __hooks;
    __hooks::argument!(
        HandlerArgument,
        "`pause` cannot take `{Self}`: it handles `customer.subscription.collection_paused`",
        "`customer.subscription.collection_paused` is a preview: its object has no type yet",
        "help: take `Event<Raw>`, `State<T>` of a `T: Clone`, `EventId`, or another type that implements `FromEvent`",
        __hooks::events::CustomerSubscriptionCollectionPaused
    );
    fn __run(call: __hooks::Call<'_>) -> __hooks::Started<'_> {
        let a0 = <Event<Raw> as HandlerArgument<'_>>::FROM;
        let settle = <() as __hooks::IntoOutcome>::SETTLE;
        let event = call.event(&[a0[0usize].needs], settle.replies)?;
        let way = 0;
        let a0 = (a0[way].from)(event)?;
        __hooks::start(__hooks::Box::new(pause(a0)), settle)
    }
    __hooks::inventory::submit!(
        __hooks::Registration::new(
            ::core::concat!(::core::module_path!(), "::pause"),
            &[
                <__hooks::events::CustomerSubscriptionCollectionPaused as __hooks::EventType>::INFO,
            ],
            __run,
        ),
    );
};
