// #[on_event("invoice.reconsidered", "v2.core.invoice.reconsidered", unlisted)]
// async fn book(id: EventId) {}

async fn book(id: EventId) {}
const _: () = {
    use ::stripe_hooks::__private as __hooks;
    __hooks::argument!(
        ArgumentOfBookOnInvoiceReconsidered,
        "`book` cannot take `{Self}`: it handles `invoice.reconsidered` and `v2.core.invoice.reconsidered`",
        "the object of `invoice.reconsidered` has no type, `v2.core.invoice.reconsidered` is a thin event and carries none",
        "help: take `State<T>` of a `T: Clone`, `EventId`, or another type that implements `FromEvent` for each of them; or write one handler for thin events and one for snapshot events",
        __hooks::AnySnapshot, __hooks::AnyThin
    );
    fn __run(__call: __hooks::Call<'_>) -> __hooks::StartResult<'_> {
        let __a0 = <_ as ArgumentOfBookOnInvoiceReconsidered<'_>>::FROM;
        let __conversion = <_ as __hooks::IntoOutcome>::CONVERSION;
        let __event = __call.event(&[__a0.needs], __conversion.replies)?;
        let __index = __hooks::extractor_index(
            &[
                <__hooks::AnySnapshot as __hooks::EventType>::INFO,
                <__hooks::AnyThin as __hooks::EventType>::INFO,
            ],
            __event,
        )?;
        let __a0 = (__a0.extract[__index])(__event)?;
        __hooks::start_async(__hooks::Box::new(book(__a0)), __conversion)
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
