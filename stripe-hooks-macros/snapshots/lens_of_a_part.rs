// #[derive(Lens)]
// #[lens("invoice.lines.data[]", crate = crate::stripe)]
// struct Line {
//     amount: i64,
// }

const _: () = {
    use crate::stripe::__private as __hooks;
    static __SHAPES: __hooks::Shapes = &[
        &[
            __hooks::shape(
                "invoice.lines.data[]",
                &[
                    __hooks::Key("invoice"),
                    __hooks::Key("lines"),
                    __hooks::Key("data"),
                    __hooks::Each,
                ],
            ),
        ],
    ];
    type __T0 = i64;
    const _: () = __hooks::fits(
        __hooks::leads(
            __hooks::asked("Line", "amount", &[__hooks::Key("amount")], __SHAPES),
        ),
        "i64",
        <__T0 as __hooks::LensField>::HOLDS,
    );
    #[diagnostic::do_not_recommend]
    impl<'__de> __hooks::LensField<'__de> for Line {
        const HOLDS: __hooks::Holds = __hooks::Holds::Lens(__SHAPES);
        fn read(__json: &'__de str) -> __hooks::Read<Self> {
            let mut __f0 = __hooks::None;
            let __seen = __hooks::walk(
                __json,
                &[__hooks::Path(&[__hooks::Key("amount")], 0usize)],
                __SHAPES,
                &mut [<__T0 as __hooks::LensField>::place(&mut __f0)],
            )?;
            __hooks::Ok(Self {
                amount: <__T0 as __hooks::LensField>::held(__f0, "amount", __seen)?,
            })
        }
    }
    impl<'__de> __hooks::Lens<'__de> for Line {}
};
