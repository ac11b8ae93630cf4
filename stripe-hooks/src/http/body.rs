//! Reads the body of a request within the limits of its endpoint.

use std::{future::poll_fn, mem, pin::pin, str, sync::Arc};

use bytes::{Bytes, BytesMut};
use futures_core::Stream;

use super::poll_limit::poll_at_most;
use crate::{
    Endpoint,
    answer::Answer,
    body_budget::{BodyBudget, Reservation},
    endpoint::admission::LimitedBody,
};

impl Answer {
    /// The answer to a body that did not arrive whole and in time.
    fn incomplete_body() -> Self {
        Self::from_line(400, "incomplete body\n")
    }
}

/// Reads a body, or returns the answer that turns the delivery away.
///
/// An announced length over the limit is refused before anything is read. The bytes count against
/// [`bodies_in_flight`](crate::EndpointBuilder::bodies_in_flight) as they arrive, not as they are
/// announced.
pub(super) async fn read_body<S, E>(
    endpoint: &Endpoint,
    content_length: Option<&[u8]>,
    chunks: S,
) -> Result<LimitedBody<Arc<BodyBudget>>, Answer>
where
    S: Stream<Item = Result<Bytes, E>>,
{
    let settings = &endpoint.0.settings;
    let announced = content_length.and_then(|value| str::from_utf8(value).ok()?.parse().ok());
    if announced.is_some_and(|length: usize| length > settings.body_limit) {
        return Err(Answer::too_large());
    }
    let reservation = Reservation::new(Arc::clone(&endpoint.0.body_budget));
    let mut read = pin!(read_chunks(chunks, announced, settings.body_limit, reservation));
    // actix-web hands a request over before the body that came with it. The second poll finds the
    // body.
    let read = match poll_at_most(2, read.as_mut()).await {
        Some(read) => read,
        None => tokio::time::timeout(settings.body_timeout, read)
            .await
            .unwrap_or_else(|_| Err(Answer::incomplete_body())),
    };
    read.map(|(bytes, reservation)| LimitedBody::new(bytes, reservation))
}

/// Joins the chunks, and counts them in `reservation`.
async fn read_chunks<S, E>(
    chunks: S,
    announced: Option<usize>,
    limit: usize,
    mut reservation: Reservation,
) -> Result<(Bytes, Reservation), Answer>
where
    S: Stream<Item = Result<Bytes, E>>,
{
    let mut chunks = pin!(chunks);
    let (mut whole, mut body) = (Bytes::new(), BytesMut::new());
    while let Some(chunk) = poll_fn(|context| chunks.as_mut().poll_next(context)).await {
        let chunk = chunk.map_err(|_| Answer::incomplete_body())?;
        let length = whole.len() + body.len() + chunk.len();
        if length > limit {
            return Err(Answer::too_large());
        }
        if !reservation.try_grow(chunk.len()) {
            return Err(Answer::unavailable());
        }
        if announced == Some(chunk.len()) && length == chunk.len() {
            // Most deliveries come in one chunk, which is not copied.
            whole = chunk;
            continue;
        }
        if !whole.is_empty() {
            body = BytesMut::from(mem::take(&mut whole));
        }
        if let Some(announced) = announced
            && announced / 2 <= length
        {
            // Reserves the announced length only once half of it is here. A doubling buffer would
            // take as much then; before, a slow sender could hold memory by its announcement alone.
            body.reserve(announced.saturating_sub(body.len()));
        }
        body.extend_from_slice(&chunk);
    }
    let bytes = if body.is_empty() { whole } else { body.freeze() };
    Ok((bytes, reservation))
}

#[cfg(test)]
mod tests {
    use futures_util::{FutureExt, stream};

    use super::*;

    /// Reads a body of these chunks, after an announcement of its length.
    fn read_test_body(chunks: &[&Bytes], announced: Option<usize>) -> Bytes {
        let reservation = Reservation::new(BodyBudget::new(usize::MAX));
        let chunks = stream::iter(chunks.iter().map(|&chunk| Ok::<_, ()>(chunk.clone())));
        let read = read_chunks(chunks, announced, usize::MAX, reservation).now_or_never();
        read.unwrap().unwrap().0
    }

    #[test]
    fn a_body_in_one_chunk_is_not_copied() {
        let chunk = Bytes::from(vec![b' '; 100]);
        assert_eq!(read_test_body(&[&chunk], Some(100)).as_ptr(), chunk.as_ptr());
    }

    #[test]
    fn chunks_are_joined_whatever_was_announced() {
        let (first, empty, second) = (Bytes::from("ab"), Bytes::new(), Bytes::from("cd"));
        for announced in [None, Some(0), Some(2), Some(4), Some(1_000_000)] {
            assert_eq!(read_test_body(&[&first, &empty, &second], announced), "abcd", "{announced:?}");
            assert_eq!(read_test_body(&[], announced), "", "{announced:?}");
        }
    }
}
