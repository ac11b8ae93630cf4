// #[derive(Lens)]
// #[lens("invoice")]
// struct Paid {
//     customer: Option<Id<Customer>>,
//     #[lens(path = "lines.data[].amount")]
//     amounts: Vec<i64>,
// }

const _: () = {
    use ::stripe_hooks::__private as __hooks;
    static __SHAPES: __hooks::Shapes = &[
        <__hooks::objects::Invoice as __hooks::Described>::SHAPES,
    ];
    type __T0 = Option<Id<Customer>>;
    type __T1 = Vec<i64>;
    const _: () = __hooks::fits(
        __hooks::leads(
            __hooks::asked("Paid", "customer", &[__hooks::Key("customer")], __SHAPES),
        ),
        "Option<Id<Customer>>",
        <__T0 as __hooks::LensField>::HOLDS,
    );
    const _: () = __hooks::fits(
        __hooks::leads(
            __hooks::asked(
                "Paid",
                "lines.data[].amount",
                &[
                    __hooks::Key("lines"),
                    __hooks::Key("data"),
                    __hooks::Each,
                    __hooks::Key("amount"),
                ],
                __SHAPES,
            ),
        ),
        "Vec<i64>",
        <__T1 as __hooks::LensField>::HOLDS,
    );
    #[diagnostic::do_not_recommend]
    impl<'__de> __hooks::LensField<'__de> for Paid {
        const HOLDS: __hooks::Holds = __hooks::Holds::Lens(__SHAPES);
        fn read(__json: &'__de str) -> __hooks::Read<Self> {
            let mut __f0 = __hooks::None;
            let mut __f1 = __hooks::None;
            let __seen = __hooks::walk(
                __json,
                &[
                    __hooks::Path(&[__hooks::Key("customer")], 0usize),
                    __hooks::Path(
                        &[
                            __hooks::Key("lines"),
                            __hooks::Key("data"),
                            __hooks::Each,
                            __hooks::Key("amount"),
                        ],
                        1usize,
                    ),
                ],
                __SHAPES,
                &mut [
                    <__T0 as __hooks::LensField>::place(&mut __f0),
                    <__T1 as __hooks::LensField>::place(&mut __f1),
                ],
            )?;
            __hooks::Ok(Self {
                customer: <__T0 as __hooks::LensField>::held(__f0, "customer", __seen)?,
                amounts: <__T1 as __hooks::LensField>::held(
                    __f1,
                    "lines.data[].amount",
                    __seen,
                )?,
            })
        }
    }
    impl<'__de> __hooks::Lens<'__de> for Paid {}
    impl __hooks::LensOf<__hooks::objects::Invoice> for Paid {}
};
