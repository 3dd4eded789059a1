//! Any two files, without a database.

use exchange::columns::ColumnMap;
use exchange::matches::{MatchFormat, Pairs, Titles};
use exchange::pairing::{PairingOptions, read_needs, read_offers};
use exchange::sheet::ReadOptions;
use model::reference::Reference;

fn options<'a>(map: &'a ColumnMap, delimiter: Option<char>) -> PairingOptions<'a> {
    PairingOptions {
        reference: Reference::builtin(),
        read: ReadOptions { delimiter, ..ReadOptions::default() },
        map,
        today: jiff::civil::date(2026, 11, 22),
        recognise: &|_, _| None,
    }
}

#[test]
fn only_a_title_is_required() {
    let map = ColumnMap::parse(["needs.title=wanted"]).unwrap();
    let side = read_needs("wanted\nsteel\n\n12345\n".as_bytes(), "a.csv", &options(&map, None)).unwrap();
    let read: Vec<_> =
        side.records.iter().map(|n| (n.key.as_str(), n.title.as_str(), n.enterprise.as_str())).collect();
    assert_eq!(read, [("2", "steel", "needs:2"), ("4", "12345", "needs:4")]);
}

#[test]
fn ids_enterprises_and_what_cannot_be_read() {
    let text =
        "编号,公司,产品,产能\nP1,甲公司,端子,5万只/月\nP1,甲公司,连接器,很多\nP3,,,1只\nP4,乙公司,线缆,\n";
    let side = read_offers(text.as_bytes(), "offers.csv", &options(&ColumnMap::default(), None)).unwrap();
    let read: Vec<_> = side.records.iter().map(|o| (o.key.as_str(), o.enterprise.as_str())).collect();
    assert_eq!(read, [("P1", "name:甲公司"), ("P1@offers3", "name:甲公司"), ("P4", "name:乙公司")]);
    assert_eq!(side.enterprises.len(), 2);
    assert_eq!((side.errors.len(), side.errors[0].cell.as_str()), (1, "C4"));
    assert_eq!(side.warnings.iter().map(|w| w.cell.as_str()).collect::<Vec<_>>(), ["D3"]);
}

#[test]
fn a_mapping_to_nowhere_is_refused() {
    let map = ColumnMap::parse(["needs.title=titel"]).unwrap();
    let error = read_needs(b"id,title\n1,steel\n", "n.csv", &options(&map, None)).unwrap_err();
    insta::assert_snapshot!(error, @"n.csv [n]：指定的列名“titel”不在表头中（列名：id、title）。请照表头原样写列名，或写列的字母。");
}

#[test]
fn the_public_pair_of_catalogues() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/data/matching/");
    let (Ok(abt), Ok(buy)) = (
        std::fs::read(format!("{folder}abt_buy_abt.csv")),
        std::fs::read(format!("{folder}abt_buy_buy.csv")),
    ) else {
        eprintln!("skipped: the catalogues are not beside the project");
        return;
    };
    let map = ColumnMap::parse(["needs.title=name", "offers.title=name"]).unwrap();
    let options = options(&map, Some('|'));
    let needs = read_needs(&abt, "abt_buy_abt.csv", &options).unwrap();
    let offers = read_offers(&buy, "abt_buy_buy.csv", &options).unwrap();
    assert_eq!((needs.records.len(), offers.records.len()), (1076, 1076));
    assert_eq!((needs.errors, offers.errors), (vec![], vec![]));
    assert_eq!(needs.records[1].title, "Bose Acoustimass 5 Series III Speaker System - AM53BK");
    assert_eq!(needs.records[1].key, "1");
    let titles = Titles::new(&needs.records, &offers.records);
    let pairs = Pairs { matches: &[], titles: &titles, reference: Reference::builtin() };
    let mut out = Vec::new();
    MatchFormat::Ndjson.writer().write(&pairs, &mut out).unwrap();
    assert_eq!(out, b"");
}
