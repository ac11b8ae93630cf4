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
    const _: () = __hooks::fits(
        __hooks::leads(
            __hooks::asked("Paid", "customer", &[__hooks::Key("customer")], __SHAPES),
        ),
        "Option<Id<Customer>>",
        <Option<Id<Customer>> as __hooks::LensField>::HOLDS,
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
        <Vec<i64> as __hooks::LensField>::HOLDS,
    );
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
                    <Option<Id<Customer>> as __hooks::LensField>::place(&mut __f0),
                    <Vec<i64> as __hooks::LensField>::place(&mut __f1),
                ],
            )?;
            __hooks::Ok(Self {
                customer: <Option<
                    Id<Customer>,
                > as __hooks::LensField>::held(__f0, "customer", __seen)?,
                amounts: <Vec<
                    i64,
                > as __hooks::LensField>::held(__f1, "lines.data[].amount", __seen)?,
            })
        }
    }
    impl<'__de> __hooks::Lens<'__de> for Paid {}
    impl __hooks::LensOf<__hooks::objects::Invoice> for Paid {}
};
