//! The words of a clause that the tables know, with their places.

use super::{CHINESE_DIGITS, Cutter, Hit, Kind, Named, is_in_decimal, is_name};
use crate::property::{PropertyId, PropertyKind};
use crate::spectext::normal::is_han;
use crate::spectext::number;
use crate::spectext::words::{Role, WORDS, bounded};
use std::collections::HashSet;
use std::ops::Range;

impl<'a> Cutter<'a> {
    /// True where a number with a unit of length starts: only before one is a letter the mark of a side (t0.05mm, not H62).
    pub(super) fn is_length(&self, text: &str) -> bool {
        let digits = text.trim_start_matches(|c: char| c.is_ascii_digit() || c == '.');
        digits.len() < text.len()
            && ["mm", "cm", "μm", "um"].iter().any(|u| digits.trim_start_matches(' ').starts_with(u))
    }

    /// True where a letter marks a diameter (M8×30, D10*25*75): before sides, and that of a thread where the text speaks of one.
    pub(super) fn is_round(&self, folded: &str, start: usize, end: usize) -> bool {
        let digits = folded[end..].trim_start_matches(|c: char| c.is_ascii_digit() || c == '.');
        let sided = digits.strip_prefix('*').or(digits.strip_prefix('x'));
        let speaks = |role: Role| WORDS.words(role).any(|word| folded.contains(word));
        let thread = speaks(if WORDS.is(Role::ThreadMark, &folded[start..end]) {
            Role::Fastener
        } else {
            Role::Cutter
        });
        thread || sided.is_some_and(|s| s.starts_with(|c: char| c.is_ascii_digit()))
    }

    /// True for a word of letters that stands directly before a number with its unit (PD65W, TPU0.5mm).
    pub(super) fn is_glued(&self, text: &str, start: usize, end: usize) -> bool {
        if !is_letters(&text[start..end]) || text[..start].ends_with(|c: char| c.is_ascii_alphanumeric()) {
            return false;
        }
        let Some((_, len)) = number::read(&text[end..]) else { return false };
        let place = end + len;
        // NBR70: a rubber, and how hard it is.
        if len == 2
            && WORDS.is(Role::Rubber, &text[start..end].to_ascii_lowercase())
            && !text[place..].starts_with(|c: char| c.is_ascii_alphanumeric() || ".*-".contains(c))
        {
            return true;
        }
        // A letter of its own is the end of a model number.
        let measured = |len: usize| !text[place + len..].starts_with(|c: char| c.is_ascii_alphanumeric());
        // PC817C
        !text[place..].starts_with('C')
            && self.units.scan(&text[place..]).is_some_and(|unit| measured(unit.len))
    }

    /// False for a maker whose name begins with a digit (3M), where nothing wishes for it and nothing of its make follows: three
    /// metres are no maker.
    pub(super) fn is_wished_maker(&self, entry: usize, folded: &str, start: usize, end: usize) -> bool {
        let text = |t: &(u16, u16)| self.properties.at(t.0).kind == PropertyKind::Text;
        let digit = folded[start..].starts_with(|c: char| c.is_ascii_digit());
        let wished = WORDS.at_end(Role::Prefer, folded[..start].trim_end_matches(' '))
            || WORDS.at_start(Role::Prefer, &folded[end..]).is_some()
            || (start == 0 && folded[end..].starts_with([' ', '胶']))
            || folded[..start].ends_with(['用', '选', '胶', '贴'])
            || folded[end..].starts_with("双面")
            || folded[end..].starts_with('胶');
        !digit || wished || !self.properties.values().entries[entry].targets.iter().all(text)
    }

    pub(super) fn hits(&self, text: &str, folded: &str) -> (Vec<Hit<'a>>, Vec<Range<usize>>) {
        let mut hits: Vec<Hit<'a>> = Vec::new();
        for (entry, start, end) in self.properties.names().find(folded) {
            let compound = self.properties.names().entries[entry].alone
                && text[..start].ends_with(|c: char| is_han(c) || c.is_ascii_alphabetic());
            // 电源线, 压力表: a name in what a device is called.
            let device = text[start..end].ends_with(is_han)
                && WORDS
                    .at_start(Role::Device, &folded[end..])
                    .is_some_and(|len| !is_measured(&text[end..], &text[end + len..]));
            if is_name(text, start, end) && !compound && !device {
                hits.push(Hit {
                    start,
                    end,
                    rank: 0,
                    kind: Kind::Name(&self.properties.names().entries[entry], Named::Word),
                });
            }
        }
        let values: Vec<(usize, usize, usize)> = self.properties.values().find(folded).collect();
        let codes: HashSet<usize> = values.iter().filter(|v| is_code(&text[v.1..v.2])).map(|v| v.2).collect();
        let words: HashSet<usize> =
            values.iter().filter(|v| is_letters(&text[v.1..v.2])).map(|v| v.1).collect();
        for (entry, start, end) in values {
            // 5050RGB: a package and what is in it.
            let joined = (is_code(&text[start..end]) && words.contains(&end))
                || (is_letters(&text[start..end]) && codes.contains(&start));
            // G10级 of balls is no board's material.
            let ball = folded.contains('球')
                && text[start..end].strip_prefix('G').is_some_and(|g| g.bytes().all(|b| b.is_ascii_digit()));
            let class = (text[end..].starts_with('级') || ball)
                && text[..end].ends_with(|c: char| c.is_ascii_digit())
                && self.properties.values().entries[entry]
                    .targets
                    .iter()
                    .all(|t| self.properties.at(t.0).kind == PropertyKind::Set);
            if class || !self.is_wished_maker(entry, folded, start, end) {
                continue;
            }
            // BV2.5平方: a kind of cable, and no certificate.
            let certified = self.properties.values().entries[entry]
                .targets
                .iter()
                .all(|t| self.properties.at(t.0).id.0 == "certification");
            let free = (bounded(text, start, end) || !certified && self.is_glued(text, start, end))
                && !is_in_decimal(text, start, end);
            if free || (joined && is_free(text, start, end)) {
                hits.push(Hit {
                    start,
                    end,
                    rank: 1,
                    kind: Kind::Value(&self.properties.values().entries[entry]),
                });
            }
        }
        for (entry, start, end) in self.properties.prefixes().find(folded) {
            let alone = !text[..start].ends_with(|c: char| c.is_ascii_alphanumeric());
            let behind = &text[end..];
            let letter = end - start == 1 && matches!(&folded[start..end], "l" | "w" | "h" | "t");
            let counted = behind.trim_start_matches(' ').starts_with(|c: char| c.is_ascii_digit())
                || folded[..end].ends_with('出') && behind.starts_with(|c: char| CHINESE_DIGITS.contains(c));
            let round = !WORDS.is(Role::SidedMark, &folded[start..end]) || self.is_round(folded, start, end);
            // NTC 10K B3950, but no B3.
            let long =
                &folded[start..end] != "b" || behind.bytes().take_while(u8::is_ascii_digit).count() == 4;
            // F1.4, but no F46.
            // 透镜 f50: how far its focus is.
            if &folded[start..end] == "f" && alone && counted && behind.get(1..2).is_none_or(|b| b != ".") {
                let lens = ["镜", "lens"].iter().any(|w| folded.contains(w));
                let focus = self.properties.names().find("焦距").find(|n| n.2 == "焦距".len());
                if let Some((entry, ..)) = focus.filter(|_| lens) {
                    let kind = Kind::Name(&self.properties.names().entries[entry], Named::Mark);
                    hits.push(Hit { start, end, rank: 2, kind });
                }
            }
            let stop = &folded[start..end] != "f"
                || behind.as_bytes().get(1) == Some(&b'.')
                    && (WORDS.words(Role::Lens).any(|w| folded.contains(w)) || is_stop(behind));
            if alone
                && counted
                && round
                && long
                && stop
                && (!letter || self.is_length(behind) || is_thin(&folded[start..end], behind))
            {
                hits.push(Hit {
                    start,
                    end,
                    rank: 2,
                    kind: Kind::Name(&self.properties.prefixes().entries[entry], Named::Mark),
                });
            }
        }
        let material = self.properties.index(&PropertyId("material".to_owned()));
        drop_names_of_values(&mut hits, text, material);
        let mut wishes = Vec::new();
        // 马达 24V is no 24 V at least.
        let others: Vec<(usize, usize)> =
            WORDS.find(folded).filter(|w| w.0 == Role::Other).map(|w| (w.1, w.2)).collect();
        for (role, start, end) in WORDS.find(folded) {
            let inside = |o: &(usize, usize)| o.0 <= start && end <= o.1 && o.1 - o.0 > end - start;
            if role != Role::Other && others.iter().any(inside) {
                continue;
            }
            if !bounded(text, start, end) || (role == Role::Amount && !announces(text, start, end)) {
                continue;
            }
            if role == Role::Other {
                // What is named by a longer word is that, and not the property whose name is in it.
                hits.retain(|h| {
                    h.start < start || h.end > end || h.rank > 1 || (h.start, h.end) == (start, end)
                });
            }
            // 显指80/90可选: what can be chosen from is had.
            let chosen = &folded[start..end] == "可选"
                && folded[..start]
                    .rsplit([' ', ',', '，'])
                    .next()
                    .is_some_and(|list| list.contains(['/', '、', '或']));
            if role == Role::Prefer && !chosen {
                wishes.push(start..end);
            }
            hits.push(Hit { start, end, rank: 3, kind: Kind::Word(role) });
        }
        hits.sort_by_key(|h| (h.start, std::cmp::Reverse(h.end), h.rank));
        (hits, wishes)
    }
}

/// Drops Latin names and those of materials that are values, too, and that no number follows (the AG of `AG+AF`, 氧化铝粉).
fn drop_names_of_values(hits: &mut Vec<Hit<'_>>, text: &str, material: Option<u16>) {
    let told = |h: &&Hit<'_>| {
        let made = matches!(&h.kind, Kind::Value(e) if e.targets.iter().any(|t| Some(t.0) == material));
        h.rank == 1 && (made || text[h.start..h.end].is_ascii())
    };
    let values: HashSet<(usize, usize)> = hits.iter().filter(told).map(|h| (h.start, h.end)).collect();
    let counts = |start: usize, end: usize| {
        let rest = text[end..].trim_start_matches([' ', ':']);
        if rest.starts_with(|c: char| "≥≤<>=±~约".contains(c)) {
            return true;
        }
        // 氧化铝 0.38: of a material only a share is told so.
        let behind = rest.trim_start_matches(|c: char| c.is_ascii_digit() || c == '.');
        behind.len() < rest.len() && (text[start..end].is_ascii() || behind.trim_start().starts_with('%'))
    };
    hits.retain(|h| h.rank > 0 || !values.contains(&(h.start, h.end)) || counts(h.start, h.end));
}

/// True where what stands behind a name is no end of a device's but is said of the name itself (尺寸块, 厚度片: a relation or a
/// number without a space).
fn is_measured(device: &str, behind: &str) -> bool {
    let lead = |text: &str| text.starts_with(|c: char| ":≥≤<>=±~".contains(c));
    lead(device) || lead(behind)
}

/// True for a word that announces an amount; a single character only directly before it and behind no other word (月50万件).
fn announces(text: &str, start: usize, end: usize) -> bool {
    let single = text[start..end].chars().count() == 1;
    let parted = text[..start].chars().next_back().is_none_or(|c| !c.is_alphanumeric());
    !single || (parted && text[end..].starts_with(|c: char| c.is_ascii_digit() || c == '约'))
}

/// True for a decimal below ten behind the letter of a thickness (t1.2), which needs no unit.
fn is_thin(mark: &str, behind: &str) -> bool {
    let digits = behind.len() - behind.trim_start_matches(|c: char| c.is_ascii_digit() || c == '.').len();
    let number = &behind[..digits];
    mark == "t"
        && number.contains('.')
        && number.parse().is_ok_and(|v: f64| v < 10.0)
        && !behind[digits..].starts_with(|c: char| c.is_ascii_alphanumeric())
}

/// True for a number with one decimal that stands alone and may be a lens's stop (F2.0).
fn is_stop(behind: &str) -> bool {
    let digits = behind.len() - behind.trim_start_matches(|c: char| c.is_ascii_digit() || c == '.').len();
    let stop = behind[..digits].parse().is_ok_and(|v: f64| (0.9..10.0).contains(&v));
    stop && digits == 3 && !behind[digits..].starts_with(char::is_alphanumeric)
}

/// True for the code of a package (5050).
fn is_code(word: &str) -> bool {
    word.len() == 4 && word.bytes().all(|b| b.is_ascii_digit())
}

/// True for a word of two Latin letters or more.
fn is_letters(word: &str) -> bool {
    word.len() >= 2 && word.bytes().all(|b| b.is_ascii_alphabetic())
}

/// True for a word that does not run on into its like: letters into letters, digits into digits.
fn is_free(text: &str, start: usize, end: usize) -> bool {
    let like = |a: Option<char>, b: Option<char>| match (a, b) {
        (Some(a), Some(b)) => {
            (a.is_ascii_digit() && b.is_ascii_digit()) || (a.is_ascii_alphabetic() && b.is_ascii_alphabetic())
        }
        _ => false,
    };
    !like(text[..start].chars().next_back(), text[start..].chars().next())
        && !like(text[..end].chars().next_back(), text[end..].chars().next())
}
