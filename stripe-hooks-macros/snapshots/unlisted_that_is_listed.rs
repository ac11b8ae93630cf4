// #[on_event("invoice.paid", unlisted)]
// async fn book() {}

async fn book() {}
const _: () = {
    use ::stripe_hooks::__private as __hooks;
    #[deprecated(
        note = "the catalogue lists every event of `book` by now\nhelp: remove `unlisted`"
    )]
    #[allow(non_upper_case_globals)]
    const unlisted: () = ();
    const _: () = unlisted;
    fn __needs(_: &mut __hooks::Needs) -> bool {
        <() as __hooks::IntoOutcome>::REPLIES
    }
    fn __run(_: __hooks::Incoming<'_>) -> __hooks::Started<'_> {
        let settle = <() as __hooks::IntoOutcome>::into_outcome;
        __hooks::start(book(), settle)
    }
    __hooks::inventory::submit!(__hooks::Registration {
        events: &[<__hooks::events::InvoicePaid as __hooks::EventType>::INFO],
        needs: __needs,
        run: __run,
        ..__hooks::Registration::new(::core::concat!(::core::module_path!(), "::book"))
    });
};
