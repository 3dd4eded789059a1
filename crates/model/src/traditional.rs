//! Traditional characters as the simplified ones that they are compared as (`data/traditional.csv`).

use std::sync::LazyLock;

/// The first and the last ideograph of the table.
const IDEOGRAPHS: std::ops::Range<u32> = 0x3400..0xa000;

/// Simplified forms by character, from U+3400; 0 where a character is its own.
static SIMPLIFIED: LazyLock<Vec<u16>> = LazyLock::new(|| {
    let mut table = vec![0; IDEOGRAPHS.len()];
    for line in include_str!("../../../data/traditional.csv").lines().skip(1) {
        let mut chars = line.chars().filter(|c| *c != ',').map(u32::from);
        if let (Some(from), Some(to)) = (chars.next(), chars.next())
            && let Some(slot) = from.checked_sub(IDEOGRAPHS.start).and_then(|at| table.get_mut(at as usize))
        {
            *slot = u16::try_from(to).unwrap_or(0);
        }
    }
    table
});

/// The simplified form of a character; others stay as they are.
#[inline]
pub fn simplified(c: char) -> char {
    let to = u32::from(c).checked_sub(IDEOGRAPHS.start).and_then(|at| SIMPLIFIED.get(at as usize)).copied();
    match to {
        None | Some(0) => c,
        Some(to) => char::from_u32(u32::from(to)).unwrap_or(c),
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn traditional_characters_become_simplified() {
        let read: String = "銅包鋼線 A4".chars().map(super::simplified).collect();
        assert_eq!(read, "铜包钢线 A4");
    }
}
