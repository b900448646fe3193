//! What commands print: a reader that has gone away (`kosapo fee … | true`) ends them quietly.

use std::io::{ErrorKind, Write};

/// Prints one text with a line end to standard output.
///
/// # Errors
/// A sentence when the output cannot be written, such as on a full disk; a reader that has gone is no fault.
pub fn say(text: &str) -> Result<(), String> {
    written(&mut std::io::stdout().lock(), text)
}

/// Prints one text with a line end to standard error; where nobody can read it there is nobody left to say so to.
pub fn complain(text: &str) {
    let _ = written(&mut std::io::stderr().lock(), text);
}

fn written(out: &mut impl Write, text: &str) -> Result<(), String> {
    match writeln!(out, "{text}").and_then(|()| out.flush()) {
        Err(error) if error.kind() != ErrorKind::BrokenPipe => Err(format!("the output cannot be written: {error}")),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Broken(ErrorKind);

    impl Write for Broken {
        fn write(&mut self, _: &[u8]) -> std::io::Result<usize> {
            Err(self.0.into())
        }

        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn a_reader_that_has_gone_is_no_fault_and_a_full_disk_is_one() {
        assert_eq!(written(&mut Broken(ErrorKind::BrokenPipe), "text"), Ok(()));
        assert!(written(&mut Broken(ErrorKind::StorageFull), "text").is_err());
        let mut out = Vec::new();
        written(&mut out, "text").unwrap();
        assert_eq!(out, b"text\n");
    }
}
