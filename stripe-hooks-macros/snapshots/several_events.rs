// #[on_event("invoice.paid", "invoice.payment_failed")]
// async fn book(invoice: Invoice, id: EventId) {}

async fn book(invoice: Invoice, id: EventId) {}
const _: () = {
    use ::stripe_hooks::__private as __hooks;
    __hooks::argument!(
        HandlerArgument,
        "`book` cannot take `{Self}`: it handles `invoice.paid` and `invoice.payment_failed`",
        "these events carry an `Invoice` each; its fields need the cargo feature `billing`",
        "help: take `Invoice` or `Event<Invoice>` with the feature `billing`, a lens of `\"invoice\"` or `Event<Raw>` without it, `State<T>` of a `T: Clone`, `EventId`, or another type that implements `FromEvent` for each of them",
        __hooks::events::InvoicePaid, __hooks::events::InvoicePaymentFailed
    );
    fn __run(call: __hooks::Call<'_>) -> __hooks::Started<'_> {
        let a0 = <Invoice as HandlerArgument<'_>>::FROM;
        let a1 = <EventId as HandlerArgument<'_>>::FROM;
        let settle = <() as __hooks::IntoOutcome>::SETTLE;
        let event = call
            .event(
                &[
                    a0[0usize].needs,
                    a0[1usize].needs,
                    a1[0usize].needs,
                    a1[1usize].needs,
                ],
                settle.replies,
            )?;
        let way = __hooks::way(
            &[
                <__hooks::events::InvoicePaid as __hooks::EventType>::INFO,
                <__hooks::events::InvoicePaymentFailed as __hooks::EventType>::INFO,
            ],
            event,
        )?;
        let a0 = (a0[way].from)(event)?;
        let a1 = (a1[way].from)(event)?;
        __hooks::start(__hooks::Box::new(book(a0, a1)), settle)
    }
    __hooks::inventory::submit!(
        __hooks::Registration::new(
            ::core::concat!(::core::module_path!(), "::book"),
            &[
                <__hooks::events::InvoicePaid as __hooks::EventType>::INFO,
                <__hooks::events::InvoicePaymentFailed as __hooks::EventType>::INFO,
            ],
            __run,
        ),
    );
};
