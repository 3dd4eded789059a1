//! Values in canonical form: numbers without idle digits, identifiers as canonical GS1 Digital Links, vocabulary as URIs.

use super::link;
use std::fmt::Write;

/// Largest power of ten up to which a number in exponent form is written out.
const EXPONENT_MAX: i32 = 40;

/// Old URN prefixes of standard vocabulary and the web vocabulary's (CBV 2.0, 8.9, rule 14).
const VOCABULARY_URNS: [(&str, &str); 5] = [
    ("urn:epcglobal:cbv:bizstep:", "https://ref.gs1.org/cbv/BizStep-"),
    ("urn:epcglobal:cbv:disp:", "https://ref.gs1.org/cbv/Disp-"),
    ("urn:epcglobal:cbv:btt:", "https://ref.gs1.org/cbv/BTT-"),
    ("urn:epcglobal:cbv:sdt:", "https://ref.gs1.org/cbv/SDT-"),
    ("urn:epcglobal:cbv:er:", "https://ref.gs1.org/cbv/ER-"),
];

/// Appends a number: shortest decimal digits that read back as the same value, no exponent, no trailing zeros.
pub(super) fn write_number(out: &mut String, value: f64) {
    // Adding 0 turns -0 into 0.
    write!(out, "{}", value + 0.0).expect("writing to a string does not fail");
}

/// Appends an identifier or vocabulary URI.
pub(super) fn write_uri(out: &mut String, uri: &str) {
    let uri = uri.trim();
    for (urn, web) in VOCABULARY_URNS {
        if let Some(word) = uri.strip_prefix(urn) {
            out.push_str(web);
            out.push_str(word);
            return;
        }
    }
    if !link::write_canonical(out, uri) {
        out.push_str(uri);
    }
}

/// Appends a text of unknown meaning (a user extension): XML has only texts, so numbers in texts become canonical too.
pub(super) fn write_text(out: &mut String, text: &str) {
    let text = text.trim();
    if !write_decimal(out, text) {
        write_uri(out, text);
    }
}

/// Appends a decimal number in canonical form; false where the text is none. Digits are kept exactly, however many.
fn write_decimal(out: &mut String, text: &str) -> bool {
    let (negative, unsigned) = match text.as_bytes() {
        [b'-', ..] => (true, &text[1..]),
        [b'+', ..] => (false, &text[1..]),
        _ => (false, text),
    };
    let (mantissa, exponent) = match unsigned.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => match exponent.parse::<i32>() {
            Ok(exponent) if exponent.abs() <= EXPONENT_MAX => (mantissa, exponent),
            _ => return false,
        },
        None => (unsigned, 0),
    };
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    if whole.is_empty() && fraction.is_empty()
        || !whole.bytes().chain(fraction.bytes()).all(|b| b.is_ascii_digit())
    {
        return false;
    }
    // The digits with the decimal point before position `point`.
    let point = i32::try_from(whole.len()).ok().and_then(|p| p.checked_add(exponent));
    let Some(point) = point else { return false };
    let digits: String = [whole, fraction].concat();
    let leading = digits.len() - digits.trim_start_matches('0').len();
    let significant = digits.trim_matches('0');
    if significant.is_empty() {
        out.push('0');
        return true;
    }
    let Some(point) = i32::try_from(leading).ok().map(|l| point - l) else { return false };
    if negative {
        out.push('-');
    }
    let length = significant.len();
    match usize::try_from(point) {
        Ok(at) if at >= length => {
            out.push_str(significant);
            out.extend(std::iter::repeat_n('0', at - length));
        }
        Ok(at) if at > 0 => {
            out.push_str(&significant[..at]);
            out.push('.');
            out.push_str(&significant[at..]);
        }
        _ => {
            out.push_str("0.");
            out.extend(std::iter::repeat_n('0', usize::try_from(-point).unwrap_or(0)));
            out.push_str(significant);
        }
    }
    true
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn numbers_and_texts() {
        for (text, expect) in [
            ("1.0", "1"),
            ("0.3434000", "0.3434"),
            ("+007.50", "7.5"),
            ("-0.0", "0"),
            ("1e3", "1000"),
            ("12.5E-3", "0.0125"),
            (".5", "0.5"),
            ("5.", "5"),
            ("12345678901234567890123", "12345678901234567890123"),
            ("2014-12-10", "2014-12-10"),
            ("1e999", "1e999"),
            ("XYZ", "XYZ"),
            (" padded ", "padded"),
            (".", "."),
            ("-", "-"),
            ("", ""),
            ("urn:epcglobal:cbv:disp:in_transit", "https://ref.gs1.org/cbv/Disp-in_transit"),
        ] {
            let mut out = String::new();
            write_text(&mut out, text);
            assert_eq!(out, expect, "{text}");
        }
        for (value, expect) in
            [(452.0, "452"), (-0.0, "0"), (0.1, "0.1"), (1e-7, "0.0000001"), (1e21, "1000000000000000000000")]
        {
            let mut out = String::new();
            write_number(&mut out, value);
            assert_eq!(out, expect);
        }
    }

    proptest! {
        #[test]
        fn number_and_its_text_agree(value in prop::num::f64::NORMAL.prop_filter("sizes that occur", |v| v.abs() < 1e30 && v.abs() > 1e-30)) {
            let (mut number, mut text, mut exponent) = (String::new(), String::new(), String::new());
            write_number(&mut number, value);
            write_text(&mut text, &value.to_string());
            write_text(&mut exponent, &format!("{value:e}"));
            prop_assert_eq!(&number, &text);
            prop_assert_eq!(&number, &exponent);
        }
    }
}
