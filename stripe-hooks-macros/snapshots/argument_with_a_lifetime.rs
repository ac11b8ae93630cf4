// #[on_event("invoice.paid")]
// async fn book(note: Note<'_>) -> Result<(), Trouble<'static>> {}

async fn book(note: Note<'_>) -> Result<(), Trouble<'static>> {}
const _: () = {
    use ::stripe_hooks::__private::{self as __hooks, Ways as _};
    #[diagnostic::on_unimplemented(
        message = "`book` cannot take `{Self}`: it handles `invoice.paid`",
        label = "`invoice.paid` is a snapshot event that carries an `Invoice`",
        note = "help: take `Invoice` or `Event<Invoice>` (cargo feature `billing`), a lens of `\"invoice\"`, `State<T>` of a `T: Clone`, `EventId`, or another type that implements `FromEvent`"
    )]
    trait HandlerArgument<'cx>: Sized + 'cx {
        const FROM: &'cx [__hooks::Extraction<'cx, Self>];
    }
    #[diagnostic::do_not_recommend]
    impl<'cx, T: 'cx> HandlerArgument<'cx> for T
    where
        T: __hooks::FromEvent<'cx, __hooks::events::InvoicePaid>,
    {
        const FROM: &'cx [__hooks::Extraction<'cx, Self>] = &[
            __hooks::Extraction::of::<__hooks::events::InvoicePaid>(),
        ];
    }
    fn __needs(needs: &mut __hooks::Needs) -> bool {
        <Note<'_> as HandlerArgument<'_>>::FROM.needs(needs);
        <Result<(), Trouble<'static>> as __hooks::IntoOutcome>::REPLIES
    }
    fn __run(event: __hooks::Incoming<'_>) -> __hooks::Started<'_> {
        let a0 = <Note<'_> as HandlerArgument<'_>>::FROM.extract(event)?;
        let settle = <Result<
            (),
            Trouble<'static>,
        > as __hooks::IntoOutcome>::into_outcome;
        __hooks::start(book(a0), settle)
    }
    __hooks::inventory::submit!(__hooks::Registration {
        events: &[<__hooks::events::InvoicePaid as __hooks::EventType>::INFO],
        needs: __needs,
        run: __run,
        ..__hooks::Registration::new(::core::concat!(::core::module_path!(), "::book"))
    });
};
