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
    __hooks::lens! {
        #[diagnostic::do_not_recommend] impl ['__de, T :] for '__de[Paid < T >] [] reads
        nothing
    }
    impl<T, __T: __hooks::HasSchema> __hooks::LensOf<__T> for Paid<T> {}
};
