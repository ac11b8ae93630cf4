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
    #[diagnostic::do_not_recommend]
    impl<'__de, T> __hooks::LensField<'__de> for Paid<T> {
        const HOLDS: __hooks::Holds = __hooks::Holds::Anything;
        fn read(__json: &'__de str) -> __hooks::Read<Self> {
            let _ = __json;
            ::core::unreachable!()
        }
    }
    impl<'__de, T> __hooks::Lens<'__de> for Paid<T> {}
    impl<T, __T: __hooks::Described> __hooks::LensOf<__T> for Paid<T> {}
};
