// #[on_event("v2.core.account[configuration.customer].updated")]
// async fn sync(event: ThinEvent) {}

async fn sync(event: ThinEvent) {}
const _: () = {
    use ::stripe_hooks::__private as __hooks;
    __hooks::argument!(
        HandlerArgument,
        "`sync` cannot take `{Self}`: it handles `v2.core.account[configuration.customer].updated`",
        "`v2.core.account[configuration.customer].updated` is a thin event: it names its object and carries none",
        "help: take `ThinEvent`, `State<T>` of a `T: Clone`, `EventId`, or another type that implements `FromEvent`",
        __hooks::events::V2CoreAccountConfigurationCustomerUpdated
    );
    fn __run(call: __hooks::Call<'_>) -> __hooks::Started<'_> {
        let a0 = <ThinEvent as HandlerArgument<'_>>::FROM;
        let settle = <() as __hooks::IntoOutcome>::SETTLE;
        let event = call.event(&[a0[0usize].needs], settle.replies)?;
        let way = 0;
        let a0 = (a0[way].from)(event)?;
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
