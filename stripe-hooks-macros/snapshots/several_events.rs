// #[on_event("invoice.paid", "invoice.payment_failed")]
// async fn book(invoice: Invoice, id: EventId) {}

async fn book(invoice: Invoice, id: EventId) {}
const _: () = {
    use ::stripe_hooks::__private as __hooks;
    #[diagnostic::on_unimplemented(
        message = "`book` cannot take `{Self}`: it handles `invoice.paid` and `invoice.payment_failed`",
        label = "these events carry an `Invoice` each; its fields need the cargo feature `billing`",
        note = "help: take `Invoice` or `Event<Invoice>` with the feature `billing`, a lens of `\"invoice\"` or `Event<Raw>` without it, `State<T>` of a `T: Clone`, `EventId`, or another type that implements `FromEvent` for each of them"
    )]
    trait HandlerArgument<'cx>: Sized + 'cx {
        const FROM: __hooks::Ways<'cx, Self>;
    }
    #[diagnostic::do_not_recommend]
    impl<'cx, T: 'cx> HandlerArgument<'cx> for T
    where
        T: __hooks::FromEvent<'cx, __hooks::events::InvoicePaid>,
        T: __hooks::FromEvent<'cx, __hooks::events::InvoicePaymentFailed>,
    {
        const FROM: __hooks::Ways<'cx, Self> = __hooks::Ways(
            &[
                __hooks::Extraction::of::<__hooks::events::InvoicePaid>(),
                __hooks::Extraction::of::<__hooks::events::InvoicePaymentFailed>(),
            ],
        );
    }
    fn __run(call: __hooks::Call<'_>) -> __hooks::Started<'_> {
        let a0 = <Invoice as HandlerArgument<'_>>::FROM;
        let a1 = <EventId as HandlerArgument<'_>>::FROM;
        let settle = <() as __hooks::IntoOutcome>::SETTLE;
        let event = call.event(&[&a0, &a1], settle.replies)?;
        let a0 = a0.extract(event)?;
        let a1 = a1.extract(event)?;
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
