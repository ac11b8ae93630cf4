// #[on_event("invoice.paid", "invoice.payment_failed")]
// async fn book(invoice: Invoice, id: EventId) {}

async fn book(invoice: Invoice, id: EventId) {}
const _: () = {
    use ::stripe_hooks::__private::{self as __hooks, Ways as _};
    #[diagnostic::on_unimplemented(
        message = "`book` cannot take `{Self}`: it handles `invoice.paid` and `invoice.payment_failed`",
        label = "these events carry an `Invoice` each; its fields need the cargo feature `billing`",
        note = "help: take `Invoice` or `Event<Invoice>` with the feature `billing`, a lens of `\"invoice\"` or `Event<Raw>` without it, `State<T>` of a `T: Clone`, `EventId`, or another type that implements `FromEvent` for each of them"
    )]
    trait HandlerArgument<'cx>: Sized + 'cx {
        const FROM: &'cx [__hooks::Extraction<'cx, Self>];
    }
    #[diagnostic::do_not_recommend]
    impl<'cx, T: 'cx> HandlerArgument<'cx> for T
    where
        T: __hooks::FromEvent<'cx, __hooks::events::InvoicePaid>,
        T: __hooks::FromEvent<'cx, __hooks::events::InvoicePaymentFailed>,
    {
        const FROM: &'cx [__hooks::Extraction<'cx, Self>] = &[
            __hooks::Extraction::of::<__hooks::events::InvoicePaid>(),
            __hooks::Extraction::of::<__hooks::events::InvoicePaymentFailed>(),
        ];
    }
    fn __needs(needs: &mut __hooks::Needs) -> bool {
        <Invoice as HandlerArgument<'_>>::FROM.needs(needs);
        <EventId as HandlerArgument<'_>>::FROM.needs(needs);
        <() as __hooks::IntoOutcome>::REPLIES
    }
    fn __run(event: __hooks::Incoming<'_>) -> __hooks::Started<'_> {
        let a0 = <Invoice as HandlerArgument<'_>>::FROM.extract(event)?;
        let a1 = <EventId as HandlerArgument<'_>>::FROM.extract(event)?;
        let settle = <() as __hooks::IntoOutcome>::into_outcome;
        __hooks::start(book(a0, a1), settle)
    }
    __hooks::inventory::submit!(__hooks::Registration {
        events: &[
            <__hooks::events::InvoicePaid as __hooks::EventType>::INFO,
            <__hooks::events::InvoicePaymentFailed as __hooks::EventType>::INFO,
        ],
        needs: __needs,
        run: __run,
        ..__hooks::Registration::new(::core::concat!(::core::module_path!(), "::book"))
    });
};
