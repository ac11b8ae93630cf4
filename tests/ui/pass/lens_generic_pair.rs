//! A generic lens with two types of the user's choice, and two fields of one path.

use stripe_hooks::{Id, Lens, objects::Customer, on_event};

#[derive(Lens)]
#[lens("invoice")]
struct Pair<A, B> {
    #[lens(path = "customer")]
    one: A,
    #[lens(path = "customer")]
    other: B,
}

#[on_event("invoice.paid")]
async fn book(_: Pair<Option<String>, Option<Id<Customer>>>) {}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let pair = Pair::<Option<String>, Option<Id<Customer>>>::decode(r#"{"object":"invoice","customer":"cus_1"}"#)?;
    assert_eq!((pair.one.as_deref(), pair.other.as_ref().map(Id::as_str)), (Some("cus_1"), Some("cus_1")));
    Ok(())
}
