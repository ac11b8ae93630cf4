// #[on_event("invoice.reconsidered", "v2.core.invoice.reconsidered", unlisted)]
// async fn book(id: EventId) {}

async fn book(id: EventId) {}
const _: () = {
    use ::stripe_hooks::__private as __hooks;
    __hooks::argument!(
        HandlerArgument,
        "`book` cannot take `{Self}`: it handles `invoice.reconsidered` and `v2.core.invoice.reconsidered`",
        "the object of `invoice.reconsidered` has no type, `v2.core.invoice.reconsidered` is a thin event and carries none",
        "help: take `State<T>` of a `T: Clone`, `EventId`, or another type that implements `FromEvent` for each of them; or write one handler for thin events and one for snapshot events",
        __hooks::AnySnapshot, __hooks::AnyThin
    );
    fn __run(call: __hooks::Call<'_>) -> __hooks::Started<'_> {
        let a0 = <EventId as HandlerArgument<'_>>::FROM;
        let settle = <() as __hooks::IntoOutcome>::SETTLE;
        let event = call.event(&[a0[0usize].needs, a0[1usize].needs], settle.replies)?;
        let way = __hooks::way(
            &[
                <__hooks::AnySnapshot as __hooks::EventType>::INFO,
                <__hooks::AnyThin as __hooks::EventType>::INFO,
            ],
            event,
        )?;
        let a0 = (a0[way].from)(event)?;
        __hooks::start(__hooks::Box::new(book(a0)), settle)
    }
    __hooks::inventory::submit!(
        __hooks::Registration::new(
            ::core::concat!(::core::module_path!(), "::book"),
            &[
                &__hooks::unlisted("invoice.reconsidered", __hooks::EventForm::Snapshot),
                &__hooks::unlisted(
                    "v2.core.invoice.reconsidered",
                    __hooks::EventForm::Thin,
                ),
            ],
            __run,
        ),
    );
};
