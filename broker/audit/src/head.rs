//! Where the log stands: all that has to be known of the rows so far to add the next one.

use thiserror::Error;

use crate::entry::MAX_NUMBER;
use crate::hash::{Hash, leaf_hash, link_hash};
use crate::tree::Frontier;

const VERSION: u8 = 1;
/// Version, size, link.
const FIXED: usize = 1 + 8 + 32;

/// The number of rows, the chain's link and the tree's frontier. A few hundred bytes, whatever the size.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Head {
    link: Hash,
    frontier: Frontier,
}

/// What a row is stored with, besides its line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Appended {
    /// Its number, from 1.
    pub seq: u64,
    /// The chain up to and with it.
    pub link: Hash,
}

/// Bytes that are no head: the column was changed by another hand, or written by a later version.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("not the stored head of an audit log")]
pub struct HeadError;

impl Head {
    /// The head of an empty log.
    #[must_use]
    pub fn new() -> Self {
        Self { link: Hash::ZERO, frontier: Frontier::default() }
    }

    /// Rows so far.
    #[must_use]
    pub const fn size(&self) -> u64 {
        self.frontier.size()
    }

    /// The number that the next row has.
    #[must_use]
    pub const fn next_seq(&self) -> u64 {
        self.size() + 1
    }

    /// The newest row's link; 32 zero bytes in an empty log.
    #[must_use]
    pub const fn link(&self) -> Hash {
        self.link
    }

    /// The root of the tree over all rows.
    #[must_use]
    pub fn root(&self) -> Hash {
        self.frontier.root()
    }

    pub(crate) const fn frontier(&self) -> &Frontier {
        &self.frontier
    }

    /// Adds a row. The line is one that [`Entry::to_line`](crate::Entry::to_line) made for [`Self::next_seq`].
    pub fn append(&mut self, line: &[u8]) -> Appended {
        self.append_leaf(leaf_hash(line))
    }

    pub(crate) fn append_leaf(&mut self, leaf: Hash) -> Appended {
        self.link = link_hash(&self.link, &leaf);
        self.frontier.push(leaf);
        Appended { seq: self.size(), link: self.link }
    }

    /// For one column of the database: version (1 byte), size (8, big-endian), link (32), then the roots of the whole
    /// subtrees from the left (32 each, as many as the size has one-bits).
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = vec![VERSION];
        bytes.extend(self.size().to_be_bytes());
        bytes.extend(self.link.as_bytes());
        self.frontier.subtrees().iter().for_each(|subtree| bytes.extend(subtree.as_bytes()));
        bytes
    }

    /// Reads what [`Self::to_bytes`] wrote.
    ///
    /// # Errors
    /// [`HeadError`]: another version, a size over 2⁵³ − 1, or a length that doesn't follow from the size.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, HeadError> {
        let (fixed, subtrees) = bytes.split_at_checked(FIXED).ok_or(HeadError)?;
        let (version, fixed) = fixed.split_at(1);
        let (size, link) = fixed.split_at(8);
        let size = u64::from_be_bytes(size.try_into().map_err(|_| HeadError)?);
        if version != [VERSION] || size > MAX_NUMBER {
            return Err(HeadError);
        }
        let link = Hash::try_from(link).map_err(|_| HeadError)?;
        let subtrees: Result<Vec<Hash>, _> = subtrees.chunks(32).map(Hash::try_from).collect();
        let frontier = Frontier::from_parts(size, subtrees.map_err(|_| HeadError)?).ok_or(HeadError)?;
        Ok(Self { link, frontier })
    }
}

impl Default for Head {
    fn default() -> Self {
        Self::new()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_head_grows_and_survives_its_column() {
        let mut head = Head::new();
        assert_eq!(head.next_seq(), 1);
        for number in 1..=70_u64 {
            let before = head.link();
            let line = format!("line {number}");
            let appended = head.append(line.as_bytes());
            assert_eq!(appended.seq, number);
            assert_eq!(appended.link, link_hash(&before, &leaf_hash(line.as_bytes())));
            head = Head::from_bytes(&head.to_bytes()).unwrap();
            assert_eq!((head.size(), head.link()), (number, appended.link));
        }
    }

    #[test]
    fn a_column_of_the_wrong_shape_is_refused() {
        let mut head = Head::new();
        head.append(b"1");
        head.append(b"2");
        head.append(b"3");
        let bytes = head.to_bytes();
        let mut later = bytes.clone();
        later[0] = 2;
        let mut larger = bytes.clone();
        larger[8] = 4;
        let mut absurd = bytes.clone();
        absurd[1] = 1;
        for bad in [&bytes[..bytes.len() - 1], &bytes[..40], &[], &later, &larger, &absurd] {
            assert_eq!(Head::from_bytes(bad), Err(HeadError));
        }
    }

    proptest! {
        #[test]
        fn any_bytes_are_a_head_or_refused(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
            if let Ok(head) = Head::from_bytes(&bytes) {
                prop_assert_eq!(head.to_bytes(), bytes);
            }
        }
    }
}
