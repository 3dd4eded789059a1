//! Imports into a database.

use super::*;
use crate::Clock;
use crate::testing::opened;
use exchange::import::ErrorCode;
use model::visibility::{Noun, Visibility};

const HEADINGS: &str = "企业名称,统一社会信用代码,需求产品名称,规格型号,数量,公开级别";
const FIRM: &str = "泰和鑫源电子有限公司";

struct Place {
    app: App,
    _folder: tempfile::TempDir,
}

async fn place() -> Place {
    let (app, _folder) = opened(Clock::at_noon(jiff::civil::date(2026, 11, 22))).await;
    Place { app, _folder }
}

fn csv(name: &str, text: &str) -> InputFile {
    InputFile { name: name.to_owned(), bytes: text.as_bytes().to_vec() }
}

fn needs(rows: &[&str]) -> InputFile {
    csv("需求.csv", &format!("{HEADINGS}\n{}\n", rows.join("\n")))
}

impl Place {
    async fn with(&self, files: Vec<InputFile>, options: &ImportOptions) -> ImportReport {
        self.app.import(&Actor::local(), files, options, &|_, _, _| ()).await.unwrap()
    }

    async fn import(&self, file: InputFile) -> ImportReport {
        self.with(vec![file], &ImportOptions::default()).await
    }

    async fn details(&self) -> Vec<String> {
        let mut out: Vec<String> =
            self.app.store.needs().await.unwrap().into_iter().map(|n| n.value.detail).collect();
        out.sort();
        out
    }
}

fn codes(warnings: &[CellError]) -> Vec<(ErrorCode, &str)> {
    warnings.iter().map(|w| (w.code, w.cell.as_str())).collect()
}

/// The code of the registry for tests: 91360826MA00000 and a number, with its check digit.
fn uscc(number: u32) -> String {
    model::uscc::Uscc::complete(&format!("91360826MA00000{number}")).unwrap().to_string()
}

#[tokio::test]
async fn two_files_with_one_title_each() {
    let place = place().await;
    let files = |swap: bool| {
        let one = csv("一.csv", &format!("{HEADINGS}\n{FIRM},,螺丝,M3,5只,\n"));
        let two = csv("二.csv", &format!("{HEADINGS}\n{FIRM},,螺丝,M4,7只,\n"));
        if swap { vec![two, one] } else { vec![one, two] }
    };
    let options = ImportOptions::default();
    assert_eq!(place.with(files(false), &options).await.counts.needs.new, 2);
    let again = place.with(files(true), &options).await;
    assert_eq!((again.counts.needs.unchanged, again.counts.import_id), (2, None));
    // One file alone finds its own row.
    let alone = place.with(files(false).split_off(1), &options).await;
    assert_eq!((alone.counts.needs.unchanged, alone.counts.needs.changed), (1, 0));
    assert_eq!(place.details().await, ["M3", "M4"]);
}

#[tokio::test]
async fn rejects_come_back_corrected_with_the_remembered_mapping() {
    let place = place().await;
    let headings = "企业名称,甲栏,规格型号,数量";
    let text = format!("{headings}\n{FIRM},螺丝,M3,5只\n{FIRM},螺丝,M4,很多\n");
    let options = ImportOptions {
        accept_valid: true,
        maps: vec!["needs.title=甲栏".to_owned()],
        kind: Some("needs".to_owned()),
        ..ImportOptions::default()
    };
    let first = place.with(vec![csv("需求.csv", &text)], &options).await;
    assert_eq!((first.stored, first.errors.len(), first.sheets[0].rejected), (true, 1, 1));
    let back = first.rejects.unwrap();
    let sheet = sheet::read(&back, "退回.xlsx", &ReadOptions::default()).unwrap().remove(0);
    let lines: Vec<String> = sheet
        .rows
        .iter()
        .map(|r| (0..5).map(|c| r.text(c).replace(['\n', ','], " ")).collect::<Vec<_>>().join(","))
        .collect();
    assert!(lines[0].ends_with("退回原因"), "{lines:?}");
    let corrected = lines.join("\n").replacen("很多", "7只", 1);
    let second = place.import(csv("退回.csv", &corrected)).await;
    assert!(second.stored, "{:?}", second.errors);
    assert_eq!((second.counts.needs.new, second.counts.needs.changed), (1, 0));
    assert!(second.sheets[0].columns.iter().any(|c| c.how == "remembered" && c.field == Some("title")));
    assert_eq!(place.details().await, ["M3", "M4"]);
}

#[tokio::test]
async fn levels_stay_and_openings_are_said() {
    let place = place().await;
    let row = |level: &str| needs(&[&format!("{FIRM},,螺丝,M3,5只,{level}")]);
    let level = async || place.app.store.needs().await.unwrap()[0].value.visibility;
    place.import(row("秘书处")).await;
    let blank = place.import(row("")).await;
    assert_eq!((blank.counts.needs.unchanged, level().await), (1, Visibility::Secretariat));
    let without = csv("需求.csv", &format!("企业名称,需求产品名称,规格型号,数量\n{FIRM},螺丝,M3,6只\n"));
    assert_eq!(place.import(without).await.counts.needs.changed, 1);
    assert_eq!(level().await, Visibility::Secretariat);
    let opened = place.import(row("公开")).await;
    assert_eq!(codes(&opened.warnings), [(ErrorCode::VisibilityOpened, "F2")]);
    assert_eq!(level().await, Visibility::Public);
    assert_eq!(codes(&place.import(row("联盟成员")).await.warnings), []);
}

#[tokio::test]
async fn one_code_under_unlike_names_is_refused_with_its_place() {
    let place = place().await;
    let (own, other) = (uscc(1), "万安博远塑胶有限公司");
    let rows = [format!("{FIRM},{own},螺丝,M3,5只,"), format!("{other},{own},螺母,M3,5只,")];
    let both = place.import(needs(&[&rows[0], &rows[1]])).await;
    assert!(!both.stored && both.rejects.is_some());
    let said: Vec<String> = both.errors.iter().map(ToString::to_string).collect();
    assert_eq!(codes(&both.errors), [(ErrorCode::NameConflict, "A2"), (ErrorCode::NameConflict, "A3")]);
    assert!(said.iter().all(|s| s.contains(FIRM) && s.contains(other)), "{said:?}");
    // Against the stored one: a row of an enterprise sheet renames it, and says so.
    place.import(needs(&[&rows[0]])).await;
    let renamed = place
        .import(csv(
            "企业.csv",
            &format!("企业名称,统一社会信用代码,主营产品,从业人数\n{other},{own},塑胶件,50\n"),
        ))
        .await;
    assert_eq!(codes(&renamed.warnings), [(ErrorCode::Renamed, "A2")], "{:?}", renamed.errors);
    let stored = place.app.store.enterprises().await.unwrap();
    assert_eq!((stored.len(), stored[0].value.name.as_str()), (1, other));
    assert_eq!(stored[0].value.other_names, [FIRM]);
}

#[tokio::test]
async fn a_short_name_tells_whose_it_may_be() {
    let place = place().await;
    let known = "江西示例海联新能源材料股份有限公司";
    place.import(needs(&[&format!("{known},,螺丝,M3,5只,"), &format!("{FIRM},,螺帽,M3,5只,")])).await;
    let told = place
        .import(needs(&["海联新材,,垫圈,M4,5只,", "海联新材,,垫片,M4,5只,", "另一家,,螺母,M4,5只,"]))
        .await;
    assert!(told.stored);
    assert_eq!(codes(&told.warnings), [(ErrorCode::ShortName, "A2")], "once, however many rows write it");
    let said = told.warnings[0].to_string();
    assert!(said.contains("海联新材") && said.contains(known) && !said.contains(FIRM), "{said}");
    // Once it is known as a short name, the rows are that enterprise's.
    let before = place.app.store.enterprises().await.unwrap().len();
    let code = uscc(1);
    let sheet = format!("企业名称,统一社会信用代码,企业简称,主营产品\n{known},{code},海联材料,新材料\n");
    place.import(csv("企业.csv", &sheet)).await;
    let told = place.import(needs(&["海联材料,,铆钉,M4,5只,"])).await;
    assert_eq!(codes(&told.warnings), []);
    assert_eq!(place.app.store.enterprises().await.unwrap().len(), before);
}

#[tokio::test]
async fn imports_at_once_lose_nothing() {
    let place = place().await;
    place.import(csv("企业.csv", &format!("企业名称,统一社会信用代码\n{FIRM},{}\n", uscc(1)))).await;
    let fields = [("主营产品", "螺丝"), ("地址", "工业园1号"), ("备注", "甲"), ("简称", "鑫源")];
    let files: Vec<InputFile> = fields
        .iter()
        .map(|(heading, value)| {
            csv("企业.csv", &format!("企业名称,统一社会信用代码,{heading}\n{FIRM},{},{value}\n", uscc(1)))
        })
        .collect();
    let options = ImportOptions { kind: Some("enterprises".to_owned()), ..ImportOptions::default() };
    let [a, b, c, d] = <[InputFile; 4]>::try_from(files).unwrap();
    let reports = tokio::join!(
        place.with(vec![a], &options),
        place.with(vec![b], &options),
        place.with(vec![c], &options),
        place.with(vec![d], &options),
    );
    assert!(reports.0.stored && reports.1.stored && reports.2.stored && reports.3.stored);
    let firm = place.app.store.enterprises().await.unwrap().remove(0);
    let value = &firm.value;
    assert_eq!(
        [&value.products, &value.address, &value.note, &value.short_name],
        ["螺丝", "工业园1号", "甲", "鑫源"]
    );
    assert_eq!(firm.version, 5);
}

#[tokio::test]
async fn decided_duplicates_are_not_shown_again() {
    let place = place().await;
    let file = || needs(&["泰和鑫源电子有限公司,,螺丝,M3,5只,", "鑫源电子有限公司,,螺母,M3,5只,"]);
    assert_eq!(place.import(file()).await.duplicates.len(), 1);
    assert_eq!(place.import(file()).await.duplicates.len(), 1, "nobody has decided");
    let local = Actor::local();
    let pair = place.app.duplicates(&local).await.unwrap().remove(0);
    for same in [true, false] {
        place.app.decide_duplicate(&local, &pair.a, &pair.b, same).await.unwrap();
        assert_eq!(place.import(file()).await.duplicates.len(), 0);
    }
    let decided = place.app.store.duplicates(None).await.unwrap();
    assert_eq!(decided[0].state, store::DuplicateState::Rejected, "what was said last counts");
}

#[tokio::test]
async fn a_pair_that_nothing_proposed_is_decided_all_the_same() {
    let place = place().await;
    let local = Actor::local();
    let other = "江西示例海联新能源材料股份有限公司";
    place.import(needs(&[&format!("{FIRM},,螺丝,M3,5只,"), &format!("{other},,螺帽,M3,5只,")])).await;
    assert!(place.app.duplicates(&local).await.unwrap().is_empty());
    let unknown = place.app.propose_duplicate(&local, FIRM, "海联新材").await.unwrap_err();
    assert_eq!(unknown.code, crate::Code::NotFound);
    assert!(unknown.help().contains(other), "{unknown:?}");
    let twice = place.app.propose_duplicate(&local, other, other).await.unwrap_err();
    assert_eq!(twice.code, crate::Code::BadInput);
    let id = place.app.propose_duplicate(&local, FIRM, other).await.unwrap();
    assert_eq!(place.app.propose_duplicate(&local, other, FIRM).await.unwrap(), id, "once");
    let open = place.app.duplicates(&local).await.unwrap();
    assert_eq!((open.len(), open[0].reasons.as_slice()), (1, ["人工提出".to_owned()].as_slice()));
    place.app.decide_duplicate(&local, &open[0].a, &open[0].b, true).await.unwrap();
    assert_eq!(place.app.decided_duplicates(&local).await.unwrap()[0].same, Some(true));
}

#[tokio::test]
async fn decisions_that_contradict_one_another_are_shown() {
    let place = place().await;
    let names = ["泰和鑫源电子有限公司", "鑫源电子有限公司", "江西鑫源电子有限公司"];
    let rows: Vec<String> = names.iter().map(|name| format!("{name},,螺丝,M3,5只,")).collect();
    place.import(needs(&rows.iter().map(String::as_str).collect::<Vec<_>>())).await;
    let local = Actor::local();
    let pairs = place.app.duplicates(&local).await.unwrap();
    assert_eq!(pairs.len(), 3, "{pairs:?}");
    assert_eq!(place.app.duplicate_clusters(&local).await.unwrap(), []);
    for (place_of, pair) in pairs.iter().enumerate() {
        place.app.decide_duplicate(&local, &pair.a, &pair.b, place_of > 0).await.unwrap();
    }
    let clusters = place.app.duplicate_clusters(&local).await.unwrap();
    let mut members: Vec<&str> = clusters[0].members.iter().map(|m| m.name.as_str()).collect();
    members.sort_unstable();
    let mut expect = names.to_vec();
    expect.sort_unstable();
    assert_eq!((clusters.len(), members), (1, expect));
    let (a, b) = &clusters[0].conflicts[0];
    assert_eq!(
        (a.id.min(b.id), a.id.max(b.id)),
        (pairs[0].a_id.min(pairs[0].b_id), pairs[0].a_id.max(pairs[0].b_id))
    );
    place.app.reopen_duplicate(&local, &pairs[0].a, &pairs[0].b).await.unwrap();
    assert!(place.app.duplicate_clusters(&local).await.unwrap()[0].conflicts.is_empty());
}

#[tokio::test]
async fn a_need_is_closed_and_reopened() {
    let place = place().await;
    let file = || needs(&[&format!("{FIRM},,螺丝,M3,5只,")]);
    place.import(file()).await;
    let local = Actor::local();
    let stored = async || place.app.store.needs().await.unwrap().remove(0);
    let key = stored().await.value.key;
    assert_eq!(place.app.set_status(&local, Noun::Need, &key, false).await.unwrap(), 2);
    place.import(file()).await;
    assert_eq!(stored().await.status, store::Status::Closed, "an import does not reopen it");
    let changed = place.import(needs(&[&format!("{FIRM},,螺丝,M3,6只,")])).await;
    assert_eq!(codes(&changed.warnings), [(ErrorCode::StillClosed, "C2")]);
    assert_eq!(place.app.set_status(&local, Noun::Need, &key, true).await.unwrap(), 4);
    assert_eq!(stored().await.status, store::Status::Open);
    let auditor = Actor::new("审计员", crate::Role::Auditor);
    let denied = place.app.set_status(&auditor, Noun::Need, &key, false).await.unwrap_err();
    assert_eq!(denied.code, Code::NotAllowed);
    let unknown = place.app.set_status(&local, Noun::Offer, &key, false).await.unwrap_err();
    assert_eq!(unknown.code, Code::NotFound);
}
