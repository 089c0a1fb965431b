//! The tables as sea-orm sees them, one file each; their columns are described in the migrations.
#![expect(unreachable_pub, reason = "sea-orm's derives write pub")]

pub(super) mod account;
pub(super) mod account_link;
pub(super) mod address_rule;
pub(super) mod alert;
pub(super) mod api_token;
pub(super) mod audit;
pub(super) mod audit_head;
pub(super) mod audit_personal;
pub(super) mod block;
pub(super) mod checkpoint;
pub(super) mod data_key;
pub(super) mod group;
pub(super) mod group_member;
pub(super) mod live_sign_in;
pub(super) mod recovery_code;
pub(super) mod review;
pub(super) mod search_index;
pub(super) mod session;
pub(super) mod session_name;
pub(super) mod session_tag;
pub(super) mod setting;
pub(super) mod statement;
pub(super) mod witness_standing;
