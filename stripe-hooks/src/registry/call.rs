//! How an endpoint calls what `#[on_event]` has made of a handler.

use crate::{context::EventContext, extract::Needs, rejection::Rejection};

/// What an expansion is called for: a run on an event, or the question what it needs for one. In one function, because each costs the compiler
/// time for each handler.
#[allow(missing_debug_implementations)]
pub enum Call<'cx> {
    /// Run on this event.
    Run(&'cx EventContext<'cx>),
    /// Say what is needed, and do nothing.
    Ask(&'cx mut Needs),
}

impl<'cx> Call<'cx> {
    /// The event to run on.
    ///
    /// # Errors
    /// When the call only asks: the answer is given then, and the wrapper is to go no further.
    pub fn event(
        self,
        needed: &[&[fn(&mut Needs)]],
        replies: bool,
    ) -> Result<&'cx EventContext<'cx>, Rejection> {
        match self {
            Self::Run(event) => Ok(event),
            Self::Ask(needs) => {
                needed.iter().copied().flatten().for_each(|add_to| add_to(needs));
                needs.replies = replies;
                Err(Rejection::new("the handler was only asked what it needs"))
            }
        }
    }
}
