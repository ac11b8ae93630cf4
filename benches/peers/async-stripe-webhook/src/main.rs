//! Verifies and decodes one event, so that the program uses the code that a cold build compiles.

use std::io::{self, Read};

use stripe_webhook::{EventObject, Webhook};

fn main() -> io::Result<()> {
    let mut body = String::new();
    io::stdin().read_to_string(&mut body)?;
    let signature = std::env::args().nth(1).unwrap_or_default();
    match Webhook::construct_event(&body, &signature, "whsec_of_a_peer") {
        Ok(event) => match event.data.object {
            EventObject::CustomerCreated(customer) => println!("a new customer: {}", customer.id),
            _ => println!("unhandled: {}", event.type_),
        },
        Err(error) => println!("refused: {error}"),
    }
    Ok(())
}
