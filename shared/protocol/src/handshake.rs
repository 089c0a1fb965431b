//! First bytes and lengths of the messages that travel before and beside records.

/// First byte of M1, the knock.
pub const M1: u8 = 0x01;
/// First byte of M2, the operator's acceptance.
pub const M2: u8 = 0x02;
/// First byte of M3, the customer's opening of the commitment.
pub const M3: u8 = 0x03;
/// First byte of M4, the operator's proof.
pub const M4: u8 = 0x04;
/// First byte of M5, the customer's verdict.
pub const M5: u8 = 0x05;
/// First byte of A1, the customer's wish to attach another path.
pub const A1: u8 = 0x11;
/// First byte of A2, the operator's answer to it.
pub const A2: u8 = 0x12;
/// First byte of A3, the customer's proof.
pub const A3: u8 = 0x13;
/// First byte of a record.
pub const RECORD: u8 = 0x20;

/// Version of the handshake.
pub const VERSION: u8 = 1;
/// The one suite: P-256, HKDF-SHA256, AES-256-GCM.
pub const SUITE: u8 = 1;

/// Bytes of M1.
pub const M1_LENGTH: usize = 51;
/// Bytes of M2.
pub const M2_LENGTH: usize = 170;
/// Bytes of M3.
pub const M3_LENGTH: usize = 138;
/// Bytes of M5: type, then verdict, rights and lease under a tag.
pub const M5_LENGTH: usize = 1 + 9 + 16;
/// Bytes of A1.
pub const A1_LENGTH: usize = 49;
/// Bytes of A2: type, random, three sequence numbers, HMAC.
pub const A2_LENGTH: usize = 1 + 32 + 24 + 32;
/// Bytes of A3: type, three sequence numbers, HMAC.
pub const A3_LENGTH: usize = 1 + 24 + 32;

/// Feature bit 63 of the customer's capabilities: this client has no org.json.
pub const CAP_NO_ORGANISATION: u64 = 1 << 63;
