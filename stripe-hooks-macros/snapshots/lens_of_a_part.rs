// #[derive(Lens)]
// #[lens("invoice.lines.data[]", crate = crate::stripe)]
// struct Line {
//     amount: i64,
// }

const _: () = {
    use crate::stripe::__private as __hooks;
    type __T0 = i64;
    const _: () = __hooks::fits(
        __hooks::leads(__READER.asked(0usize)),
        "i64",
        <__T0 as __hooks::LensField>::HOLDS,
    );
    __hooks::lens! {
        #[diagnostic::do_not_recommend] impl ['__de] for '__de[Line] [] reads __READER =
        "Line", & [& [__hooks::shape("invoice.lines.data[]", & [__hooks::Key("invoice"),
        __hooks::Key("lines"), __hooks::Key("data"), __hooks::Each])]], {
        "amount"[Key("amount")] 0usize } { amount __f0[__T0] }
    }
};
