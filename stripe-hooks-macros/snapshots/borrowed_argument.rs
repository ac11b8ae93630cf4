// #[on_event("invoice.paid")]
// async fn book(invoice: Invoice, tx: &mut InboxTx<Postgres>) -> Result<(), sqlx::Error> {}

async fn book(invoice: Invoice, tx: &mut InboxTx<Postgres>) -> Result<(), sqlx::Error> {}
const _: () = {
    use ::stripe_hooks::__private as __hooks;
    #[diagnostic::on_unimplemented(
        message = "`book` cannot take `{Self}`: it handles `invoice.paid`",
        label = "`invoice.paid` is a snapshot event that carries an `Invoice`; its fields need the cargo feature `billing`",
        note = "help: take `Invoice` or `Event<Invoice>` with the feature `billing`, a lens of `\"invoice\"` or `Event<Raw>` without it, `State<T>` of a `T: Clone`, `EventId`, or another type that implements `FromEvent`"
    )]
    trait HandlerArgument<'cx>: Sized + 'cx {
        const FROM: __hooks::Ways<'cx, Self>;
    }
    #[diagnostic::do_not_recommend]
    impl<'cx, T: 'cx> HandlerArgument<'cx> for T
    where
        T: __hooks::FromEvent<'cx, __hooks::events::InvoicePaid>,
    {
        const FROM: __hooks::Ways<'cx, Self> = __hooks::Ways(
            &[__hooks::Extraction::of::<__hooks::events::InvoicePaid>()],
        );
    }
    fn __run(call: __hooks::Call<'_>) -> __hooks::Started<'_> {
        let a0 = <Invoice as HandlerArgument<'_>>::FROM;
        let a1 = __hooks::Borrowing(<InboxTx<Postgres> as __hooks::Lend<'_>>::needs);
        let settle = <Result<(), sqlx::Error> as __hooks::IntoOutcome>::SETTLE;
        let event = call.event(&[&a0, &a1], settle.replies)?;
        let a0 = a0.extract(event)?;
        <InboxTx<
            Postgres,
        > as __hooks::Lend<
            '_,
        >>::lend_to(
            event,
            move |a1, _| __hooks::start(__hooks::Box::new(book(a0, a1)), settle),
        )
    }
    __hooks::inventory::submit!(
        __hooks::Registration::new(
            ::core::concat!(::core::module_path!(), "::book"),
            &[<__hooks::events::InvoicePaid as __hooks::EventType>::INFO],
            __run,
        ),
    );
};
