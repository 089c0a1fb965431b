//! Hours of the week, also when the clocks change.

use proptest::prelude::*;

use super::*;

const MINUTE: i64 = 60_000;
const HOUR: i64 = 60 * MINUTE;

fn form(zone: &str, windows: &[(&[Day], &str, &str)]) -> HoursForm {
    let window = |(days, from, to): &(&[Day], &str, &str)| WindowForm {
        days: days.to_vec(),
        from: (*from).into(),
        to: (*to).into(),
    };
    HoursForm { zone: zone.into(), windows: windows.iter().map(window).collect() }
}

fn hours(zone: &str, windows: &[(&[Day], &str, &str)]) -> Hours {
    Hours::parse(&form(zone, windows)).unwrap()
}

/// Unix milliseconds of an RFC 3339 time.
fn at(time: &str) -> i64 {
    time.parse::<Timestamp>().unwrap().as_millisecond()
}

/// For how many minutes of a stretch of time somebody is admitted.
fn minutes_open(hours: &Hours, from: &str, to: &str) -> usize {
    (at(from)..at(to)).step_by(MINUTE as usize).filter(|time| hours.admits(*time)).count()
}

#[test]
fn an_office_in_seoul() {
    use Day::{Fri, Mon, Thu, Tue, Wed};
    let office = hours("Asia/Seoul", &[(&[Mon, Tue, Wed, Thu, Fri], "08:30", "18:00")]);
    for (time, open) in [
        ("2026-11-23T08:29:59.999+09:00", false),
        ("2026-11-23T08:30:00+09:00", true),
        ("2026-11-23T17:59:59.999+09:00", true),
        ("2026-11-23T18:00:00+09:00", false),
        ("2026-11-22T23:30:00Z", true),
        ("2026-11-22T12:00:00+09:00", false),
        ("2026-11-27T12:00:00+09:00", true),
        ("2026-11-28T12:00:00+09:00", false),
    ] {
        assert_eq!(office.admits(at(time)), open, "{time}");
    }
    assert!(!office.admits(i64::MAX) && !office.admits(i64::MIN));
}

#[test]
fn a_window_that_passes_midnight_belongs_to_the_day_on_which_it_begins() {
    let night = hours("Asia/Tokyo", &[(&[Day::Sun], "22:00", "06:00")]);
    for (time, open) in [
        ("2026-11-22T05:59:00+09:00", false),
        ("2026-11-22T21:59:00+09:00", false),
        ("2026-11-22T22:00:00+09:00", true),
        ("2026-11-23T00:00:00+09:00", true),
        ("2026-11-23T05:59:00+09:00", true),
        ("2026-11-23T06:00:00+09:00", false),
        ("2026-11-23T23:00:00+09:00", false),
    ] {
        assert_eq!(night.admits(at(time)), open, "{time}");
    }
    let to_midnight = hours("Asia/Tokyo", &[(&[Day::Sun], "22:00", "00:00")]);
    let to_24 = hours("Asia/Tokyo", &[(&[Day::Sun], "22:00", "24:00")]);
    for hours in [to_midnight, to_24] {
        assert_eq!(minutes_open(&hours, "2026-11-22T00:00:00+09:00", "2026-11-24T00:00:00+09:00"), 120);
    }
}

/// On 2026-03-29 the clocks in Berlin go from 02:00 to 03:00, on 2026-10-25 from 03:00 back to 02:00.
#[test]
fn the_wall_clock_decides_when_summer_time_begins_and_ends() {
    let missing = hours("Europe/Berlin", &[(&[Day::Sun], "02:15", "02:45")]);
    assert_eq!(minutes_open(&missing, "2026-03-22T00:00:00+01:00", "2026-03-23T00:00:00+01:00"), 30);
    assert_eq!(minutes_open(&missing, "2026-03-29T00:00:00+01:00", "2026-03-30T00:00:00+02:00"), 0);
    assert_eq!(minutes_open(&missing, "2026-10-25T00:00:00+02:00", "2026-10-26T00:00:00+01:00"), 60);
    let night = hours("Europe/Berlin", &[(&[Day::Sat], "22:00", "06:00")]);
    for (from, to, long) in [
        ("2026-03-21T12:00:00+01:00", "2026-03-22T12:00:00+01:00", 8),
        ("2026-03-28T12:00:00+01:00", "2026-03-29T12:00:00+02:00", 7),
        ("2026-10-24T12:00:00+02:00", "2026-10-25T12:00:00+01:00", 9),
    ] {
        assert_eq!(minutes_open(&night, from, to), long * 60, "{from}");
    }
    let morning = hours("Europe/Berlin", &[(&[Day::Mon], "08:00", "09:00")]);
    assert!(morning.admits(at("2026-03-23T07:00:00Z")) && morning.admits(at("2026-03-30T06:00:00Z")));
    assert!(!morning.admits(at("2026-03-30T07:00:00Z")));
}

#[test]
fn forms_that_are_no_hours_are_refused_with_the_reason() {
    let good: &[(&[Day], &str, &str)] = &[(&[Day::Mon], "08:30", "18:00")];
    for zone in ["", "Asia/Soul", "KST-9", "Etc/Unknown", "../../etc/passwd", "+09:00"] {
        assert_eq!(Hours::parse(&form(zone, good)), Err(HoursError::ZoneUnknown), "{zone}");
    }
    assert_eq!(hours("asia/seoul", good), hours("Asia/Seoul", good));
    assert_eq!(Hours::parse(&form("UTC", &[])), Err(HoursError::NoWindow));
    assert_eq!(Hours::parse(&form("UTC", &[good[0]; 33])), Err(HoursError::TooManyWindows));
    assert_eq!(Hours::parse(&form("UTC", &[good[0], (&[], "08:30", "18:00")])), Err(HoursError::NoDay(2)));
    for time in ["", "8:30", "08:60", "24:01", "25:00", "08.30", "08:30:00", "-8:30", "०८:३०", "0830 "] {
        for window in [(time, "18:00"), ("08:30", time)] {
            let refused = Hours::parse(&form("UTC", &[(&[Day::Mon], window.0, window.1)]));
            assert_eq!(refused, Err(HoursError::Time(1)), "{window:?}");
        }
    }
    assert_eq!(Hours::parse(&form("UTC", &[(&[Day::Mon], "24:00", "18:00")])), Err(HoursError::Time(1)));
    assert_eq!(Hours::parse(&form("UTC", &[(&[Day::Mon], "08:30", "08:30")])), Err(HoursError::EmptyWindow(1)));
    assert_eq!(HoursError::EmptyWindow(1).as_str(), "hours_empty_window");
}

#[test]
fn the_written_form_is_small_json_and_typos_are_errors() {
    let text = r#"{"zone":"Asia/Seoul","windows":[{"days":["mon","tue"],"from":"08:30","to":"18:00"}]}"#;
    let read: HoursForm = serde_json::from_str(text).unwrap();
    assert_eq!(read, form("Asia/Seoul", &[(&[Day::Mon, Day::Tue], "08:30", "18:00")]));
    assert_eq!(serde_json::to_string(&read).unwrap(), text);
    assert!(serde_json::from_str::<HoursForm>(&text.replace("to\"", "till\"")).is_err());
    assert!(serde_json::from_str::<HoursForm>(&text.replace("mon", "monday")).is_err());
}

#[test]
fn a_zone_says_what_hour_it_is() {
    let berlin = Zone::parse("europe/berlin").unwrap();
    assert_eq!(berlin.name(), "Europe/Berlin");
    assert_eq!(berlin.hour(at("2026-07-01T22:30:00Z")), Some(0));
    assert_eq!(berlin.hour(at("2026-12-01T22:30:00Z")), Some(23));
    assert_eq!(berlin.hour(i64::MAX), None);
}

proptest! {
    /// Neither zone has changed its clocks since 1988 or 1951, so plain arithmetic is a second opinion.
    #[test]
    fn seoul_and_tokyo_are_nine_hours_ahead(
        time in 700_000_000_000i64..4_000_000_000_000,
        days in prop::collection::btree_set(0i64..7, 1..7),
        from in 0i64..1440,
        to in 0i64..=1440,
    ) {
        prop_assume!(from != to);
        const ALL: [Day; 7] = [Day::Mon, Day::Tue, Day::Wed, Day::Thu, Day::Fri, Day::Sat, Day::Sun];
        let named: Vec<Day> = days.iter().map(|day| ALL[*day as usize]).collect();
        let text = |minute: i64| format!("{:02}:{:02}", minute / 60, minute % 60);
        let local = time + 9 * HOUR;
        // 1970-01-01 was a Thursday.
        let (day, minute) = ((local.div_euclid(24 * HOUR) + 3).rem_euclid(7), local.rem_euclid(24 * HOUR) / MINUTE);
        let open = if from < to {
            days.contains(&day) && (from..to).contains(&minute)
        } else {
            days.contains(&day) && minute >= from || days.contains(&((day + 6) % 7)) && minute < to
        };
        for zone in ["Asia/Seoul", "Asia/Tokyo"] {
            prop_assert_eq!(hours(zone, &[(&named, &text(from), &text(to))]).admits(time), open);
        }
    }
}

/// The minutes of a period in which the clock shows that hour, one by one.
fn minutes_of(zone: &Zone, weekday: u8, hour: u8, within: std::ops::Range<i64>) -> Vec<i64> {
    let shows = |at: &i64| {
        let (day, minute) = zone.wall_clock(*at).unwrap();
        (day.to_monday_zero_offset(), minute / 60) == (weekday as i8, u16::from(hour))
    };
    within.step_by(60_000).filter(shows).collect()
}

#[test]
fn hours_of_the_week_are_those_that_the_clock_shows() {
    // Clocks go back in New York on 2026-11-01 at 06:00 UTC; on Lord Howe they go forward by half an hour on 2026-10-03 at
    // 15:30 UTC; Nepal is three quarters off.
    for (zone, around) in [
        ("America/New_York", 1_793_512_800_000),
        ("Australia/Lord_Howe", 1_791_041_400_000),
        ("Asia/Kathmandu", 1_793_512_800_000),
        ("UTC", 60 * 60_000_000),
    ] {
        let zone = Zone::parse(zone).unwrap();
        let within = around - 13 * 60_000..around + 9 * 24 * 3_600_000;
        let mut all = 0;
        for (weekday, hour) in (0..7).flat_map(|day| (0..24).map(move |hour| (day, hour))) {
            let found: Vec<_> = zone.hours_of_week(weekday, hour, within.clone()).unwrap().collect();
            assert!(found.iter().all(|range| range.start < range.end) && found.is_sorted_by_key(|range| range.start));
            let minutes: Vec<i64> = found.into_iter().flat_map(|range| range.step_by(60_000)).collect();
            assert_eq!(minutes, minutes_of(&zone, weekday, hour, within.clone()), "{zone:?} {weekday} {hour}");
            all += minutes.len();
        }
        assert_eq!(all, within.step_by(60_000).count());
    }
    assert!(Zone::parse("UTC").unwrap().hours_of_week(0, 0, 0..i64::MAX).is_none());
}
