// #[derive(EndpointName)]
// struct Own;

const _: () = {
    use ::stripe_hooks::__private as __hooks;
    #[diagnostic::do_not_recommend]
    impl __hooks::EndpointName for Own {
        const NAME: &'static ::core::primitive::str = ::core::concat!(
            ::core::module_path!(), "::Own"
        );
        const IS_CONNECT: ::core::primitive::bool = false;
    }
};
