//! Numbers in normalised text: decimals, thousands separators, powers of ten, fractions, Chinese numerals.

/// Digits of one number; what is longer is no quantity.
const DIGITS_MAX: usize = 40;

/// Reads an unsigned number at the start: its value and bytes.
pub(super) fn read(text: &str) -> Option<(f64, usize)> {
    let (value, len) = decimal(text)?;
    let rest = &text[len..];
    if value == 10.0
        && let Some((power, power_len)) = power_sign(rest)
    {
        return finite(10f64.powi(power), len + power_len);
    }
    // 1*10-4
    if let Some(power) = rest.strip_prefix("*10-")
        && let Some((digits, digits_len)) = signed_integer(power).filter(|(d, _)| (3..=18).contains(d))
        && !power.starts_with(['+', '-'])
        && !power[digits_len..].starts_with(|c: char| c.is_ascii_alphanumeric() || "*.-".contains(c))
    {
        let product: f64 = format!("{value}e-{digits}").parse().ok()?;
        return finite(product, len + 4 + digits_len);
    }
    if let Some(factor) = rest.strip_prefix("*10")
        && let Some((power, power_len)) = power_sign(factor)
    {
        let product: f64 = format!("{value}e{power}").parse().ok()?;
        return finite(product, len + 3 + power_len);
    }
    // 10E6 may be ten to the sixth or ten times as much.
    let powered =
        |t: &str| t.trim_start_matches(['e', 'E', '-', '+']).starts_with(|c: char| c.is_ascii_digit());
    if value == 10.0 && rest.starts_with(['e', 'E']) && powered(rest) {
        return None;
    }
    if let Some(digits) = rest.strip_prefix(['e', 'E'])
        && let Some((power, power_len)) = signed_integer(digits)
        && !digits[power_len..].starts_with(|c: char| c.is_ascii_alphanumeric())
    {
        let product: f64 = format!("{value}e{power}").parse().ok()?;
        return finite(product, len + 1 + power_len);
    }
    Some((value, len))
}

/// `10的6-9次方`, `10^6-9`, `10^6-10^9`, `10⁶~10⁹` without its second ten: both powers of ten, and the bytes.
pub(super) fn powers(text: &str) -> Option<(f64, f64, usize)> {
    let rest = text.strip_prefix("10")?;
    let words = rest.strip_prefix('的');
    let powers = words.or(rest.strip_prefix('^'))?;
    let (low, low_len) = signed_integer(powers)?;
    let rest = powers[low_len..].strip_prefix(['-', '~', '到', '至'])?;
    let rest = rest.strip_prefix("10^").filter(|_| words.is_none()).unwrap_or(rest);
    let (high, high_len) = signed_integer(rest)?;
    let end = &rest[high_len..];
    let end = if words.is_some() { end.strip_prefix("次方").or(end.strip_prefix("次幂"))? } else { end };
    (low < high && !end.starts_with(['^', '.']))
        .then(|| (10f64.powi(low), 10f64.powi(high), text.len() - end.len()))
}

fn finite(value: f64, len: usize) -> Option<(f64, usize)> {
    value.is_finite().then_some((value, len))
}

fn decimal(text: &str) -> Option<(f64, usize)> {
    let bytes = text.as_bytes();
    let run = |from: usize| bytes[from..].iter().take_while(|b| b.is_ascii_digit()).count();
    let whole = run(0);
    let mut digits = text[..whole].to_owned();
    let mut at = whole;
    if (1..=3).contains(&whole) {
        // Groups of exactly three digits behind commas: 5,000.
        while bytes.get(at) == Some(&b',') && run(at + 1) == 3 {
            digits.push_str(&text[at + 1..at + 4]);
            at += 4;
        }
    }
    if bytes.get(at) == Some(&b'.') {
        let fraction = run(at + 1);
        if fraction > 0 {
            digits.push_str(&text[at..=at + fraction]);
            at += 1 + fraction;
        }
    }
    // Two points are a slip of the pen, and which one is meant nobody knows.
    if bytes.get(at) == Some(&b'.') && bytes.get(at + 1).is_some_and(u8::is_ascii_digit) {
        return None;
    }
    // 0402 is a code.
    let code = whole >= 3 && digits.starts_with('0');
    if digits.is_empty() || digits.len() > DIGITS_MAX || code {
        return None;
    }
    finite(digits.parse().ok()?, at)
}

/// `^6`, `⁶`, `^-3` after a ten.
fn power_sign(text: &str) -> Option<(i32, usize)> {
    if let Some(rest) = text.strip_prefix('^') {
        let (power, len) = signed_integer(rest)?;
        return Some((power, len + 1));
    }
    // 10的6次方
    if let Some(rest) = text.strip_prefix('的') {
        let (power, len) = signed_integer(rest)?;
        return rest[len..].starts_with("次方").then_some((power, '的'.len_utf8() + len + "次方".len()));
    }
    let superscripts = ['⁰', '¹', '²', '³', '⁴', '⁵', '⁶', '⁷', '⁸', '⁹'];
    let negative = text.starts_with('⁻');
    let mut at = if negative { '⁻'.len_utf8() } else { 0 };
    let mut power = 0i32;
    let first = at;
    for c in text[at..].chars().take(3) {
        let Some(digit) = superscripts.iter().position(|s| *s == c) else { break };
        power = power * 10 + i32::try_from(digit).ok()?;
        at += c.len_utf8();
    }
    (at > first).then_some((if negative { -power } else { power }, at))
}

fn signed_integer(text: &str) -> Option<(i32, usize)> {
    let sign = usize::from(text.starts_with(['-', '+']));
    let digits = text[sign..].bytes().take_while(u8::is_ascii_digit).count();
    if digits == 0 || digits > 3 {
        return None;
    }
    Some((text[..sign + digits].parse().ok()?, sign + digits))
}

/// A fraction below one of two small numbers (`1/2` of 1/2oz): value and bytes.
pub(super) fn fraction(text: &str) -> Option<(f64, usize)> {
    // The ratings of small resistors have two digits.
    const PARTS: [u8; 4] = [10, 16, 20, 32];
    let (of, rest) = text.split_once('/')?;
    let digits = rest.len() - rest.trim_start_matches(|c: char| c.is_ascii_digit()).len();
    let (parts, after) = rest.split_at(digits);
    if [of.len(), parts.len()] > [1, 2] || parts.starts_with('0') || after.starts_with('.') {
        return None;
    }
    let (of, parts): (u8, u8) = (of.parse().ok()?, parts.parse().ok()?);
    let small = if parts < 10 { 0 < of && of < parts } else { of == 1 && PARTS.contains(&parts) };
    small.then(|| (f64::from(of) / f64::from(parts), 2 + digits))
}

/// Reads a Chinese numeral at the start (`三`, `十二`, `两百五十`, `三点五`, `半`): its value and bytes.
pub(super) fn chinese(text: &str) -> Option<(f64, usize)> {
    let digit = |c: char| -> Option<f64> {
        Some(match c {
            '零' | '〇' => 0.0,
            '一' | '壹' => 1.0,
            '二' | '两' | '贰' => 2.0,
            '三' | '叁' => 3.0,
            '四' | '肆' => 4.0,
            '五' | '伍' => 5.0,
            '六' | '陆' => 6.0,
            '七' | '柒' => 7.0,
            '八' | '捌' => 8.0,
            '九' | '玖' => 9.0,
            _ => return None,
        })
    };
    let (mut total, mut section, mut pending) = (0.0, 0.0, None);
    let mut at = 0;
    let mut chars = text.chars().take(DIGITS_MAX).peekable();
    if chars.peek() == Some(&'半') {
        return Some((0.5, '半'.len_utf8()));
    }
    while let Some(&c) = chars.peek() {
        if let Some(d) = digit(c) {
            pending = Some(d);
        } else if let Some(scale) = [('十', 10.0), ('百', 100.0), ('千', 1000.0)].iter().find(|s| s.0 == c)
        {
            if at == 0 && c != '十' {
                return None;
            }
            section += pending.take().unwrap_or(1.0) * scale.1;
        } else if let Some(scale) = [('万', 1e4), ('亿', 1e8)].iter().find(|s| s.0 == c) {
            if at == 0 {
                return None;
            }
            total = (total + section + pending.take().unwrap_or(0.0)) * scale.1;
            section = 0.0;
        } else {
            break;
        }
        at += c.len_utf8();
        chars.next();
    }
    let mut value = total + section + pending.unwrap_or(0.0);
    if at > 0 && chars.peek() == Some(&'点') {
        let mut fraction = String::from("0.");
        let mut len = '点'.len_utf8();
        for c in text[at + len..].chars().take(DIGITS_MAX) {
            let Some(d) = digit(c) else { break };
            fraction.push_str(&d.to_string());
            len += c.len_utf8();
        }
        if fraction.len() > 2 {
            value = format!("{}{}", value, &fraction[1..]).parse().ok()?;
            at += len;
        }
    }
    if at == 0 { None } else { finite(value, at) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_digits() {
        for (text, expect) in [
            ("5,000片", Some((5000.0, 5))),
            ("1,220*2,440", Some((1220.0, 5))),
            ("0402,0603", None),
            ("100,200mm", Some((100_200.0, 7))),
            (".5", Some((0.5, 2))),
            ("1.", Some((1.0, 1))),
            ("10^6Ω", Some((1e6, 4))),
            ("10的6次方Ω", Some((1e6, 12))),
            ("10⁻³", Some((0.001, 7))),
            ("2*10^5次", Some((2e5, 6))),
            ("1e5", Some((1e5, 3))),
            ("5mm", Some((5.0, 1))),
            ("0.10.2mm", None),
            ("1e5次", Some((1e5, 3))),
            ("x", None),
        ] {
            assert_eq!(read(text), expect, "{text}");
        }
        assert_eq!(read(&"9".repeat(400)), None);
        assert_eq!(fraction("1/2oz"), Some((0.5, 3)));
        assert_eq!(fraction("2/1"), None);
    }

    #[test]
    fn reads_chinese() {
        for (text, expect) in [
            ("三层", Some(3.0)),
            ("十二个月", Some(12.0)),
            ("两百五十万元", Some(2_500_000.0)),
            ("三点五", Some(3.5)),
            ("一百零五", Some(105.0)),
            ("千分尺", None),
            ("万安", None),
            ("半年", Some(0.5)),
        ] {
            assert_eq!(chinese(text).map(|v| v.0), expect, "{text}");
        }
    }
}
