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
    fn __run(__call: __hooks::Call<'_>) -> __hooks::StartResult<'_> {
        let __conversion = <_ as __hooks::IntoOutcome>::CONVERSION;
        __call.event(&[], __conversion.replies)?;
        __hooks::start_async(__hooks::Box::new(book()), __conversion)
    }
    __hooks::inventory::submit!(
        __hooks::Registration::new(
            ::core::concat!(::core::module_path!(), "::book"),
            &[<__hooks::events::InvoicePaid as __hooks::EventType>::INFO],
            __run,
        ),
    );
};
