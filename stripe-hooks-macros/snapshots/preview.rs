// #[on_event("customer.subscription.collection_paused")]
// async fn pause(event: Event<Raw>) {}

async fn pause(event: Event<Raw>) {}
const _: () = {
    use ::stripe_hooks::__private::{self as __hooks, Ways as _};
    #[diagnostic::on_unimplemented(
        message = "`pause` cannot take `{Self}`: it handles `customer.subscription.collection_paused`",
        label = "`customer.subscription.collection_paused` is a preview: its object has no type yet",
        note = "help: take `Event<Raw>`, `State<T>` of a `T: Clone`, `EventId`, or another type that implements `FromEvent`"
    )]
    trait HandlerArgument<'cx>: Sized + 'cx {
        const FROM: &'cx [__hooks::Extraction<'cx, Self>];
    }
    #[diagnostic::do_not_recommend]
    impl<'cx, T: 'cx> HandlerArgument<'cx> for T
    where
        T: __hooks::FromEvent<
            'cx,
            __hooks::events::CustomerSubscriptionCollectionPaused,
        >,
    {
        const FROM: &'cx [__hooks::Extraction<'cx, Self>] = &[
            __hooks::Extraction::of::<
                __hooks::events::CustomerSubscriptionCollectionPaused,
            >(),
        ];
    }
    fn __needs(needs: &mut __hooks::Needs) -> bool {
        <Event<Raw> as HandlerArgument<'_>>::FROM.needs(needs);
        <() as __hooks::IntoOutcome>::REPLIES
    }
    fn __run(event: __hooks::Incoming<'_>) -> __hooks::Started<'_> {
        let a0 = <Event<Raw> as HandlerArgument<'_>>::FROM.extract(event)?;
        let settle = <() as __hooks::IntoOutcome>::into_outcome;
        __hooks::start(pause(a0), settle)
    }
    __hooks::inventory::submit!(__hooks::Registration {
        events: &[
            <__hooks::events::CustomerSubscriptionCollectionPaused as __hooks::EventType>::INFO,
        ],
        needs: __needs,
        run: __run,
        ..__hooks::Registration::new(::core::concat!(::core::module_path!(), "::pause"))
    });
};
