// #[on_event("invoice.reconsidered", "v2.core.invoice.reconsidered", unlisted)]
// async fn book(id: EventId) {}

async fn book(id: EventId) {}
const _: () = {
    use ::stripe_hooks::__private as __hooks;
    #[diagnostic::on_unimplemented(
        message = "`book` cannot take `{Self}`: it handles `invoice.reconsidered` and `v2.core.invoice.reconsidered`",
        label = "the object of `invoice.reconsidered` has no type, `v2.core.invoice.reconsidered` is a thin event and carries none",
        note = "help: take `State<T>` of a `T: Clone`, `EventId`, or another type that implements `FromEvent` for each of them; or write one handler for thin events and one for snapshot events"
    )]
    trait HandlerArgument<'cx>: Sized + 'cx {
        const FROM: __hooks::Ways<'cx, Self>;
    }
    #[diagnostic::do_not_recommend]
    impl<'cx, T: 'cx> HandlerArgument<'cx> for T
    where
        T: __hooks::FromEvent<'cx, __hooks::AnySnapshot>,
        T: __hooks::FromEvent<'cx, __hooks::AnyThin>,
    {
        const FROM: __hooks::Ways<'cx, Self> = __hooks::Ways(
            &[
                __hooks::Extraction::of::<__hooks::AnySnapshot>(),
                __hooks::Extraction::of::<__hooks::AnyThin>(),
            ],
        );
    }
    fn __run(call: __hooks::Call<'_>) -> __hooks::Started<'_> {
        let a0 = <EventId as HandlerArgument<'_>>::FROM;
        let settle = <() as __hooks::IntoOutcome>::SETTLE;
        let event = call.event(&[&a0], settle.replies)?;
        let a0 = a0.extract(event)?;
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
