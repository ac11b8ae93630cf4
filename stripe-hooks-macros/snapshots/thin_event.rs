// #[on_event("v2.core.account[configuration.customer].updated")]
// async fn sync(event: ThinEvent) {}

async fn sync(event: ThinEvent) {}
const _: () = {
    use ::stripe_hooks::__private::{self as __hooks, Ways as _};
    #[diagnostic::on_unimplemented(
        message = "`sync` cannot take `{Self}`: it handles `v2.core.account[configuration.customer].updated`",
        label = "`v2.core.account[configuration.customer].updated` is a thin event: it names its object and carries none",
        note = "help: take `ThinEvent`, `State<T>` of a `T: Clone`, `EventId`, or another type that implements `FromEvent`"
    )]
    trait HandlerArgument<'cx>: Sized + 'cx {
        const FROM: &'cx [__hooks::Extraction<'cx, Self>];
    }
    #[diagnostic::do_not_recommend]
    impl<'cx, T: 'cx> HandlerArgument<'cx> for T
    where
        T: __hooks::FromEvent<
            'cx,
            __hooks::events::V2CoreAccountConfigurationCustomerUpdated,
        >,
    {
        const FROM: &'cx [__hooks::Extraction<'cx, Self>] = &[
            __hooks::Extraction::of::<
                __hooks::events::V2CoreAccountConfigurationCustomerUpdated,
            >(),
        ];
    }
    fn __needs(needs: &mut __hooks::Needs) -> bool {
        <ThinEvent as HandlerArgument<'_>>::FROM.needs(needs);
        <() as __hooks::IntoOutcome>::REPLIES
    }
    fn __run(event: __hooks::Incoming<'_>) -> __hooks::Started<'_> {
        let a0 = <ThinEvent as HandlerArgument<'_>>::FROM.extract(event)?;
        let settle = <() as __hooks::IntoOutcome>::into_outcome;
        __hooks::start(sync(a0), settle)
    }
    __hooks::inventory::submit!(__hooks::Registration {
        events: &[
            <__hooks::events::V2CoreAccountConfigurationCustomerUpdated as __hooks::EventType>::INFO,
        ],
        needs: __needs,
        run: __run,
        ..__hooks::Registration::new(::core::concat!(::core::module_path!(), "::sync"))
    });
};
