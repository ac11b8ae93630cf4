// #[on_event("customer.subscription.*", except("customer.subscription.trial_will_end"))]
// async fn sync(subscription: Subscription) {}

async fn sync(subscription: Subscription) {}
const _: () = {
    use ::stripe_hooks::__private as __hooks;
    __hooks::argument!(
        HandlerArgument,
        "`sync` cannot take `{Self}`: it handles `customer.subscription.*`",
        "these events carry a `Subscription` each; its fields need the cargo feature `billing`",
        "help: take `Subscription` or `Event<Subscription>` with the feature `billing`, a lens of `\"subscription\"` or `Event<Raw>` without it, `State<T>` of a `T: Clone`, `EventId`, or another type that implements `FromEvent` for each of them",
        __hooks::events::CustomerSubscriptionCreated,
        __hooks::events::CustomerSubscriptionDeleted,
        __hooks::events::CustomerSubscriptionPaused,
        __hooks::events::CustomerSubscriptionPendingUpdateApplied,
        __hooks::events::CustomerSubscriptionPendingUpdateExpired,
        __hooks::events::CustomerSubscriptionResumed,
        __hooks::events::CustomerSubscriptionUpdated
    );
    fn __run(call: __hooks::Call<'_>) -> __hooks::Started<'_> {
        let a0 = <Subscription as HandlerArgument<'_>>::FROM;
        let settle = <() as __hooks::IntoOutcome>::SETTLE;
        let event = call
            .event(
                &[
                    a0[0usize].needs,
                    a0[1usize].needs,
                    a0[2usize].needs,
                    a0[3usize].needs,
                    a0[4usize].needs,
                    a0[5usize].needs,
                    a0[6usize].needs,
                ],
                settle.replies,
            )?;
        let way = __hooks::way(
            &[
                <__hooks::events::CustomerSubscriptionCreated as __hooks::EventType>::INFO,
                <__hooks::events::CustomerSubscriptionDeleted as __hooks::EventType>::INFO,
                <__hooks::events::CustomerSubscriptionPaused as __hooks::EventType>::INFO,
                <__hooks::events::CustomerSubscriptionPendingUpdateApplied as __hooks::EventType>::INFO,
                <__hooks::events::CustomerSubscriptionPendingUpdateExpired as __hooks::EventType>::INFO,
                <__hooks::events::CustomerSubscriptionResumed as __hooks::EventType>::INFO,
                <__hooks::events::CustomerSubscriptionUpdated as __hooks::EventType>::INFO,
            ],
            event,
        )?;
        let a0 = (a0[way].from)(event)?;
        __hooks::start(__hooks::Box::new(sync(a0)), settle)
    }
    __hooks::inventory::submit!(
        __hooks::Registration::new(
            ::core::concat!(::core::module_path!(), "::sync"),
            &[
                <__hooks::events::CustomerSubscriptionCreated as __hooks::EventType>::INFO,
                <__hooks::events::CustomerSubscriptionDeleted as __hooks::EventType>::INFO,
                <__hooks::events::CustomerSubscriptionPaused as __hooks::EventType>::INFO,
                <__hooks::events::CustomerSubscriptionPendingUpdateApplied as __hooks::EventType>::INFO,
                <__hooks::events::CustomerSubscriptionPendingUpdateExpired as __hooks::EventType>::INFO,
                <__hooks::events::CustomerSubscriptionResumed as __hooks::EventType>::INFO,
                <__hooks::events::CustomerSubscriptionUpdated as __hooks::EventType>::INFO,
            ],
            __run,
        ),
    );
};
