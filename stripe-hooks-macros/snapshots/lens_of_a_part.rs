// #[derive(Lens)]
// #[lens("invoice.lines.data[]", crate = crate::stripe)]
// struct Line {
//     amount: i64,
// }

const _: () = {
    use crate::stripe::__private as __hooks;
    const fn __type0(_: &()) -> __hooks::FieldType<'_, i64> {
        <_ as __hooks::LensField<'_>>::TYPE
    }
    __hooks::lens! {
        #[diagnostic::do_not_recommend] impl ['__de] for '__de[Line] [] reads __LAYOUT =
        "Line", & [& [__hooks::resolve_shape("invoice.lines.data[]", &
        [__hooks::Key("invoice"), __hooks::Key("lines"), __hooks::Key("data"),
        __hooks::Each])]], { "amount"[Key("amount")] 0usize } { amount __f0[__type0(& ())
        .as_sink] } { const _ : () = __hooks::assert_type(__hooks::assert_path(__LAYOUT
        .path_query(0usize)), "i64", __type0(& ()).accepts); }
    }
};
