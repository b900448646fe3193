//! What a column of the database holds is a value of the domain: nothing is parsed twice, and one kind of value is never
//! read as another.
//!
//! With the feature `stored` (the server's; the browser's build lacks it and SeaORM with it) the keyed enums, the numbers,
//! the ids and [`Instant`](crate::time::Instant) are SeaORM values. Each becomes the plain value that the column has had
//! all along: a key as text, a counter, microseconds.

#[cfg(feature = "stored")]
mod json;
#[cfg(feature = "stored")]
pub use json::Json;
#[cfg(feature = "stored")]
pub use sea_orm;

/// Makes a type a SeaORM value that is stored as `$plain`: `$write` gives the plain value, `$read` reads it or `None`.
///
/// Without the feature `stored` it does nothing.
macro_rules! stored_as {
    ($name:ty, $plain:ty, $write:expr, $read:expr) => {
        #[cfg(feature = "stored")]
        const _: () = {
            use sea_orm::sea_query::{self, ArrayType, ColumnType, Nullable, ValueTypeErr};
            use sea_orm::{ActiveValue, ColIdx, DbErr, IntoActiveValue, QueryResult, TryGetError, TryGetable, Value};

            impl From<$name> for Value {
                fn from(value: $name) -> Self {
                    let write: fn($name) -> $plain = $write;
                    write(value).into()
                }
            }

            impl TryGetable for $name {
                fn try_get_by<I: ColIdx>(row: &QueryResult, index: I) -> Result<Self, TryGetError> {
                    let read: fn($plain) -> Option<$name> = $read;
                    let plain = <$plain as TryGetable>::try_get_by(row, index)?;
                    // The value itself stays out of the message: it may be a person's.
                    let broken =
                        || DbErr::Type(format!("no {} in {index:?}", <Self as sea_query::ValueType>::type_name()));
                    read(plain).ok_or_else(|| TryGetError::DbErr(broken()))
                }
            }

            impl sea_query::ValueType for $name {
                fn try_from(value: Value) -> Result<Self, ValueTypeErr> {
                    let read: fn($plain) -> Option<$name> = $read;
                    read(<$plain as sea_query::ValueType>::try_from(value)?).ok_or(ValueTypeErr)
                }

                fn type_name() -> String {
                    stringify!($name).to_owned()
                }

                fn array_type() -> ArrayType {
                    <$plain as sea_query::ValueType>::array_type()
                }

                fn column_type() -> ColumnType {
                    <$plain as sea_query::ValueType>::column_type()
                }
            }

            impl Nullable for $name {
                fn null() -> Value {
                    <$plain as Nullable>::null()
                }
            }

            impl IntoActiveValue<$name> for $name {
                fn into_active_value(self) -> ActiveValue<$name> {
                    ActiveValue::Set(self)
                }
            }
        };
    };
}
pub(crate) use stored_as;

/// A month is the key of its close: no counter gives one.
#[cfg(feature = "stored")]
impl sea_orm::TryFromU64 for crate::subsidy::YearMonth {
    fn try_from_u64(_: u64) -> Result<Self, sea_orm::DbErr> {
        Err(sea_orm::DbErr::ConvertFromU64("YearMonth"))
    }
}
