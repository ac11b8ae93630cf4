// #[on_event("v2.core.account[configuration.customer].updated")]
// async fn sync(event: ThinEvent) {}

async fn sync(event: ThinEvent) {}
const _: () = {
    use ::stripe_hooks::__private as __hooks;
    #[diagnostic::on_unimplemented(
        message = "`sync` cannot take `{Self}`: it handles `v2.core.account[configuration.customer].updated`",
        label = "`v2.core.account[configuration.customer].updated` is a thin event: it names its object and carries none",
        note = "help: take `ThinEvent`, `State<T>` of a `T: Clone`, `EventId`, or another type that implements `FromEvent`"
    )]
    trait HandlerArgument<'cx>: Sized + 'cx {
        const FROM: __hooks::Ways<'cx, Self>;
    }
    #[diagnostic::do_not_recommend]
    impl<'cx, T: 'cx> HandlerArgument<'cx> for T
    where
        T: __hooks::FromEvent<
            'cx,
            __hooks::events::V2CoreAccountConfigurationCustomerUpdated,
        >,
    {
        const FROM: __hooks::Ways<'cx, Self> = __hooks::Ways(
            &[
                __hooks::Extraction::of::<
                    __hooks::events::V2CoreAccountConfigurationCustomerUpdated,
                >(),
            ],
        );
    }
    fn __run(call: __hooks::Call<'_>) -> __hooks::Started<'_> {
        let a0 = <ThinEvent as HandlerArgument<'_>>::FROM;
        let settle = <() as __hooks::IntoOutcome>::SETTLE;
        let event = call.event(&[&a0], settle.replies)?;
        let a0 = a0.extract(event)?;
        __hooks::start(__hooks::Box::new(sync(a0)), settle)
    }
    __hooks::inventory::submit!(
        __hooks::Registration::new(
            ::core::concat!(::core::module_path!(), "::sync"),
            &[
                <__hooks::events::V2CoreAccountConfigurationCustomerUpdated as __hooks::EventType>::INFO,
            ],
            __run,
        ),
    );
};
