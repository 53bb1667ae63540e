//! What goes wrong at a portal until it is mended; a [`Fault`](crate::Fault) happens to one call only.

/// Something that is wrong with a portal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PortalFault {
    /// Calls about this account are refused.
    Account {
        /// The account's id.
        account_id: String,
        /// The HTTP status: 403, 500…
        status: u16,
        /// What programs branch on.
        code: &'static str,
    },
    /// Calls about this account are not answered before the portal is mended.
    Hang {
        /// The account's id.
        account_id: String,
    },
    /// What is answered about this account is cut off in its middle, and so no JSON.
    BadJson {
        /// The account's id.
        account_id: String,
    },
    /// Each page of accounts names itself as the next one.
    EndlessPages,
    /// Each account stands in the list twice.
    Duplicates,
}

impl PortalFault {
    /// The account that calls must be about for it to show.
    pub(super) fn account_id(&self) -> Option<&str> {
        match self {
            Self::Account { account_id, .. } | Self::Hang { account_id } | Self::BadJson { account_id } => {
                Some(account_id)
            }
            Self::EndlessPages | Self::Duplicates => None,
        }
    }
}
