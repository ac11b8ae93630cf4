//! The members of a list object, in which Stripe wraps one page of items.

use super::shape::{Kind, texts_equal};

/// The `object` tag of a list object.
pub(crate) const LIST_TAG: &str = "list";

/// A member of a list object, beside its tag.
///
/// The members are sorted by key, which is also the order of the fields of [`List`](crate::List).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ListMember {
    Data,
    HasMore,
    TotalCount,
    Url,
}

impl ListMember {
    pub(crate) const ALL: [Self; 4] = [Self::Data, Self::HasMore, Self::TotalCount, Self::Url];

    /// The keys of all members, in their order.
    pub(crate) const KEYS: [&'static str; Self::ALL.len()] = {
        let mut keys = [""; Self::ALL.len()];
        let mut at = 0;
        while at < keys.len() {
            keys[at] = Self::ALL[at].key();
            at += 1;
        }
        keys
    };

    pub(crate) const fn key(self) -> &'static str {
        match self {
            Self::Data => "data",
            Self::HasMore => "has_more",
            Self::TotalCount => "total_count",
            Self::Url => "url",
        }
    }

    pub(crate) const fn from_key(key: &str) -> Option<Self> {
        let mut at = 0;
        while at < Self::ALL.len() {
            if texts_equal(Self::ALL[at].key(), key) {
                return Some(Self::ALL[at]);
            }
            at += 1;
        }
        None
    }

    /// The kind of value that the member holds in a list of these items.
    pub(crate) const fn kind(self, items: &'static Kind) -> Kind {
        match self {
            Self::Data => Kind::Array(items),
            Self::HasMore => Kind::Flag,
            Self::TotalCount => Kind::Integer,
            Self::Url => Kind::Text,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_members_are_sorted_by_key_and_found_by_it() {
        assert!(ListMember::KEYS.is_sorted());
        for (index, member) in ListMember::ALL.into_iter().enumerate() {
            assert_eq!((member as usize, ListMember::from_key(member.key())), (index, Some(member)));
        }
        assert_eq!(ListMember::from_key("object"), None);
    }
}
