//! What a person does with a one-time account link: looks at it, tries passwords, sets password and second factor.
//! The token comes in the body, so that it stands in no log.

pub(super) mod finish;
pub(super) mod judge;
pub(super) mod open;

use beside_broker_core::Address;
use beside_broker_core::Trier;
use beside_protocol::ErrorCode;
use beside_protocol::api::Role;
use beside_protocol::ids::Token;

use super::{Refusal, Shared};
use crate::storage::accounts::StoredAccount;
use crate::storage::links::{LinkPurpose, StoredLink};

/// What a link asks for as the second factor.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub(super) enum SecondFactorStep {
    /// A new one must be set up.
    Needed,
    /// A new one may be set up.
    Possible,
    /// The account has one and keeps it; its code is asked for.
    Kept,
}

impl SecondFactorStep {
    fn of(link: &StoredLink, account: &StoredAccount, shared: &Shared) -> Self {
        let for_all = shared.rules().policy.second_factor_for_all;
        // Who had one has one afterwards: what was lost would otherwise stay good.
        let lost = link.purpose == LinkPurpose::LostEverything && account.second_factor;
        if link.purpose == LinkPurpose::LostPassword && account.second_factor {
            Self::Kept
        } else if lost || for_all || needs_second_factor(account.account.role) {
            Self::Needed
        } else {
            Self::Possible
        }
    }
}

/// Whether a role needs a second factor, whatever the policy says.
pub(super) const fn needs_second_factor(role: Role) -> bool {
    matches!(role, Role::Administrator)
}

/// The link of a token and its account. Wrong ones are counted per place: 256 random bits can't be guessed, but trying
/// should not be free either.
async fn find(shared: &Shared, token: &str, address: Address) -> Result<(Token, StoredLink, StoredAccount), Refusal> {
    let trier = Trier::new("account link", address);
    shared.may_try(trier)?;
    let token: Token = token.parse().map_err(|_| ErrorCode::LinkInvalid)?;
    let link = shared.exchange.storage.link(&token, shared.now()).await?.ok_or(ErrorCode::LinkInvalid)?;
    let account = shared.exchange.storage.account_of_id(&link.account).await?.ok_or(ErrorCode::LinkInvalid)?;
    shared.exchange.delay(|delay| delay.succeeded(trier));
    Ok((token, link, account))
}
