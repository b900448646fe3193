//! A mail on its way out.

use crate::workflow::keyed;

keyed!(
    /// Where a mail of the outbox stands.
    MailStatus {
        /// It is to be sent, perhaps again.
        Waiting = "waiting",
        /// The mail server took it.
        Sent = "sent",
        /// It will never be taken.
        Failed = "failed",
    }
);
