//! What the runners of tests print of those that failed, kept for the end of a run: there it is found,
//! and there it still is in a log of which only the end was kept.

/// Longest part of one failure that is kept, in lines.
const MAX_LINES: usize = 30;

/// The kept lines of all failures.
#[derive(Default)]
pub struct Failures {
    lines: Vec<String>,
    /// Whether the last line belonged to a failure, and how many lines of it are kept.
    open: Option<(Runner, usize)>,
}

/// Whose failure is being read.
#[derive(Clone, Copy, PartialEq)]
enum Runner {
    /// `---- NAME stdout ----`, then the panic, then a note or a backtrace.
    Cargo,
    /// `NAME ... FAILED (1.2 s)`, then indented lines.
    Python,
}

impl Failures {
    /// Takes the next line that a runner printed.
    pub fn hear(&mut self, line: &str) {
        if line.starts_with("---- ") && line.ends_with(" ----") {
            self.open = Some((Runner::Cargo, 0));
        } else if line.contains(" ... FAILED (") {
            self.open = Some((Runner::Python, 0));
        } else if self.ends(line) {
            self.open = None;
        }
        if let Some((_, kept)) = &mut self.open
            && *kept < MAX_LINES
            && !line.is_empty()
        {
            *kept += 1;
            self.lines.push(String::from(line));
        }
    }

    /// The lines kept so far.
    pub fn into_lines(self) -> Vec<String> {
        self.lines
    }

    /// Whether `line` no longer belongs to the open failure.
    fn ends(&self, line: &str) -> bool {
        match self.open {
            Some((Runner::Cargo, _)) => ["note: ", "stack backtrace:", "failures:"]
                .iter()
                .any(|end| line.starts_with(end)),
            Some((Runner::Python, _)) => !line.starts_with("    "),
            None => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kept(text: &str) -> Vec<String> {
        let mut failures = Failures::default();
        text.lines().for_each(|line| failures.hear(line));
        failures.into_lines()
    }

    #[test]
    fn a_panic_is_kept_and_its_backtrace_is_not() {
        let text = "test a ... FAILED\ntest b ... ok\n\nfailures:\n\n---- a stdout ----\n\n\
                    thread 'a' panicked at src/lib.rs:3:5:\n2 is not 3\nstack backtrace:\n  0: core\n\n\
                    failures:\n    a\n";
        let expected = [
            "---- a stdout ----",
            "thread 'a' panicked at src/lib.rs:3:5:",
            "2 is not 3",
        ];
        assert_eq!(kept(text), expected);
    }

    #[test]
    fn what_a_python_test_said_is_kept() {
        let text = "test_a ... ok (1.0 s)\n    fine\ntest_b ... FAILED (2.0 s)\n    too loud\n\
                    test_c ... ok (0.1 s)\n    fine\n1 passed, 1 failed";
        assert_eq!(kept(text), ["test_b ... FAILED (2.0 s)", "    too loud"]);
    }

    #[test]
    fn an_endless_failure_is_cut() {
        let text = format!("t ... FAILED (1 s)\n{}", "    x\n".repeat(100));
        assert_eq!(kept(&text).len(), MAX_LINES);
    }
}
