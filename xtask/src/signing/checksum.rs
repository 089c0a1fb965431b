//! The checksum of a program for Windows: over every byte but its own, so also over those that no signature covers. It is
//! no secret; it tells that a file is as it was, not who made it.

/// Where a file says where its PE header begins (PE Format, "MS-DOS Stub").
const HEADER: usize = 0x3c;
/// Where the checksum stands in that header: after the signature, the COFF header and 64 bytes of the optional one.
const CHECKSUM: usize = 4 + 20 + 64;

/// Whether a program's checksum is right. A file that is cut off before it has none.
pub(super) fn holds(program: &[u8]) -> bool {
    stated(program).is_some_and(|(place, stated)| stated == compute(program, place))
}

/// The checksum in the header, and where it stands.
fn stated(program: &[u8]) -> Option<(usize, u32)> {
    let number = |place: usize| Some(u32::from_le_bytes(*program.get(place..)?.first_chunk()?));
    let place = usize::try_from(number(HEADER)?).ok()?.checked_add(CHECKSUM)?;
    Some((place, number(place)?))
}

/// The ones' complement sum of all words of 16 bits, the checksum itself taken as zero, and the length on top.
fn compute(program: &[u8], place: usize) -> u32 {
    let byte = |index: usize| match program.get(index) {
        Some(byte) if !(place..place + 4).contains(&index) => u32::from(*byte),
        Some(_) | None => 0,
    };
    let words = (0..program.len()).step_by(2).map(|index| byte(index) | byte(index + 1) << 8);
    let sum = words.fold(0, |sum, word| {
        let sum: u32 = sum + word;
        (sum & 0xffff) + (sum >> 16)
    });
    sum.wrapping_add(u32::try_from(program.len()).unwrap_or(u32::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A header at 64, and a byte more than an even number.
    fn program() -> Vec<u8> {
        let mut program: Vec<u8> = (0..=200).collect();
        program[HEADER..HEADER + 4].copy_from_slice(&64u32.to_le_bytes());
        let place = 64 + CHECKSUM;
        let checksum = compute(&program, place).to_le_bytes();
        program[place..place + 4].copy_from_slice(&checksum);
        program
    }

    #[test]
    fn a_checksum_is_a_sum_with_carries_and_the_length() {
        let mut small = vec![0; 8];
        (small[0], small[1], small[6], small[7]) = (0xff, 0xff, 2, 1);
        assert_eq!(compute(&small, 2), 0x0102 + 8);
    }

    #[test]
    fn every_bit_counts() {
        assert!(holds(&program()));
        for index in 0..program().len() {
            for bit in 0..8 {
                let mut changed = program();
                changed[index] ^= 1 << bit;
                assert!(!holds(&changed), "byte {index}, bit {bit}");
            }
        }
        assert!(!holds(&program()[..100]) && !holds(&[]));
    }
}
