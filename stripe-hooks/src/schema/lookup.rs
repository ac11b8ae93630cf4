//! Looks shapes up by name, at compile time and at run time.

use super::{
    shape::{Shape, compare_bytes},
    table::{ALL, REFERENCEABLE},
};

/// Returns the shape with this name.
#[must_use]
pub const fn find_shape(name: &str) -> Option<&'static Shape> {
    let (mut low, mut high) = (0, ALL.len());
    while low < high {
        let middle = low.midpoint(high);
        match compare_bytes(ALL[middle].name.as_bytes(), name.as_bytes()) {
            0 => return Some(ALL[middle]),
            1.. => high = middle,
            _ => low = middle + 1,
        }
    }
    None
}

/// Returns whether a type with this name exists that an `Id<…>` can point to.
#[must_use]
pub(crate) const fn is_referenceable(rust: &str) -> bool {
    let (mut low, mut high) = (0, REFERENCEABLE.len());
    while low < high {
        let middle = low.midpoint(high);
        match compare_bytes(REFERENCEABLE[middle].as_bytes(), rust.as_bytes()) {
            0 => return true,
            1.. => high = middle,
            _ => low = middle + 1,
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use super::{ALL, REFERENCEABLE};

    #[test]
    fn a_type_that_an_id_can_point_to_is_found_by_name() {
        assert!(REFERENCEABLE.is_sorted() && REFERENCEABLE.iter().all(|name| super::is_referenceable(name)));
        assert!(super::is_referenceable("Invoice") && super::is_referenceable("SubscriptionSchedule"));
        assert!(!super::is_referenceable("SubscriptionItem") && !super::is_referenceable(""));
    }

    #[test]
    fn every_shape_and_every_field_is_found() {
        for shape in ALL {
            assert!(
                super::find_shape(shape.name).is_some_and(|found| std::ptr::eq(found, *shape)),
                "{}",
                shape.name
            );
            for field in shape.fields {
                let found = shape.field(field.name);
                assert!(
                    found.is_some_and(|found| std::ptr::eq(found, field)),
                    "{}.{}",
                    shape.name,
                    field.name
                );
            }
            assert!(
                shape.field("").is_none() && shape.field("zzz").is_none() && shape.field("id ").is_none()
            );
        }
    }
}
