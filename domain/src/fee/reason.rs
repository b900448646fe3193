//! Why a block is charged as it is: the day, the band and the length, without words of any language.

use serde::{Deserialize, Serialize};

use crate::tariff::Straddle;
use crate::time::{MinuteOfDay, hhmm};

/// Why a block is charged as it is, without words of any language.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reason {
    /// Why this band.
    pub band: BandReason,
    /// Why this length.
    pub unit: UnitReason,
    /// The share of the benefit in percent, when the care has become so long that the tariff pays a share only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub long_use: Option<i64>,
}

/// Why a block takes its band.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "why", try_from = "read::Band")]
pub enum BandReason {
    /// It lies within the times of a band: 平日 時間内.
    Within {
        /// What day it is.
        day: DayKind,
        /// First minute of the band.
        from: MinuteOfDay,
        /// The minute the band ends before.
        to: MinuteOfDay,
    },
    /// The whole day is outside every other band: 土曜, 祝日.
    Day {
        /// What day it is.
        day: DayKind,
    },
    /// It lies before the day's band begins.
    Before {
        /// What day it is.
        day: DayKind,
        /// When the band begins.
        at: MinuteOfDay,
    },
    /// It lies after the day's band has ended.
    After {
        /// What day it is.
        day: DayKind,
        /// When the band ends.
        at: MinuteOfDay,
    },
    /// It touches several bands: 19:00をまたぐ.
    Straddles {
        /// The first minute of the day at which the band changes.
        at: MinuteOfDay,
        /// The rule that decided.
        rule: Straddle,
    },
}

/// What a day is to a tariff.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "kind", try_from = "read::Day")]
pub enum DayKind {
    /// Monday to Friday, no holiday.
    Weekday,
    /// Saturday, no holiday.
    Saturday,
    /// Sunday, no holiday.
    Sunday,
    /// A public holiday.
    National {
        /// Its name.
        name: String,
    },
    /// 年末年始.
    YearEnd,
}

/// Why a block is billed at its length.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum UnitReason {
    /// 60 minutes of care.
    Hour,
    /// Less than the least first unit: billed as an hour.
    FirstHour,
    /// A fraction above half an hour: billed as an hour.
    RoundedToHour,
    /// A fraction of at most 30 minutes: billed as half an hour.
    HalfHour,
    /// The flat price of very short care.
    FlatShort,
}

/// How reasons are read. As serde derives it, a tagged enum keeps all it has read until it finds the tag, which weighs
/// more in the browser than all of the fee's rules; the flat records below read the same text.
mod read {
    use super::{BandReason, DayKind, Deserialize, MinuteOfDay, Straddle};

    #[derive(Deserialize)]
    pub struct Band {
        why: String,
        day: Option<DayKind>,
        from: Option<MinuteOfDay>,
        to: Option<MinuteOfDay>,
        at: Option<MinuteOfDay>,
        rule: Option<Straddle>,
    }

    impl TryFrom<Band> for BandReason {
        type Error = &'static str;

        fn try_from(read: Band) -> Result<Self, Self::Error> {
            let Band { why, day, from, to, at, rule } = read;
            let reason = match why.as_str() {
                "within" => (|| Some(Self::Within { day: day?, from: from?, to: to? }))(),
                "day" => day.map(|day| Self::Day { day }),
                "before" => day.zip(at).map(|(day, at)| Self::Before { day, at }),
                "after" => day.zip(at).map(|(day, at)| Self::After { day, at }),
                "straddles" => at.zip(rule).map(|(at, rule)| Self::Straddles { at, rule }),
                _ => None,
            };
            reason.ok_or("no reason of a band")
        }
    }

    #[derive(Deserialize)]
    pub struct Day {
        kind: String,
        name: Option<String>,
    }

    impl TryFrom<Day> for DayKind {
        type Error = &'static str;

        fn try_from(Day { kind, name }: Day) -> Result<Self, Self::Error> {
            let day = match kind.as_str() {
                "weekday" => Some(Self::Weekday),
                "saturday" => Some(Self::Saturday),
                "sunday" => Some(Self::Sunday),
                "national" => name.map(|name| Self::National { name }),
                "year_end" => Some(Self::YearEnd),
                _ => None,
            };
            day.ok_or("no kind of day")
        }
    }
}

impl std::fmt::Display for DayKind {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Weekday => f.write_str("weekday"),
            Self::Saturday => f.write_str("saturday"),
            Self::Sunday => f.write_str("sunday"),
            Self::National { name } => write!(f, "holiday {name}"),
            Self::YearEnd => f.write_str("year end"),
        }
    }
}

/// The reason in the command line's words, such as `saturday` or `weekday, crosses 19:00`.
impl std::fmt::Display for Reason {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match &self.band {
            BandReason::Within { day, from, to } => write!(f, "{day} {} to {}", hhmm(*from), hhmm(*to))?,
            BandReason::Day { day } => write!(f, "{day}")?,
            BandReason::Before { day, at } => write!(f, "{day} before {}", hhmm(*at))?,
            BandReason::After { day, at } => write!(f, "{day} after {}", hhmm(*at))?,
            BandReason::Straddles { at, rule } => {
                write!(f, "crosses {}", hhmm(*at))?;
                match rule {
                    Straddle::Higher => f.write_str(", higher band")?,
                    Straddle::ByMinute => f.write_str(", by minute")?,
                    Straddle::StartBand => f.write_str(", band of the start")?,
                }
            }
        }
        f.write_str(match self.unit {
            UnitReason::Hour => "",
            UnitReason::FirstHour => "; first hour is the least",
            UnitReason::RoundedToHour => "; over 30 minutes is an hour",
            UnitReason::HalfHour => "; up to 30 minutes is half an hour",
            UnitReason::FlatShort => "; flat price",
        })?;
        match self.long_use {
            Some(percent) => write!(f, "; benefit {percent} % in long care"),
            None => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_reason_is_read_as_it_was_written() {
        let day = || DayKind::National { name: "春分の日".to_owned() };
        let (from, to) = (420, 1140);
        let mut reasons = vec![
            BandReason::Within { day: day(), from, to },
            BandReason::Before { day: day(), at: from },
            BandReason::After { day: day(), at: to },
        ];
        for day in [DayKind::Weekday, DayKind::Saturday, DayKind::Sunday, DayKind::YearEnd, day()] {
            reasons.push(BandReason::Day { day });
        }
        for rule in [Straddle::Higher, Straddle::ByMinute, Straddle::StartBand] {
            reasons.push(BandReason::Straddles { at: to, rule });
        }
        for reason in reasons {
            let written = serde_json::to_string(&reason).unwrap();
            assert_eq!(serde_json::from_str::<BandReason>(&written).unwrap(), reason, "{written}");
        }
    }

    #[test]
    fn a_snapshot_of_an_earlier_release_is_read_and_half_of_one_is_not() {
        let text = r#"{"why":"after","day":{"kind":"national","name":"春分の日"},"at":1140}"#;
        let reason = BandReason::After { day: DayKind::National { name: "春分の日".to_owned() }, at: 1140 };
        assert_eq!(serde_json::from_str::<BandReason>(text).unwrap(), reason);
        assert_eq!(serde_json::to_string(&reason).unwrap(), text);
        for half in [r#"{"why":"after","at":1140}"#, r#"{"why":"day","day":{"kind":"national"}}"#, r#"{"why":"else"}"#]
        {
            assert!(serde_json::from_str::<BandReason>(half).is_err(), "{half}");
        }
    }
}
