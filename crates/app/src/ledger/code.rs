//! What a scanner or a person types: GS1 element strings, Digital Links, EPC URNs, or plain words.

use ledger::hash::link;

/// Separates fields of a bar code (FNC1).
const SEPARATOR: char = '\u{1d}';

/// The identifier that a scanned or typed text means; `None` for plain words.
///
/// `(01)09526001001057(10)W261103-01`, `010952600100105710W261103-01`, a Digital Link of any domain, a URN or another URI.
pub fn read_code(text: &str) -> Option<String> {
    let text = text.trim().trim_start_matches("]d2").trim_start_matches("]C1").trim_start_matches("]Q3");
    if let Some(link) = link::canonical(text) {
        return Some(link);
    }
    if text.starts_with("urn:") || text.starts_with("http://") || text.starts_with("https://") {
        return Some(text.to_owned());
    }
    let fields = if text.starts_with('(') { bracketed(text)? } else { plain(text)? };
    let of = |ai: &str| fields.iter().find(|(found, _)| found == ai).map(|(_, value)| value.as_str());
    if let Some(sscc) = of("00") {
        return link::canonical(&format!("https://id.gs1.org/00/{sscc}"));
    }
    let gtin = of("01")?;
    let rest = ["10", "21"].iter().find_map(|ai| of(ai).map(|value| format!("/{ai}/{value}")));
    link::canonical(&format!("https://id.gs1.org/01/{gtin}{}", rest.unwrap_or_default()))
}

fn bracketed(text: &str) -> Option<Vec<(String, String)>> {
    text.split('(')
        .skip(1)
        .map(|field| field.split_once(')').map(|(ai, value)| (ai.to_owned(), value.trim().to_owned())))
        .collect()
}

/// Fields one after another: those of fixed length end by it, others at a separator or at the end.
fn plain(text: &str) -> Option<Vec<(String, String)>> {
    let mut out = Vec::new();
    let mut rest = text.trim_start_matches(SEPARATOR);
    if !rest.is_ascii() || !(rest.starts_with("01") || rest.starts_with("00")) || rest.len() < 16 {
        return None;
    }
    while rest.len() > 2 {
        let (ai, value) = rest.split_at(2);
        let length = match ai {
            "00" => 18,
            "01" => 14,
            "11" | "13" | "15" | "17" => 6,
            "10" | "21" => value.find(SEPARATOR).unwrap_or(value.len()),
            _ => return None,
        };
        let (value, after) = value.split_at_checked(length)?;
        out.push((ai.to_owned(), value.to_owned()));
        rest = after.trim_start_matches(SEPARATOR);
    }
    Some(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_of_every_form_are_one_identifier() {
        let link = "https://id.gs1.org/01/09526001001057/10/W261103-01";
        let check =
            |text: &str, expect: Option<&str>| assert_eq!(read_code(text).as_deref(), expect, "{text}");
        check("urn:epc:class:lgtin:9526001.000105.W261103-01", Some(link));
        check(" https://example.com/01/09526001001057/10/W261103-01?17=271103 ", Some(link));
        check("(01)09526001001057(10)W261103-01", Some(link));
        check("0109526001001057", Some("https://id.gs1.org/01/09526001001057"));
        check("010952600100105717271103\u{1d}10W261103-01", Some(link));
        check("]d2010952600100105710W261103-01", Some(link));
        check("(00)095260010000000123", Some("https://id.gs1.org/00/095260010000000123"));
        check("urn:yulin:x", Some("urn:yulin:x"));
        check("铜线", None);
        check("W261103-01", None);
        check("(01", None);
    }
}
