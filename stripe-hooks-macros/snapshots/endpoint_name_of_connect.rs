// #[derive(EndpointName)]
// #[endpoint(connect, name = "connect", crate = crate::stripe)]
// enum Connect {}

const _: () = {
    use crate::stripe::__private as __hooks;
    #[diagnostic::do_not_recommend]
    impl __hooks::EndpointName for Connect {
        const NAME: &'static ::core::primitive::str = "connect";
        const IS_CONNECT: ::core::primitive::bool = true;
    }
};
