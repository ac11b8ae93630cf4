// #[derive(Lens)]
// #[lens("invoice", "invoice")]
// struct Paid<T> {
//     amount: T,
// }

::core::compile_error! {
    "`invoice` is given twice\nhelp: keep one of them"
}
const _: () = {
    use ::stripe_hooks::__private as __hooks;
    impl<'__de, T> __hooks::LensField<'__de> for Paid<T> {
        const HOLDS: __hooks::Holds = __hooks::Holds::Anything;
        fn read(
            __json: &'__de str,
        ) -> ::core::result::Result<Self, __hooks::DecodeError> {
            let _ = __json;
            ::core::unreachable!()
        }
    }
    impl<'__de, T> __hooks::Lens<'__de> for Paid<T> {}
    impl<T, __T: __hooks::schema::Described> __hooks::LensOf<__T> for Paid<T> {}
    impl<'__de, T, __E> __hooks::FromEvent<'__de, __E> for Paid<T>
    where
        __E: __hooks::CarriesObject,
        Self: __hooks::LensOf<__E::Object> + __hooks::Lens<'__de>,
    {
        fn from_event(
            event: &__hooks::EventContext<'__de>,
        ) -> ::core::result::Result<Self, __hooks::Rejection> {
            __hooks::look(event)
        }
    }
    impl<'__de, T, __E> __hooks::Payload<'__de, __E> for Paid<T>
    where
        __E: __hooks::CarriesObject,
        Self: __hooks::LensOf<__E::Object> + __hooks::Lens<'__de>,
    {
        fn payload(
            event: &__hooks::EventContext<'__de>,
        ) -> ::core::result::Result<Self, __hooks::Rejection> {
            __hooks::look(event)
        }
    }
};
