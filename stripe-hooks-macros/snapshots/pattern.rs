// #[on_event("customer.subscription.*", except("customer.subscription.trial_will_end"))]
// async fn sync(subscription: Subscription) {}

async fn sync(subscription: Subscription) {}
const _: () = {
    use ::stripe_hooks::__private as __hooks;
    #[diagnostic::on_unimplemented(
        message = "`sync` cannot take `{Self}`: it handles `customer.subscription.*`",
        label = "these events carry a `Subscription` each; its fields need the cargo feature `billing`",
        note = "help: take `Subscription` or `Event<Subscription>` with the feature `billing`, a lens of `\"subscription\"` or `Event<Raw>` without it, `State<T>` of a `T: Clone`, `EventId`, or another type that implements `FromEvent` for each of them"
    )]
    trait HandlerArgument<'cx>: Sized + 'cx {
        const FROM: __hooks::Ways<'cx, Self>;
    }
    #[diagnostic::do_not_recommend]
    impl<'cx, T: 'cx> HandlerArgument<'cx> for T
    where
        T: __hooks::FromEvent<'cx, __hooks::events::CustomerSubscriptionCreated>,
        T: __hooks::FromEvent<'cx, __hooks::events::CustomerSubscriptionDeleted>,
        T: __hooks::FromEvent<'cx, __hooks::events::CustomerSubscriptionPaused>,
        T: __hooks::FromEvent<
            'cx,
            __hooks::events::CustomerSubscriptionPendingUpdateApplied,
        >,
        T: __hooks::FromEvent<
            'cx,
            __hooks::events::CustomerSubscriptionPendingUpdateExpired,
        >,
        T: __hooks::FromEvent<'cx, __hooks::events::CustomerSubscriptionResumed>,
        T: __hooks::FromEvent<'cx, __hooks::events::CustomerSubscriptionUpdated>,
    {
        const FROM: __hooks::Ways<'cx, Self> = __hooks::Ways(
            &[
                __hooks::Extraction::of::<
                    __hooks::events::CustomerSubscriptionCreated,
                >(),
                __hooks::Extraction::of::<
                    __hooks::events::CustomerSubscriptionDeleted,
                >(),
                __hooks::Extraction::of::<__hooks::events::CustomerSubscriptionPaused>(),
                __hooks::Extraction::of::<
                    __hooks::events::CustomerSubscriptionPendingUpdateApplied,
                >(),
                __hooks::Extraction::of::<
                    __hooks::events::CustomerSubscriptionPendingUpdateExpired,
                >(),
                __hooks::Extraction::of::<
                    __hooks::events::CustomerSubscriptionResumed,
                >(),
                __hooks::Extraction::of::<__hooks::events::CustomerSubscriptionUpdated>(),
            ],
        );
    }
    fn __run(call: __hooks::Call<'_>) -> __hooks::Started<'_> {
        let a0 = <Subscription as HandlerArgument<'_>>::FROM;
        let settle = <() as __hooks::IntoOutcome>::SETTLE;
        let event = call.event(&[&a0], settle.replies)?;
        let a0 = a0.extract(event)?;
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
