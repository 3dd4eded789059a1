//! Identifiers to canonical GS1 Digital Links (GS1 Digital Link URI Syntax 1.2, 4.11; CBV 2.0, 8.9, rules 17 and 18).
//!
//! `urn:epc:id:…`, `urn:epc:class:…` and `urn:epc:idpat:…` become `https://id.gs1.org/…`; a Digital Link of another domain
//! gets that domain, AI numbers instead of names, GTINs of 14 digits, only the finest level of identification and no query.

/// The canonical Digital Link of an identifier; `None` where the text carries no GS1 key.
pub fn canonical(uri: &str) -> Option<String> {
    let mut out = String::with_capacity(uri.len() + 24);
    write_canonical(&mut out, uri).then_some(out)
}

/// Appends the canonical Digital Link of an identifier; appends nothing and gives false where it has none.
pub(super) fn write_canonical(out: &mut String, uri: &str) -> bool {
    let before = out.len();
    let written = match uri.strip_prefix("urn:epc:") {
        Some(urn) => write_urn(out, urn).is_some(),
        None if uri.starts_with("http") => write_link(out, uri).is_some(),
        None => false,
    };
    if !written {
        out.truncate(before);
    }
    written
}

const DOMAIN: &str = "https://id.gs1.org/";

/// A GTIN (14 digits) from company prefix and indicator with item reference, both without check digit.
const GTIN_BODY: usize = 13;
/// GLN, GRAI asset type, GDTI document type, GCN: 12 digits and the check digit.
const GLN_BODY: usize = 12;

fn write_urn(out: &mut String, urn: &str) -> Option<()> {
    let (kind, rest) = urn.split_once(':')?;
    let (scheme, key) = rest.split_once(':')?;
    let (company, rest) = key.split_once('.')?;
    if !(6..=12).contains(&company.len()) || !is_digits(company) {
        return None;
    }
    let is_pattern = kind == "idpat";
    if !matches!(kind, "id" | "class" | "idpat") || is_pattern && !rest.ends_with(".*") {
        return None;
    }
    out.push_str(DOMAIN);
    match (kind, scheme) {
        ("id" | "idpat", "sgtin" | "upui") | ("class", "lgtin") => {
            let (item, serial) = rest.split_once('.')?;
            out.push_str("01/");
            write_gtin(out, company, item)?;
            if !is_pattern {
                out.push_str(match scheme {
                    "sgtin" => "/21/",
                    "upui" => "/235/",
                    _ => "/10/",
                });
                write_serial(out, serial)?;
            }
        }
        ("id", "sscc") => {
            out.push_str("00/");
            write_indicator_key(out, company, rest, 17)?;
        }
        ("id", "sgln") => {
            let (reference, extension) = rest.split_once('.')?;
            out.push_str("414/");
            write_key(out, "", company, reference, GLN_BODY)?;
            if extension != "0" {
                out.push_str("/254/");
                write_serial(out, extension)?;
            }
        }
        ("id", "pgln") => {
            out.push_str("417/");
            write_key(out, "", company, rest, GLN_BODY)?;
        }
        ("id" | "idpat", "grai" | "gdti" | "sgcn") => {
            let (reference, serial) = rest.split_once('.')?;
            let (application, filler) = match scheme {
                "grai" => ("8003/", "0"),
                "gdti" => ("253/", ""),
                _ => ("255/", ""),
            };
            out.push_str(application);
            write_key(out, filler, company, reference, GLN_BODY)?;
            if !is_pattern {
                if scheme == "sgcn" && !is_digits(serial) {
                    return None;
                }
                write_serial(out, serial)?;
            }
        }
        ("id", "giai" | "ginc") => {
            out.push_str(if scheme == "giai" { "8004/" } else { "401/" });
            out.push_str(company);
            write_serial(out, rest)?;
        }
        ("id", "gsrn" | "gsrnp") => {
            out.push_str(if scheme == "gsrn" { "8018/" } else { "8017/" });
            write_key(out, "", company, rest, 17)?;
        }
        ("id", "gsin") => {
            out.push_str("402/");
            write_key(out, "", company, rest, 16)?;
        }
        ("id" | "idpat", "cpi") => {
            let (reference, serial) = rest.rsplit_once('.')?;
            out.push_str("8010/");
            out.push_str(company);
            write_serial(out, reference)?;
            if !is_pattern {
                if !is_digits(serial) || serial.is_empty() {
                    return None;
                }
                out.push_str("/8011/");
                out.push_str(serial);
            }
        }
        ("id" | "idpat", "itip") => {
            let mut parts = rest.splitn(4, '.');
            let (item, piece, total, serial) = (parts.next()?, parts.next()?, parts.next()?, parts.next()?);
            if piece.len() != 2 || total.len() != 2 || !is_digits(piece) || !is_digits(total) {
                return None;
            }
            out.push_str("8006/");
            write_gtin(out, company, item)?;
            out.push_str(piece);
            out.push_str(total);
            if !is_pattern {
                out.push_str("/21/");
                write_serial(out, serial)?;
            }
        }
        _ => return None,
    }
    Some(())
}

fn write_gtin(out: &mut String, company: &str, item: &str) -> Option<()> {
    write_indicator_key(out, company, item, GTIN_BODY)
}

/// A key whose first digit stands at the head of the reference: indicator, company prefix, rest, check digit.
fn write_indicator_key(out: &mut String, company: &str, reference: &str, body: usize) -> Option<()> {
    if company.len() + reference.len() != body || reference.is_empty() || !is_digits(reference) {
        return None;
    }
    let start = out.len();
    out.push_str(&reference[..1]);
    out.push_str(company);
    out.push_str(&reference[1..]);
    push_check_digit(out, start);
    Some(())
}

/// A key in plain order: filler, company prefix, reference, check digit.
fn write_key(out: &mut String, filler: &str, company: &str, reference: &str, body: usize) -> Option<()> {
    if company.len() + reference.len() != body || !is_digits(reference) {
        return None;
    }
    let start = out.len();
    out.push_str(filler);
    out.push_str(company);
    out.push_str(reference);
    push_check_digit(out, start);
    Some(())
}

/// Check digit over what stands from `start` (GS1 General Specifications 7.9.1): weights 3, 1, 3 … from the right.
fn push_check_digit(out: &mut String, start: usize) {
    let weighted = out.as_bytes()[start..].iter().rev().zip([3, 1].into_iter().cycle());
    let sum: u32 = weighted.map(|(digit, weight)| u32::from(digit - b'0') * weight).sum();
    out.push(char::from(b'0' + u8::try_from((10 - sum % 10) % 10).expect("a digit is below 10")));
}

/// A serial, percent-encoded as a Digital Link wants it; what the URN has encoded already stays.
fn write_serial(out: &mut String, serial: &str) -> Option<()> {
    if serial.is_empty() {
        return None;
    }
    for c in serial.chars() {
        match c {
            '!' => out.push_str("%21"),
            '(' => out.push_str("%28"),
            ')' => out.push_str("%29"),
            '*' => out.push_str("%2A"),
            '+' => out.push_str("%2B"),
            ',' => out.push_str("%2C"),
            ':' => out.push_str("%3A"),
            other => out.push(other),
        }
    }
    Some(())
}

fn is_digits(text: &str) -> bool {
    text.bytes().all(|b| b.is_ascii_digit())
}

/// AI of a primary key by number or name.
fn primary(segment: &str) -> Option<&'static str> {
    Some(match segment {
        "01" | "gtin" => "01",
        "00" | "sscc" => "00",
        "253" | "gdti" => "253",
        "255" | "gcn" => "255",
        "401" | "ginc" => "401",
        "402" | "gsin" => "402",
        "414" | "gln" => "414",
        "417" | "party" => "417",
        "8003" | "grai" => "8003",
        "8004" | "giai" => "8004",
        "8006" | "itip" => "8006",
        "8010" | "cpid" => "8010",
        "8017" | "gsrnp" => "8017",
        "8018" | "gsrn" => "8018",
        _ => return None,
    })
}

/// AI of a key qualifier of a primary key, and its rank: the highest present is the finest level of identification.
/// Rank 0 never stands in a canonical link.
fn qualifier(primary: &str, segment: &str) -> Option<(&'static str, u8)> {
    Some(match (primary, segment) {
        ("01" | "8006", "22" | "cpv") => ("22", 0),
        ("01" | "8006", "10" | "lot") => ("10", 1),
        ("01" | "8006", "21" | "ser") => ("21", 3),
        ("01", "235" | "tpx") => ("235", 2),
        ("414", "254" | "glnx") => ("254", 1),
        ("8010", "8011" | "cpsn") => ("8011", 1),
        ("8017" | "8018", "8019" | "srin") => ("8019", 0),
        _ => return None,
    })
}

fn is_key_value(application: &str, value: &str) -> bool {
    let digits = value.bytes().take_while(u8::is_ascii_digit).count();
    let length = value.len();
    match application {
        "01" => digits == length && matches!(length, 8 | 12 | 13 | 14),
        "00" | "8006" | "8017" | "8018" => digits == length && length == 18,
        "402" => digits == length && length == 17,
        "414" | "417" => digits == length && length == 13,
        "255" => digits == length && (13..=25).contains(&length),
        "253" => digits >= 13 && length <= 30,
        "8003" => digits >= 14 && length <= 30,
        // These begin with a GS1 company prefix, of which the reference demands four digits.
        _ => digits >= 4 && length <= 30,
    }
}

fn write_link(out: &mut String, uri: &str) -> Option<()> {
    let rest = uri.strip_prefix("https://").or_else(|| uri.strip_prefix("http://"))?;
    let rest = rest.split(['?', '#']).next().unwrap_or(rest);
    let (_, path) = rest.split_once('/')?;
    let mut at = path.trim_end_matches('/');
    // A key may stand behind the path of a resolver: the first place from which everything reads as keys and qualifiers.
    loop {
        let (head, tail) = at.split_once('/')?;
        if let Some(application) = primary(head)
            && write_key_path(out, application, tail).is_some()
        {
            return Some(());
        }
        at = tail;
    }
}

fn write_key_path(out: &mut String, application: &str, tail: &str) -> Option<()> {
    let mut segments = tail.split('/');
    let value = segments.next().filter(|v| is_key_value(application, v))?;
    let mut finest: Option<(&str, &str, u8)> = None;
    while let Some(segment) = segments.next() {
        let (number, rank) = qualifier(application, segment)?;
        let qualifier_value = segments.next().filter(|v| !v.is_empty())?;
        if rank > finest.map_or(0, |f| f.2) {
            finest = Some((number, qualifier_value, rank));
        }
    }
    out.push_str(DOMAIN);
    out.push_str(application);
    out.push('/');
    if application == "01" {
        out.extend(std::iter::repeat_n('0', 14 - value.len()));
    }
    out.push_str(value);
    if let Some((number, qualifier_value, _)) = finest {
        out.push('/');
        out.push_str(number);
        out.push('/');
        out.push_str(qualifier_value);
    }
    Some(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn urns() {
        for (urn, expect) in [
            ("urn:epc:id:sgtin:4012345.011111.9876", "01/04012345111118/21/9876"),
            (
                "urn:epc:id:sgtin:0614141.812345.6789%2F%26%25%22!%3F()",
                "01/80614141123458/21/6789%2F%26%25%22%21%3F%28%29",
            ),
            ("urn:epc:id:sgtin:415056789012.0.987654", "01/04150567890128/21/987654"),
            ("urn:epc:id:sscc:4012345.3111111111", "00/340123451111111111"),
            ("urn:epc:id:sgln:4012345.00005.122", "414/4012345000054/254/122"),
            ("urn:epc:id:sgln:4012345.00005.0", "414/4012345000054"),
            ("urn:epc:id:pgln:999999999999.", "417/9999999999994"),
            ("urn:epc:id:grai:4012345.00022.334455", "8003/04012345000221334455"),
            ("urn:epc:id:giai:4012345.ABC345", "8004/4012345ABC345"),
            ("urn:epc:id:gsrn:4012345.0000006765", "8018/401234500000067657"),
            ("urn:epc:id:gsrnp:4012345.0000000007", "8017/401234500000000074"),
            ("urn:epc:id:gdti:4012345.00009.PO-4711", "253/4012345000092PO-4711"),
            ("urn:epc:id:gdti:987659999999..9", "253/98765999999929"),
            (
                "urn:epc:id:cpi:0614141.11111111111111-A%23%2F.1234",
                "8010/061414111111111111111-A%23%2F/8011/1234",
            ),
            ("urn:epc:id:ginc:0614141.xyz47%2F11", "401/0614141xyz47%2F11"),
            ("urn:epc:id:gsin:4012345.222333444", "402/40123452223334442"),
            ("urn:epc:id:sgcn:4012345.99999.44", "255/401234599999044"),
            ("urn:epc:id:itip:4012345.011111.01.02.987", "8006/040123451111180102/21/987"),
            (
                "urn:epc:id:upui:1234567.098765.51qIgY)%3C%26Jp3*j7'SDB",
                "01/01234567987651/235/51qIgY%29%3C%26Jp3%2Aj7'SDB",
            ),
            ("urn:epc:class:lgtin:4012345.012345.Lot987", "01/04012345123456/10/Lot987"),
            ("urn:epc:idpat:sgtin:4012345.066666.*", "01/04012345666663"),
            ("urn:epc:idpat:grai:4012345.66666.*", "8003/04012345666663"),
            ("urn:epc:idpat:gdti:4012345.55555.*", "253/4012345555554"),
            ("urn:epc:idpat:sgcn:4012345.99999.*", "255/4012345999990"),
            ("urn:epc:idpat:cpi:4012345.ABC.*", "8010/4012345ABC"),
            ("urn:epc:idpat:itip:4012345.012345.01.02.*", "8006/040123451234560102"),
        ] {
            assert_eq!(canonical(urn).as_deref(), Some(format!("{DOMAIN}{expect}").as_str()), "{urn}");
        }
        for other in [
            "urn:epc:id:gid:1.2.3",
            "urn:epc:id:sgtin:4012345.11111.1",
            "urn:epc:id:sgtin:4012345.x11111.1",
            "urn:epc:idpat:sgtin:4012345.*.*",
            "urn:epcglobal:cbv:bt:4012345000009:ASN1099",
            "urn:uuid:374d95fc-9457-4a51-bd6a-0bba133845a8",
        ] {
            assert_eq!(canonical(other), None, "{other}");
        }
    }

    #[test]
    fn digital_links() {
        for (link, expect) in [
            ("https://id.gs1.de/01/04012345999990/21/XYZ-1234", Some("01/04012345999990/21/XYZ-1234")),
            (
                "https://example.com/gtin/09780345418913/21/765tz?abc=211121",
                Some("01/09780345418913/21/765tz"),
            ),
            ("https://id.gs1.org/01/9780345418913", Some("01/09780345418913")),
            (
                "http://shop.example/a/b/01/09521141012345/22/2A/10/L1/21/S1#x",
                Some("01/09521141012345/21/S1"),
            ),
            ("https://id.gs1.org/01/09521141012345/22/2A", Some("01/09521141012345")),
            ("https://id.gs1.org/01/09521141012345/lot/L1/", Some("01/09521141012345/10/L1")),
            ("https://id.gs1.org/414/4012345000245/254/1", Some("414/4012345000245/254/1")),
            ("https://id.example.com/253/4012345000054987", Some("253/4012345000054987")),
            ("https://example.org/8004/401234599999", Some("8004/401234599999")),
            ("http://transaction.acme.com/po/12345678", None),
            ("https://www.ncbi.nlm.nih.gov/taxonomy/1126011", None),
            ("http://www.opengis.net/def/crs/EPSG/0/27700", None),
            ("https://id.gs1.org/01/09521141012345/99/x", None),
            ("https://example.org/401/abc", None),
            ("https://example.org", None),
        ] {
            let expect = expect.map(|e| format!("{DOMAIN}{e}"));
            assert_eq!(canonical(link), expect, "{link}");
        }
    }
}
