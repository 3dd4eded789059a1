//! People: accounts, sessions, invitations, claims, tokens.

mod account;
mod claim;
mod invitation;
mod session;
mod token;

pub use account::{AccountChange, AccountInfo, NewAccount};
pub use claim::{ClaimInfo, ClaimState};
pub use invitation::{InvitationInfo, InvitationState, Invited, NewInvitation};
pub use session::{Session, SignedIn};
pub use token::{NewToken, TokenInfo};
