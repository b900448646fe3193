//! How facts are stored: as people read them in the database, and read leniently.

/// Writes a keyed value as its key.
pub(super) mod by_key {
    use crate::workflow::Keyed;
    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    pub(in crate::event) fn serialize<T: Keyed, S: Serializer>(
        value: &Option<T>,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        value.map(T::as_key).serialize(serializer)
    }

    pub(in crate::event) fn deserialize<'de, T: Keyed, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Option<T>, D::Error> {
        Ok(Option::<String>::deserialize(deserializer)?.and_then(|key| T::of_key(&key)))
    }
}

/// Writes keyed values as their keys.
pub(super) mod keys {
    use crate::workflow::Keyed;
    use serde::{Deserialize, Deserializer, Serializer};

    pub(in crate::event) fn serialize<T: Keyed, S: Serializer>(values: &[T], serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(values.iter().map(|value| value.as_key()))
    }

    pub(in crate::event) fn deserialize<'de, T: Keyed, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Vec<T>, D::Error> {
        Ok(Vec::<String>::deserialize(deserializer)?.iter().filter_map(|key| T::of_key(key)).collect())
    }
}

/// Writes a moment as RFC 3339, as people read it.
pub(super) mod moment {
    use crate::time::{Instant, parse_rfc3339, rfc3339};
    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    pub(in crate::event) fn serialize<S: Serializer>(at: &Option<Instant>, serializer: S) -> Result<S::Ok, S::Error> {
        at.map(rfc3339).serialize(serializer)
    }

    pub(in crate::event) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Option<Instant>, D::Error> {
        Ok(Option::<String>::deserialize(deserializer)?.as_deref().and_then(parse_rfc3339))
    }
}

/// Writes a day as `2024-03-30`.
pub(super) mod day {
    use crate::time::{Date, iso_date, parse_iso_date};
    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    pub(in crate::event) fn serialize<S: Serializer>(date: &Option<Date>, serializer: S) -> Result<S::Ok, S::Error> {
        date.map(iso_date).serialize(serializer)
    }

    pub(in crate::event) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Date>, D::Error> {
        Ok(Option::<String>::deserialize(deserializer)?.as_deref().and_then(parse_iso_date))
    }
}
