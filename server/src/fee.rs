//! `kosapo fee`: what one activity costs, from the command line's words to JSON, without a database.

use crate::cli::FeeArgs;
use crate::command::print_json;
use crate::print::complain;
use clap::error::{ContextKind, ContextValue, ErrorKind};
use domain::coupon::CouponRefusal;
use domain::estimate::{EstimateRefusal, Question, estimate};
use domain::fee::{FeeLine, FeeRefusal, MOST_CHILDREN};
use domain::id::ChildId;
use domain::input::{InputFault, parse_count, parse_date, parse_time, parse_yen};
use domain::tariff::Tariff;
use domain::time::{Date, Instant, hhmm, iso_date};
use serde_json::{Value, json};
use service::{holiday_file, tariff_file};
use std::ffi::OsString;
use std::process::ExitCode;

/// Most yen of expenses.
const MOST_EXPENSES: i64 = 99_999;

/// What is wrong with which argument; printed as JSON, exit status 2.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FeeError {
    /// What is wrong and how to fix it.
    pub error: String,
    /// The argument: `date`, `from`, `to`, `children`, `coupons`, `coupon_child`, `expenses` or `tariff`.
    pub field: &'static str,
}

/// Prints the fee, or what is wrong with an argument.
#[must_use]
pub fn run(args: &FeeArgs) -> ExitCode {
    let printed = match answer(args) {
        Ok(answer) => print_json(&answer).map_err(|sentence| format!("kosapo: {sentence}")),
        Err(FeeError { error, field }) => Err(json!({ "error": error, "field": field }).to_string()),
    };
    match printed {
        Ok(()) => ExitCode::SUCCESS,
        Err(said) => {
            complain(&said);
            ExitCode::from(2)
        }
    }
}

/// What `kosapo fee` says of arguments that cannot be read: `{error, field}`, the field named as in the README.
#[must_use]
pub fn misread(error: &clap::Error, words: &[OsString]) -> Value {
    let flag = match error.get(ContextKind::InvalidArg) {
        // `--date <DATE>`
        Some(ContextValue::String(shown)) => shown.split([' ', '=']).next().unwrap_or_default().to_owned(),
        Some(ContextValue::Strings(shown)) => shown.first().cloned().unwrap_or_default(),
        _ => {
            let place = words.iter().position(|word| word.to_str().is_none());
            let before = place.and_then(|place| words.get(place.checked_sub(1)?));
            before.map(|word| word.to_string_lossy().into_owned()).unwrap_or_default()
        }
    };
    let sentence = match error.kind() {
        ErrorKind::InvalidUtf8 => format!("{flag} is followed by a text that is not UTF-8"),
        ErrorKind::InvalidValue => format!("{flag} needs a value"),
        ErrorKind::ArgumentConflict => format!("{flag} is given twice"),
        ErrorKind::UnknownArgument => format!("{flag} is not an argument of `kosapo fee`; see `kosapo fee --help`"),
        _ => error.to_string().lines().next().unwrap_or_default().trim_start_matches("error: ").to_owned(),
    };
    json!({ "error": sentence, "field": flag.trim_start_matches('-').replace('-', "_") })
}

fn wrong(field: &'static str) -> impl Fn(InputFault) -> FeeError {
    move |fault| FeeError { error: format!("{field} {fault}"), field }
}

/// Computes the fee; the keys of the answer are those the README lists.
///
/// # Errors
/// The first argument that cannot be used.
pub fn answer(args: &FeeArgs) -> Result<Value, FeeError> {
    let day = parse_date(&args.date).map_err(wrong("date"))?;
    let from = parse_time(&args.from).map_err(wrong("from"))?;
    let to = parse_time(&args.to).map_err(wrong("to"))?;
    let most = i64::try_from(MOST_CHILDREN).unwrap_or(i64::MAX);
    let children = parse_count(&args.children, 1, most).map_err(wrong("children"))?;
    let expenses = args.expenses.as_deref().map_or(Ok(0), |text| parse_yen(text, MOST_EXPENSES));
    let expenses = expenses.map_err(wrong("expenses"))?;
    let tickets = args.coupons.as_deref().map_or(Ok(0), |text| parse_count(text, 0, 1_000));
    let tickets = tickets.map_err(wrong("coupons"))?;
    let ticket_child = args.coupon_child.as_deref().map_or(Ok(children), |text| parse_count(text, 1, children));
    let ticket_child = ChildId(ticket_child.map_err(wrong("coupon_child"))?);
    let tariff = tariff(args)?;
    let holidays = holiday_file::japan()
        .map_err(|fault| FeeError { error: format!("the program's own holiday table: {fault}"), field: "date" })?;

    if !args.next_day && to <= from {
        let error = "to must be after from; an end on the day after needs --next-day".to_owned();
        return Err(FeeError { error, field: "to" });
    }
    let end_day = if args.next_day { day.next_day() } else { Some(day) };
    let end_day = end_day.ok_or_else(|| wrong("date")(InputFault::NoSuchDay))?;
    let (start, end) = (Instant::at(day, from), Instant::at(end_day, to));
    let tickets = u32::try_from(tickets).unwrap_or(u32::MAX);
    let question = Question { day, start, end, children, tickets, ticket_child, expenses };
    let estimate = estimate(&tariff, &holidays, &question).map_err(|refusal| refused(refusal, day))?;
    let settled = estimate.settlement;
    Ok(json!({
        "fee": settled.fee,
        "coupons_used": settled.coupons_used,
        "coupon_yen": settled.coupon_yen,
        "expenses": settled.expenses,
        "user_pays": settled.user_pays,
        "benefit": settled.benefit,
        "provider_receives": settled.provider_receives,
        "lines": estimate.quote.lines.iter().map(|block| line(block, day)).collect::<Vec<_>>(),
    }))
}

fn tariff(args: &FeeArgs) -> Result<Tariff, FeeError> {
    let wrong = |error: String| FeeError { error, field: "tariff" };
    let Some(path) = &args.tariff else {
        return tariff_file::yokohama().map_err(|fault| wrong(fault.to_string()));
    };
    let text = std::fs::read_to_string(path).map_err(|fault| wrong(format!("{}: {fault}", path.display())))?;
    tariff_file::parse(&text).map_err(|fault| wrong(format!("{}: {fault}", path.display())))
}

fn refused(refusal: EstimateRefusal, day: Date) -> FeeError {
    let (field, error) = match refusal {
        EstimateRefusal::Fee(refusal) => (field_of(&refusal), refusal.to_string()),
        EstimateRefusal::NoTickets => ("coupons", format!("there is no coupon on {}", iso_date(day))),
        EstimateRefusal::Tickets(CouponRefusal::NotEnough { left }) => {
            ("coupons", format!("a child is issued {left} tickets"))
        }
        EstimateRefusal::Tickets(other) => ("coupons", other.to_string()),
    };
    FeeError { error, field }
}

const fn field_of(refusal: &FeeRefusal) -> &'static str {
    match refusal {
        FeeRefusal::EndNotAfterStart | FeeRefusal::TooLong { .. } => "to",
        FeeRefusal::NoChildren | FeeRefusal::TooManyChildren { .. } | FeeRefusal::RepeatedChild => "children",
        FeeRefusal::NoTariff { .. } | FeeRefusal::HolidaysUnknown { .. } => "date",
        FeeRefusal::TariffUnusable => "tariff",
    }
}

fn line(block: &FeeLine, date: Date) -> Value {
    json!({
        "from": moment(block.from, date),
        "to": moment(block.to, date),
        "band": block.band,
        "reason": block.reason.to_string(),
        "children": block
            .children
            .iter()
            .map(|share| json!({ "fee": share.fee, "benefit": share.benefit }))
            .collect::<Vec<_>>(),
    })
}

/// `11:30`, with its date when that is another day than the activity's.
fn moment(moment: Instant, date: Date) -> String {
    let clock = hhmm(moment.minute_of_day());
    if moment.date() == date { clock } else { format!("{}T{clock}", iso_date(moment.date())) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::path::PathBuf;

    fn args(date: &str, from: &str, to: &str, children: &str) -> FeeArgs {
        FeeArgs { date: date.into(), from: from.into(), to: to.into(), children: children.into(), ..FeeArgs::default() }
    }

    fn nagoya() -> Option<PathBuf> {
        Some(PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../tariffs/nagoya.toml")))
    }

    fn field(args: &FeeArgs) -> &'static str {
        answer(args).unwrap_err().field
    }

    #[test]
    fn the_newsletters_activity_with_a_coupon_and_expenses() {
        let args = FeeArgs {
            coupons: Some("1".into()),
            expenses: Some("300".into()),
            ..args("2024-03-30", "11:30", "13:30", "1")
        };
        let line = |from, to| {
            json!({"from": from, "to": to, "band": "out_of_hours", "reason": "saturday",
                "children": [{"fee": 600, "benefit": 500}]})
        };
        let expected = json!({
            "fee": 1200, "coupons_used": 1, "coupon_yen": 500, "expenses": 300, "user_pays": 1000,
            "benefit": 1000, "provider_receives": 2500,
            "lines": [line("11:30", "12:30"), line("12:30", "13:30")],
        });
        assert_eq!(answer(&args).unwrap(), expected);
    }

    #[test]
    fn the_citys_figures_come_out_of_its_file() {
        for (date, from, to, children, fee, benefit) in [
            ("2024-03-29", "10:00", "10:40", "1", 500, 500),
            ("2024-03-29", "10:00", "11:30", "1", 750, 750),
            ("2024-03-30", "10:00", "12:00", "1", 1200, 1000),
            ("2024-03-29", "10:00", "11:00", "2", 750, 1000),
            ("2023-06-30", "10:00", "11:30", "1", 1200, 0),
            ("令和6年3月29日", "１０：００", "11時半", "１人", 750, 750),
        ] {
            let answer = answer(&args(date, from, to, children)).unwrap();
            assert_eq!((answer["fee"].as_i64(), answer["benefit"].as_i64()), (Some(fee), Some(benefit)), "{date} {to}");
        }
    }

    #[test]
    fn nagoya_has_no_first_hour_and_no_benefit() {
        let mut args = FeeArgs { tariff: nagoya(), ..args("2024-03-29", "10:00", "10:20", "2") };
        let fee = |args: &FeeArgs| {
            let answer = answer(args).unwrap();
            (answer["fee"].as_i64().unwrap(), answer["provider_receives"].as_i64().unwrap())
        };
        assert_eq!(fee(&args), (600, 600));
        args.to = "10:31".into();
        assert_eq!(fee(&args), (1200, 1200));
        args.from = "18:30".into();
        args.to = "19:30".into();
        args.children = "1".into();
        assert_eq!(fee(&args), (1000, 1000));
        args.coupons = Some("1".into());
        assert_eq!(field(&args), "coupons");
    }

    #[test]
    fn tickets_are_the_youngests_unless_another_is_named() {
        let mut args = FeeArgs { coupons: Some("1".into()), ..args("2024-03-29", "10:00", "12:30", "2") };
        assert_eq!(answer(&args).unwrap()["coupon_yen"], 250);
        args.coupon_child = Some("1".into());
        assert_eq!(answer(&args).unwrap()["coupon_yen"], 500);
        args.coupons = Some("2".into());
        assert_eq!(answer(&args).unwrap()["coupon_yen"], 1000);
        // The half hour at the end takes no ticket.
        args.coupons = Some("3".into());
        assert_eq!(answer(&args).unwrap_err().error, "at most 2 tickets can be used here");
        args.to = "19:00".into();
        args.coupons = Some("9".into());
        assert_eq!(answer(&args).unwrap_err().error, "a child is issued 8 tickets");
        args.coupons = Some("0".into());
        assert_eq!(answer(&args).unwrap()["coupons_used"], 0);
    }

    #[test]
    fn an_end_on_the_next_day_must_be_said() {
        let mut args = args("2024-03-29", "23:00", "00:30", "1");
        assert_eq!(field(&args), "to");
        args.next_day = true;
        let night = answer(&args).unwrap();
        assert_eq!(night["fee"], 900);
        assert_eq!(night["lines"][1]["from"], "2024-03-30T00:00");
        args.to = "23:30".into();
        assert_eq!(field(&args), "to");
        args.from = "00:30".into();
        args.to = "00:30".into();
        assert_eq!(answer(&args).unwrap()["lines"].as_array().unwrap().len(), 24);
        args.next_day = false;
        assert_eq!(field(&args), "to");
    }

    #[test]
    fn the_days_end_is_24_00() {
        let end = args("2024-03-29", "23:00", "24:00", "1");
        let midnight = FeeArgs { to: "0:00".into(), next_day: true, ..end.clone() };
        assert_eq!(answer(&end).unwrap(), answer(&midnight).unwrap());
        assert_eq!(answer(&end).unwrap()["lines"][0]["to"], "2024-03-30T00:00");
        let ten = FeeArgs { from: "10".into(), to: "11".into(), ..end };
        assert_eq!(answer(&ten).unwrap()["lines"][0]["from"], "10:00");
    }

    #[test]
    fn a_day_beyond_the_known_holidays_is_refused_with_the_last_one() {
        let error = answer(&args("2028-01-05", "10:00", "11:00", "1")).unwrap_err();
        assert_eq!((error.field, error.error.contains("2027-12-31")), ("date", true), "{error:?}");
    }

    #[test]
    fn what_cannot_be_used_is_named() {
        let good = args("2024-03-29", "10:00", "11:00", "1");
        assert!(answer(&good).is_ok());
        assert_eq!(field(&FeeArgs { date: "2024-02-30".into(), ..good.clone() }), "date");
        assert_eq!(field(&FeeArgs { date: "2031-02-03".into(), ..good.clone() }), "date");
        assert_eq!(field(&FeeArgs { from: "ten".into(), ..good.clone() }), "from");
        assert_eq!(field(&FeeArgs { to: "24:30".into(), ..good.clone() }), "to");
        assert_eq!(field(&FeeArgs { to: "10:00".into(), ..good.clone() }), "to");
        for children in ["0", "11", "-1", "", "x"] {
            assert_eq!(field(&FeeArgs { children: children.into(), ..good.clone() }), "children", "{children}");
        }
        for child in ["0", "2", "x"] {
            assert_eq!(field(&FeeArgs { coupon_child: Some(child.into()), ..good.clone() }), "coupon_child", "{child}");
        }
        for yen in ["-1", "100000", "x"] {
            assert_eq!(field(&FeeArgs { expenses: Some(yen.into()), ..good.clone() }), "expenses", "{yen}");
        }
        for coupons in ["-1", "2", "x"] {
            assert_eq!(field(&FeeArgs { coupons: Some(coupons.into()), ..good.clone() }), "coupons", "{coupons}");
        }
        assert_eq!(field(&FeeArgs { tariff: Some("no-such-file.toml".into()), ..good }), "tariff");
    }
}
