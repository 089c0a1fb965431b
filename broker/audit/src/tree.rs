//! The Merkle tree of RFC 6962 (2.1) as a compact frontier: what has to be kept so that it can grow, and no more.

use crate::hash::{Hash, node_hash, sha256};

/// The roots of the largest whole subtrees, from the left; one for each one-bit of the size, so at most 64.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Frontier {
    size: u64,
    subtrees: Vec<Hash>,
}

impl Frontier {
    /// The frontier of these parts; `None` if the size has another number of one-bits than there are subtrees.
    pub(crate) fn from_parts(size: u64, subtrees: Vec<Hash>) -> Option<Self> {
        (size.count_ones() as usize == subtrees.len()).then_some(Self { size, subtrees })
    }

    /// Leaves in the tree.
    pub(crate) const fn size(&self) -> u64 {
        self.size
    }

    pub(crate) fn subtrees(&self) -> &[Hash] {
        &self.subtrees
    }

    /// Adds a leaf at the right.
    pub(crate) fn push(&mut self, leaf: Hash) {
        let mut whole = leaf;
        // Each trailing one-bit is a whole subtree that this leaf, or what has come of it, completes.
        for _ in 0..self.size.trailing_ones() {
            if let Some(left) = self.subtrees.pop() {
                whole = node_hash(&left, &whole);
            }
        }
        self.subtrees.push(whole);
        self.size += 1;
    }

    /// The tree's root. Of an empty tree: SHA-256 of nothing.
    pub(crate) fn root(&self) -> Hash {
        let joined = self.subtrees.iter().rev().copied().reduce(|right, left| node_hash(&left, &right));
        joined.unwrap_or_else(|| sha256(&[]))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::hash::leaf_hash;

    /// The inputs and tree heads that Certificate Transparency's own implementations are tested with.
    const LEAVES: [&str; 8] =
        ["", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"];
    const ROOTS: [&str; 9] = [
        "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
        "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
        "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
        "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
        "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
        "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
        "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
        "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
    ];

    #[test]
    fn roots_are_those_of_certificate_transparency() {
        let mut frontier = Frontier::default();
        assert_eq!(frontier.root().to_string(), ROOTS[0]);
        for (leaf, root) in LEAVES.iter().zip(&ROOTS[1..]) {
            frontier.push(leaf_hash(&hex::decode(leaf).unwrap()));
            assert_eq!(frontier.root().to_string(), *root, "{}", frontier.size());
        }
    }

    /// RFC 6962, 2.1, word for word.
    fn naive_root(leaves: &[Hash]) -> Hash {
        match leaves {
            [] => sha256(&[]),
            [leaf] => *leaf,
            _ => {
                let split = leaves.len().next_power_of_two() / 2;
                node_hash(&naive_root(&leaves[..split]), &naive_root(&leaves[split..]))
            }
        }
    }

    proptest! {
        #[test]
        fn the_frontier_has_the_root_of_the_whole_tree(size in 0_usize..600) {
            let leaves: Vec<Hash> = (0..size).map(|number| leaf_hash(&number.to_be_bytes())).collect();
            let mut frontier = Frontier::default();
            leaves.iter().for_each(|leaf| frontier.push(*leaf));
            prop_assert_eq!(frontier.root(), naive_root(&leaves));
            let parts = Frontier::from_parts(frontier.size(), frontier.subtrees().to_vec());
            prop_assert_eq!(parts, Some(frontier));
        }
    }

    #[test]
    fn a_frontier_of_the_wrong_shape_is_refused() {
        assert_eq!(Frontier::from_parts(3, vec![Hash::ZERO]), None);
        assert_eq!(Frontier::from_parts(0, vec![Hash::ZERO]), None);
        assert!(Frontier::from_parts(2, vec![Hash::ZERO]).is_some());
    }
}
