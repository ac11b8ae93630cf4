// #[derive(Lens)]
// #[lens("invoice")]
// struct Paid {
//     customer: Option<Id<Customer>>,
//     #[lens(path = "lines.data[].amount")]
//     amounts: Vec<i64>,
// }

const _: () = {
    use ::stripe_hooks::__private as __hooks;
    const __SHAPES: __hooks::schema::Shapes = &[
        <__hooks::objects::Invoice as __hooks::schema::Described>::SHAPES,
    ];
    const _: () = {
        let __asked = __hooks::Asked {
            reader: "Paid",
            path: "customer",
            steps: &[__hooks::Step::Key("customer")],
            shapes: __SHAPES,
        };
        __hooks::leads(__asked);
        __hooks::fits(
            __asked,
            "Option<Id<Customer>>",
            <Option<Id<Customer>> as __hooks::LensField>::HOLDS,
        )
    };
    const _: () = {
        let __asked = __hooks::Asked {
            reader: "Paid",
            path: "lines.data[].amount",
            steps: &[
                __hooks::Step::Key("lines"),
                __hooks::Step::Key("data"),
                __hooks::Step::Each,
                __hooks::Step::Key("amount"),
            ],
            shapes: __SHAPES,
        };
        __hooks::leads(__asked);
        __hooks::fits(__asked, "Vec<i64>", <Vec<i64> as __hooks::LensField>::HOLDS)
    };
    impl<'__de> __hooks::LensField<'__de> for Paid {
        const HOLDS: __hooks::Holds = __hooks::Holds::Lens(__SHAPES);
        fn read(
            __json: &'__de str,
        ) -> ::core::result::Result<Self, __hooks::DecodeError> {
            let mut __f0 = __hooks::One(::core::option::Option::None);
            let mut __f1 = __hooks::Many(::core::option::Option::None);
            let __places: &mut [&mut dyn __hooks::Found<'__de>] = &mut [
                <Option<Id<Customer>> as __hooks::LensField>::one(&mut __f0),
                <Vec<i64> as __hooks::LensField>::many(&mut __f1),
            ];
            let __seen = __hooks::walk(
                __json,
                &[
                    __hooks::Path {
                        steps: &[__hooks::Step::Key("customer")],
                        field: 0usize,
                    },
                    __hooks::Path {
                        steps: &[
                            __hooks::Step::Key("lines"),
                            __hooks::Step::Key("data"),
                            __hooks::Step::Each,
                            __hooks::Step::Key("amount"),
                        ],
                        field: 1usize,
                    },
                ],
                __SHAPES,
                __places,
            )?;
            ::core::result::Result::Ok(Self {
                customer: <Option<
                    Id<Customer>,
                > as __hooks::LensField>::held(__f0.0, "customer", __seen)?,
                amounts: <Vec<
                    i64,
                > as __hooks::LensField>::held(__f1.0, "lines.data[].amount", __seen)?,
            })
        }
    }
    impl<'__de> __hooks::Lens<'__de> for Paid {}
    impl __hooks::LensOf<__hooks::objects::Invoice> for Paid {}
};
