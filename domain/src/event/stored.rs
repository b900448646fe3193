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

/// Writes an earlier version of a report as people read it; a field that is not there was not recorded.
pub(super) mod version {
    use super::{day, moment};
    use crate::id::ChildId;
    use crate::report::ExpenseKind;
    use crate::report_change::Version;
    use crate::time::{Date, Instant};
    use serde::{Deserialize, Deserializer, Serialize, Serializer};
    use std::collections::{BTreeMap, BTreeSet};

    #[derive(Default, Serialize, Deserialize)]
    #[serde(default)]
    struct Stored {
        #[serde(with = "day")]
        entered_on: Option<Date>,
        #[serde(with = "moment")]
        start: Option<Instant>,
        #[serde(with = "moment")]
        end: Option<Instant>,
        children: BTreeSet<ChildId>,
        expenses: BTreeMap<String, i64>,
        notes: String,
        fee: i64,
        benefit: i64,
    }

    pub(in crate::event) fn serialize<S: Serializer>(
        version: &Option<Version>,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        let stored = version.clone().map(|version| Stored {
            entered_on: version.entered_on,
            start: version.hours.map(|(start, _)| start),
            end: version.hours.map(|(_, end)| end),
            children: version.children,
            expenses: version.expenses.into_iter().map(|(kind, yen)| (kind.key().to_owned(), yen)).collect(),
            notes: version.notes,
            fee: version.fee,
            benefit: version.benefit,
        });
        stored.serialize(serializer)
    }

    pub(in crate::event) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Option<Version>, D::Error> {
        let stored = Option::<Stored>::deserialize(deserializer)?;
        let kind = |(key, yen): (String, i64)| Some((ExpenseKind::from_key(&key)?, yen));
        Ok(stored.map(|stored| Version {
            entered_on: stored.entered_on,
            hours: stored.start.zip(stored.end),
            children: stored.children,
            expenses: stored.expenses.into_iter().filter_map(kind).collect(),
            notes: stored.notes,
            fee: stored.fee,
            benefit: stored.benefit,
        }))
    }
}
