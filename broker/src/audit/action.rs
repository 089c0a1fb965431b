//! Everything that the audit log has a name for.

macro_rules! actions {
    ($($(#[$doc:meta])* $variant:ident = $text:literal,)*) => {
        /// What was done. The text never changes its meaning.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum Action {
            $($(#[$doc])* $variant,)*
        }

        impl Action {
            /// All of them.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)*];

            /// The stable text.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $text,)* }
            }

            /// The text as it stands in a row.
            #[must_use]
            pub const fn name(self) -> beside_audit::Action {
                match self { $(Self::$variant => const { beside_audit::Action::fixed($text) },)* }
            }
        }
    };
}

actions! {
    /// Somebody signed in.
    SignInSucceeded = "sign_in.succeeded",
    /// Somebody tried to; `outcome` says what was wrong.
    SignInRefused = "sign_in.refused",
    /// A sign-in ended.
    SignInEnded = "sign_in.ended",
    /// The second factor was given again for a sensitive action.
    StepUp = "sign_in.stepped_up",
    /// A signed-in account asked for what it may not do, or from where it may not be.
    AccessRefused = "access.refused",
    /// An account was made.
    AccountCreated = "account.created",
    /// Name or role of an account changed.
    AccountChanged = "account.changed",
    /// An account ended, with its sign-ins, codes and sessions.
    AccountEnded = "account.ended",
    /// The lock after failed sign-ins was lifted.
    AccountUnlocked = "account.unlocked",
    /// A one-time account link was made.
    AccountLinkMade = "account.link_made",
    /// A one-time account link was used.
    AccountLinkUsed = "account.link_used",
    /// A password changed.
    PasswordChanged = "account.password_changed",
    /// A second factor was set up.
    SecondFactorSet = "account.second_factor_set",
    /// A recovery code stood in for the second factor.
    RecoveryCodeUsed = "account.recovery_code_used",
    /// The name of an ended account was replaced, as the retention rules ask.
    AccountPseudonymised = "account.pseudonymised",
    /// A group was made.
    GroupCreated = "group.created",
    /// A group's name changed.
    GroupChanged = "group.changed",
    /// A group was deleted.
    GroupDeleted = "group.deleted",
    /// An account joined a group.
    GroupJoined = "group.joined",
    /// An account left a group.
    GroupLeft = "group.left",
    /// An address or range was listed.
    AddressAdded = "address.added",
    /// An address or range was taken off the list.
    AddressRemoved = "address.removed",
    /// Hours of an account or group changed.
    HoursChanged = "hours.changed",
    /// The policy changed.
    PolicyChanged = "policy.changed",
    /// An API token was made.
    TokenMade = "token.made",
    /// An API token was revoked.
    TokenRevoked = "token.revoked",
    /// A signed statement was uploaded.
    StatementUploaded = "statement.uploaded",
    /// A customer knocked.
    SessionKnocked = "session.knocked",
    /// The customer gave a name.
    SessionNamed = "session.named",
    /// The operator let the customer in.
    SessionAccepted = "session.accepted",
    /// An app reported something of a session; `kind` says what.
    SessionReported = "session.reported",
    /// A session or attempt ended.
    SessionEnded = "session.ended",
    /// The two apps told different stories of a session.
    SessionDiffers = "session.differs",
    /// The operator said what came of a session, and what it was about.
    SessionNoted = "session.noted",
    /// The customer rated a session.
    SessionRated = "session.rated",
    /// The log was read.
    LogRead = "log.read",
    /// The log or a part of it was exported.
    LogExported = "log.exported",
    /// Personal data past its time was deleted.
    PersonalDataDeleted = "log.personal_data_deleted",
    /// Rows of the log past their time were deleted, up to a checkpoint; `through` is the last of them.
    RowsDeleted = "log.rows_deleted",
    /// A monthly access review was signed off.
    ReviewSignedOff = "review.signed_off",
    /// What follows was made up: `demo-data` filled the database.
    DemoDataMade = "demo_data.made",
    /// An alert was raised.
    AlertRaised = "alert.raised",
    /// An alert was marked as seen.
    AlertSeen = "alert.seen",
    /// An account or a place was blocked.
    BlockMade = "block.made",
    /// A block was lifted before its time.
    BlockLifted = "block.lifted",
    /// A new data key seals what is written from now on.
    KeyRotated = "key.rotated",
    /// An old data key was deleted: nothing is sealed under it any more.
    KeyDeleted = "key.deleted",
    /// The data keys were wrapped under another key-encryption key.
    KeyRewrapped = "key.rewrapped",
    /// A backup was made.
    BackupMade = "backup.made",
    /// The database was restored from a backup.
    BackupRestored = "backup.restored",
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_action_has_a_name_of_its_own() {
        let names: BTreeSet<_> = Action::ALL.iter().map(|action| action.as_str()).collect();
        assert_eq!(names.len(), Action::ALL.len());
        for name in names {
            assert!(name.split('.').count() == 2 && name.len() <= 64, "{name}");
        }
        // The verifier looks for it.
        assert_eq!(Action::RowsDeleted.name(), beside_audit::ROWS_DELETED);
    }
}
