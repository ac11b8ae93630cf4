// #[on_event("invoice.payed", "charge.suceeded")]
// async fn book(&self, id: &str) {
//     this.stays(as_it_is)
// }

async fn book(&self, id: &str) {
    this.stays(as_it_is)
}
::core::compile_error! {
    "`book` would never run: Stripe sends no event `invoice.payed`\nhelp: did you mean `\"invoice.paid\"` or `\"invoice.updated\"`?"
}
::core::compile_error! {
    "`book` would never run: Stripe sends no event `charge.suceeded`\nhelp: did you mean `\"charge.succeeded\"`?"
}
::core::compile_error! {
    "`book` is a method, and a handler is a free function\nhelp: move it out of the `impl` block, and take what it needs as `State<T>`"
}
::core::compile_error! {
    "`book` takes a reference, and nobody would own what it refers to\nhelp: take an owned type, such as `EventId`"
}
