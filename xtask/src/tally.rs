//! Counts of tests, from what their runners print.

use std::fmt;
use std::ops::AddAssign;

/// How many tests passed, failed and were skipped.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Tally {
    /// Tests that passed.
    pub passed: u32,
    /// Tests that failed; a part that crashed counts as one.
    pub failed: u32,
    /// Tests, or whole parts, that did not run.
    pub skipped: u32,
}

impl Tally {
    /// One part that failed as a whole.
    pub const CRASHED: Self = Self {
        passed: 0,
        failed: 1,
        skipped: 0,
    };

    /// The counts in one line of a runner, if it is one of counts: `test result: ok. 3 passed; 0
    /// failed; 1 ignored; ...` of cargo or `3 passed, 0 failed, 1 skipped` of the Python runner.
    pub fn of_line(line: &str) -> Option<Self> {
        let counts = match line.trim().strip_prefix("test result: ") {
            Some(rest) => rest.split_once(". ")?.1,
            None => line.trim(),
        };
        let mut tally = Self::default();
        let mut found = 0;
        for item in counts.split([';', ',']) {
            let mut words = item.split_whitespace();
            let (Some(number), Some(what), None) = (words.next(), words.next(), words.next())
            else {
                continue;
            };
            let Ok(number) = number.parse::<u32>() else {
                continue;
            };
            let count = match what {
                "passed" => &mut tally.passed,
                "failed" => &mut tally.failed,
                "ignored" | "skipped" => &mut tally.skipped,
                _ => continue,
            };
            *count += number;
            found += 1;
        }
        (found >= 2).then_some(tally)
    }

    /// The counts of a part that ended as it should or not: a failure that none of its lines tells
    /// (a crash, a compile error) counts as one failed.
    pub fn closed(mut self, success: bool) -> Self {
        if !success && self.failed == 0 {
            self += Self::CRASHED;
        }
        self
    }
}

impl AddAssign for Tally {
    fn add_assign(&mut self, other: Self) {
        self.passed += other.passed;
        self.failed += other.failed;
        self.skipped += other.skipped;
    }
}

impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} passed, {} failed", self.passed, self.failed)?;
        if self.skipped > 0 {
            write!(f, ", {} skipped", self.skipped)?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const fn tally(passed: u32, failed: u32, skipped: u32) -> Tally {
        Tally {
            passed,
            failed,
            skipped,
        }
    }

    #[test]
    fn the_lines_of_both_runners_are_read() {
        let cargo = "test result: FAILED. 12 passed; 2 failed; 1 ignored; 0 measured; \
                     3 filtered out; finished in 0.01s";
        assert_eq!(Tally::of_line(cargo), Some(tally(12, 2, 1)));
        assert_eq!(Tally::of_line("7 passed, 0 failed\n"), Some(tally(7, 0, 0)));
        let text = tally(4, 1, 2).to_string();
        assert_eq!(Tally::of_line(&text), Some(tally(4, 1, 2)));
    }

    #[test]
    fn other_lines_are_not_counted() {
        for line in [
            "",
            "running 3 tests",
            "test a ... ok",
            "3 passed",
            "it failed",
        ] {
            assert_eq!(Tally::of_line(line), None, "{line:?}");
        }
    }

    #[test]
    fn a_crash_counts_once() {
        assert_eq!(tally(3, 0, 0).closed(false), tally(3, 1, 0));
        assert_eq!(tally(3, 2, 0).closed(false), tally(3, 2, 0));
        assert_eq!(tally(3, 0, 0).closed(true), tally(3, 0, 0));
    }
}
