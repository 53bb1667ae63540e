//! How far this machine's clock is from AWS's, as answers tell it.
//!
//! Deliberately absent: setting the machine's clock, and a second opinion. The latest answer
//! counts, so a clock that was put right is noticed with the next call.

use super::Reach;
use super::endpoint::is_loopback;
use crate::clock;
use jiff::{SignedDuration, Timestamp};
use std::time::SystemTime;
use tokio::sync::watch;

/// What is less counts as no difference: AWS allows minutes, a Date header is rounded to seconds,
/// and an answer may be on its way for a while.
const IGNORED: SignedDuration = SignedDuration::from_secs(60);
/// By how much a measurement may differ from what is known without being news.
const JITTER: SignedDuration = SignedDuration::from_secs(5);

/// The difference between AWS's clock and this machine's (theirs − ours), shared by everything
/// that calls AWS; less than a minute is none.
#[derive(Clone, Debug)]
pub(crate) struct ClockOffset(watch::Sender<SignedDuration>);

impl Default for ClockOffset {
    fn default() -> Self {
        Self(watch::Sender::new(SignedDuration::ZERO))
    }
}

impl ClockOffset {
    /// The difference as it is known now.
    pub(crate) fn get(&self) -> SignedDuration {
        *self.0.borrow()
    }

    /// Tells of each change.
    pub(crate) fn changes(&self) -> watch::Receiver<SignedDuration> {
        self.0.subscribe()
    }

    /// The present, by AWS's clock.
    pub(crate) fn now(&self) -> Timestamp {
        clock::now().checked_add(self.get()).unwrap_or_else(|_| clock::now())
    }

    /// Learns from an answer's Date header; it was written between `sent` and `received`.
    pub(super) fn learn(&self, date: &str, sent: Timestamp, received: Timestamp) {
        let Some(theirs) = date_of(date) else { return };
        let on_the_way = received.duration_since(sent);
        if on_the_way.is_negative() {
            // The clock was set meanwhile.
            return;
        }
        let Ok(ours) = sent.checked_add(on_the_way / 2) else { return };
        let mut measured = theirs.duration_since(ours);
        if measured.abs() < IGNORED {
            measured = SignedDuration::ZERO;
        }
        self.0.send_if_modified(|known| {
            let is_news = (measured - *known).abs() > JITTER;
            if is_news {
                *known = measured;
            }
            is_news
        });
    }

    /// Whether what was signed for `signed`, and sent at `sent`, would be signed for quite another
    /// time now.
    pub(super) fn is_wrong(&self, signed: Timestamp, sent: Timestamp) -> bool {
        let difference = signed.duration_since(sent) - self.get();
        difference.abs() >= IGNORED
    }
}

/// Whether an endpoint's Date is believed: it has shown a certificate, or it is this machine.
pub(super) fn is_believed(reach: &Reach) -> bool {
    !reach.plain || is_loopback(&reach.host)
}

impl aws_smithy_async::time::TimeSource for ClockOffset {
    fn now(&self) -> SystemTime {
        SystemTime::try_from(Self::now(self)).unwrap_or(SystemTime::UNIX_EPOCH)
    }
}

/// The time of an HTTP Date header.
pub(crate) fn date_of(header: &str) -> Option<Timestamp> {
    static PARSER: jiff::fmt::rfc2822::DateTimeParser = jiff::fmt::rfc2822::DateTimeParser::new();
    PARSER.parse_timestamp(header).ok()
}

/// The time of an X-Amz-Date header.
pub(super) fn signed_at(header: &str) -> Option<Timestamp> {
    let time = jiff::civil::DateTime::strptime("%Y%m%dT%H%M%SZ", header).ok()?;
    jiff::tz::TimeZone::UTC.to_timestamp(time).ok()
}

/// `12 minutes behind`, `3 hours ahead of`: where this clock stands, given what the other shows
/// more than it.
pub(crate) fn off_by(theirs_is_more_by: SignedDuration) -> String {
    let seconds = theirs_is_more_by.unsigned_abs().as_secs();
    let (count, unit) = match seconds {
        0..120 => (seconds, "second"),
        120..7200 => (seconds / 60, "minute"),
        7200..172_800 => (seconds / 3600, "hour"),
        _ => (seconds / 86_400, "day"),
    };
    let plural = if count == 1 { "" } else { "s" };
    let side = if theirs_is_more_by.is_negative() { "ahead of" } else { "behind" };
    format!("{count} {unit}{plural} {side}")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn time(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    #[test]
    fn the_clocks_difference_is_told_in_the_unit_that_fits() {
        assert_eq!(off_by(SignedDuration::from_secs(90)), "90 seconds behind");
        assert_eq!(off_by(SignedDuration::from_secs(-660)), "11 minutes ahead of");
        assert_eq!(off_by(SignedDuration::from_hours(12)), "12 hours behind");
        assert_eq!(off_by(SignedDuration::from_hours(-24 * 30)), "30 days ahead of");
    }

    #[test]
    fn headers_with_a_time_are_read() {
        let then = time("2026-11-23T19:41:35Z");
        assert_eq!(date_of("Mon, 23 Nov 2026 19:41:35 GMT"), Some(then));
        assert_eq!(date_of("yesterday"), None);
        assert_eq!(signed_at("20261123T194135Z"), Some(then));
        assert_eq!(signed_at("2026-11-23"), None);
    }

    #[test]
    fn what_matters_is_learnt_and_what_flickers_is_not() {
        let offset = ClockOffset::default();
        let mut changes = offset.changes();
        let ours = time("2026-11-23T07:41:35Z");
        let learn = |date: &str| offset.learn(date, ours, ours + SignedDuration::from_secs(2));
        learn("Mon, 23 Nov 2026 07:42:30 GMT");
        assert_eq!(offset.get(), SignedDuration::ZERO, "less than a minute is none");
        assert!(!changes.has_changed().unwrap());
        learn("Mon, 23 Nov 2026 19:41:36 GMT");
        assert_eq!(offset.get(), SignedDuration::from_hours(12));
        assert!(changes.has_changed().unwrap());
        changes.mark_unchanged();
        learn("Mon, 23 Nov 2026 19:41:39 GMT");
        assert!(!changes.has_changed().unwrap(), "it stays what it is");
        learn("nonsense");
        assert_eq!(offset.get(), SignedDuration::from_hours(12));
        learn("Sun, 22 Nov 2026 19:41:36 GMT");
        assert_eq!(offset.get(), SignedDuration::from_hours(-12));
        learn("Mon, 23 Nov 2026 07:41:36 GMT");
        assert_eq!(offset.get(), SignedDuration::ZERO, "somebody put the clock right");
    }

    #[test]
    fn a_signature_is_wrong_where_another_time_would_be_signed_for_now() {
        let offset = ClockOffset::default();
        let sent = time("2026-11-23T07:41:35Z");
        assert!(!offset.is_wrong(sent, sent));
        offset.learn("Mon, 23 Nov 2026 19:41:35 GMT", sent, sent);
        assert!(offset.is_wrong(sent, sent));
        assert!(!offset.is_wrong(sent + SignedDuration::from_hours(12), sent));
    }

    #[test]
    fn only_who_showed_a_certificate_or_is_this_machine_is_believed() {
        for (url, believed) in [
            ("https://sts.amazonaws.com", true),
            ("http://127.0.0.1:4566", true),
            ("http://169.254.169.254", false),
        ] {
            assert_eq!(is_believed(&Reach::straight(&url.parse().unwrap())), believed, "{url}");
        }
    }
}
