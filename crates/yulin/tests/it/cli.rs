//! The command line, from an empty folder to a withdrawn list.

use crate::common::{ok, run, text, yulin};
use std::io::Write;
use std::path::Path;
use std::process::{Output, Stdio};

const OFFERS: &str = "企业名称,所在县区,产品名称,规格参数,月产能,联系人,手机\n\
    虚构泰和光电有限公司,泰和县,显示模组面罩,尺寸精度±30μm；适用点间距P0.8—P1.5；阻燃等级V-0,30万片/月,赵某,000-00000001\n\
    虚构吉水塑胶有限公司,吉水县,LED显示屏面罩,尺寸精度±0.1mm；适用点间距P1.5—P2.5,50万片/月,钱某,000-00000002\n";
const NEEDS: &str = "企业名称,所在县区,需求产品名称,规格型号,数量,目前供应商,有效期\n\
    虚构万安屏业有限公司,万安县,小间距显示屏面罩,点间距P1.25；尺寸精度±0.03mm；阻燃V-0,5万片/月,外省某厂,2026-12-31\n\
    虚构万安屏业有限公司,万安县,蓝宝石衬底,直径100mm,2000片/月,外省某厂,2026-12-31\n";

fn folder() -> tempfile::TempDir {
    let dir = tempfile::tempdir().unwrap();
    std::fs::write(dir.path().join("供给.csv"), OFFERS).unwrap();
    std::fs::write(dir.path().join("需求.csv"), NEEDS).unwrap();
    dir
}

fn import(dir: &Path) -> String {
    ok(dir, &["import", "供给.csv", "需求.csv"])
}

/// Text after a word up to the next white space.
fn after<'a>(text: &'a str, word: &str) -> &'a str {
    text.split(word)
        .nth(1)
        .and_then(|t| t.split_whitespace().next())
        .unwrap_or_else(|| panic!("no {word} in {text}"))
}

#[test]
fn empty_states_tell_the_next_step() {
    let dir = tempfile::tempdir().unwrap();
    ok(dir.path(), &["init", "--name", "虚构集群", "--region", "360800"]);
    insta::assert_snapshot!(text(&run(dir.path(), &["lists"])), @r"
    exit 0
    no list yet 尚无清单: yulin import FILE..., then yulin publish
    ");
    insta::assert_snapshot!(text(&run(dir.path(), &["publish", "--period", "2026-11"])), @r"
    exit 5
    error[nothing_to_do]: no need is left to match: none is open and valid in the period, of an enterprise that the members may see
      hint: import needs and offers first
    ");
    insta::assert_snapshot!(text(&run(dir.path(), &["gaps"])), @r"
    exit 5
    error[nothing_to_do]: no list has been published yet
      hint: yulin publish
    ");
    assert_eq!(run(dir.path(), &["publish", "--period", "2026-13"]).status.code(), Some(2));
    assert_eq!(run(dir.path(), &["lists", "--as", "nobody"]).status.code(), Some(4));
}

#[test]
fn a_dry_run_stores_nothing_and_the_same_file_changes_nothing() {
    let dir = folder();
    let said = ok(dir.path(), &["import", "供给.csv", "需求.csv", "--dry-run"]);
    assert!(said.contains("dry run") && !dir.path().join("yulin.db").exists(), "{said}");
    assert!(import(dir.path()).contains("offers 供给: new 新增 2, changed 变更 0, unchanged 不变 0"));
    let again = import(dir.path());
    assert!(again.contains("offers 供给: new 新增 0, changed 变更 0, unchanged 不变 2"), "{again}");
    assert!(again.contains("needs 需求: new 新增 0, changed 变更 0, unchanged 不变 2"), "{again}");
    assert!(
        ok(dir.path(), &["check"]).contains("import_batch: 1 rows"),
        "the same files leave no second trace"
    );
    std::fs::write(dir.path().join("供给.csv"), OFFERS.replace("30万片", "35万片")).unwrap();
    assert!(import(dir.path()).contains("offers 供给: new 新增 0, changed 变更 1, unchanged 不变 1"));
}

#[test]
fn from_draft_to_withdrawal() {
    let dir = folder();
    let dir = dir.path();
    import(dir);
    let said = ok(dir, &["draft", "--period", "2026-11"]);
    assert_eq!(after(&said, "草稿 "), "1");
    let shown = ok(dir, &["lists", "--draft", "1"]);
    let need = after(shown.lines().find(|l| l.contains("面罩")).unwrap(), "need ");
    let offer = after(shown.lines().find(|l| l.contains("显示模组面罩")).unwrap(), "offer ");
    // A rejection needs its reason.
    assert_eq!(run(dir, &["review", "1", "reject", "--need", need, "--offer", offer]).status.code(), Some(2));
    assert_eq!(
        run(dir, &["review", "1", "confirm", "--need", "99", "--offer", offer]).status.code(),
        Some(4)
    );
    ok(dir, &["review", "1", "reject", "--need", need, "--offer", offer, "--reason", "已有合作"]);
    ok(dir, &["review", "1", "confirm", "--need", need, "--offer", offer]);
    let published = ok(dir, &["publish", "--period", "2026-11", "--out", "out"]);
    assert!(published.contains("第1号") && published.contains("蓝宝石"), "{published}");
    let json: String = std::fs::read_dir(dir.join("out"))
        .unwrap()
        .flatten()
        .find(|e| e.path().extension().is_some_and(|e| e == "json"))
        .map(|e| std::fs::read_to_string(e.path()).unwrap())
        .unwrap();
    assert!(json.contains("\"review\":\"confirmed\""), "what was said last counts");
    assert!(
        !json.contains("外省某厂") && !json.contains("000-0000"),
        "protected fields are blank on the list"
    );
    assert!(ok(dir, &["lists", "--verify", "1"]).contains("same 一致"));
    // A second list of the same records: everything is still open.
    let second = ok(dir, &["publish", "--period", "2026-12", "--out", "out"]);
    assert!(second.contains("第2号"), "{second}");
    assert!(ok(dir, &["lists", "--verify", "2"]).contains("same 一致"));
    assert_eq!(run(dir, &["withdraw", "2", "--reason", " "]).status.code(), Some(2));
    ok(dir, &["withdraw", "2", "--reason", "期间有误"]);
    assert_eq!(run(dir, &["withdraw", "2", "--reason", "再次"]).status.code(), Some(5));
    let lists = ok(dir, &["lists"]);
    assert!(lists.contains("已撤回") && lists.contains("期间有误"), "{lists}");
    assert!(ok(dir, &["check"]).lines().all(|l| l.starts_with("ok")));
}

#[test]
fn a_rejected_pair_is_off_the_list_and_stays_off_the_next() {
    let dir = folder();
    let dir = dir.path();
    import(dir);
    ok(dir, &["draft", "--period", "2026-11"]);
    let shown = ok(dir, &["lists", "--draft", "1"]);
    let need = after(shown.lines().find(|l| l.contains("面罩")).unwrap(), "need ");
    let offer = after(shown.lines().find(|l| l.contains("显示模组面罩")).unwrap(), "offer ");
    ok(dir, &["review", "1", "reject", "--need", need, "--offer", offer, "--reason", "试样不合格"]);
    for period in ["2026-11", "2026-12"] {
        ok(dir, &["publish", "--period", period, "--out", period]);
    }
    for number in ["1", "2"] {
        assert!(ok(dir, &["lists", "--verify", number]).contains("same 一致"));
    }
    for period in ["2026-11", "2026-12"] {
        let json = std::fs::read_dir(dir.join(period))
            .unwrap()
            .flatten()
            .find(|e| e.path().extension().is_some_and(|e| e == "json"));
        let json = std::fs::read_to_string(json.unwrap().path()).unwrap();
        let content: model::list::ListContent = serde_json::from_str(&json).unwrap();
        assert!(content.pairs.iter().all(|p| !p.matched.offer.contains("显示模组面罩")), "{period}");
    }
}

#[test]
fn another_person_approves() {
    let dir = folder();
    let dir = dir.path();
    import(dir);
    ok(dir, &["users", "--add", "秘书甲", "--role", "secretariat"]);
    ok(dir, &["users", "--add", "秘书乙", "--role", "secretariat"]);
    ok(dir, &["users", "--add", "审计员", "--role", "auditor"]);
    ok(dir, &["draft", "--period", "2026-11", "--as", "秘书甲"]);
    insta::assert_snapshot!(text(&run(dir, &["approve", "1", "--as", "秘书甲"])), @r"
    exit 3
    error[not_allowed]: 秘书甲 drafted list 1; another person approves it
      hint: approve it under another account with --as
    ");
    assert_eq!(run(dir, &["approve", "1", "--as", "审计员"]).status.code(), Some(3));
    assert_eq!(run(dir, &["import", "供给.csv", "--as", "审计员"]).status.code(), Some(3));
    assert_eq!(run(dir, &["users", "--as", "审计员"]).status.code(), Some(3));
    ok(dir, &["approve", "1", "--as", "秘书乙"]);
    ok(dir, &["publish", "--period", "2026-11", "--as", "秘书乙"]);
}

#[test]
fn a_backup_comes_back() {
    let dir = folder();
    let dir = dir.path();
    import(dir);
    ok(dir, &["publish", "--period", "2026-11"]);
    let before = ok(dir, &["check"]);
    ok(dir, &["backup", "yulin.backup"]);
    assert_eq!(
        run(dir, &["restore", "yulin.backup"]).status.code(),
        Some(2),
        "a database with records is not replaced unasked"
    );
    ok(dir, &["restore", "yulin.backup", "--db", "other.db"]);
    assert_eq!(ok(dir, &["check", "--db", "other.db"]), before);
    let bytes = std::fs::read(dir.join("yulin.backup")).unwrap();
    std::fs::write(dir.join("cut.backup"), &bytes[..bytes.len() - 40]).unwrap();
    let output = run(dir, &["restore", "cut.backup", "--db", "third.db"]);
    assert_eq!(output.status.code(), Some(2), "{}", text(&output));
    assert!(ok(dir, &["check", "--db", "third.db"]).contains("offer: 0 rows"));
}

#[test]
fn two_files_match_without_a_database() {
    let dir = tempfile::tempdir().unwrap();
    let dir = dir.path();
    std::fs::write(dir.join("n.csv"), "id|NAME\nN1|Sony Turntable PSLX350H\nN2|Bose speaker\n").unwrap();
    std::fs::write(
        dir.join("o.csv"),
        "id|NAME\nO1|Bose Acoustimass 5 Speaker System\nO2|Sony PS-LX350H Belt-Drive Turntable\n",
    )
    .unwrap();
    let args = [
        "match",
        "--needs",
        "n.csv",
        "--offers",
        "o.csv",
        "--map",
        "needs.title=NAME",
        "--map",
        "offers.title=NAME",
        "--delimiter",
        "|",
    ];
    let said = ok(dir, &[&args[..], &["--format", "ndjson", "--top", "1"]].concat());
    let rows: Vec<serde_json::Value> = said.lines().map(|l| serde_json::from_str(l).unwrap()).collect();
    let pairs: Vec<(&str, u64, &str)> = rows
        .iter()
        .map(|r| (r["need"].as_str().unwrap(), r["rank"].as_u64().unwrap(), r["offer"].as_str().unwrap()))
        .collect();
    assert_eq!(pairs, [("N1", 1, "O2"), ("N2", 1, "O1")]);
    assert!(rows.iter().all(
        |r| r["score"].as_f64().is_some_and(|s| (0.0..=1.0).contains(&s)) && r.get("verdicts").is_some()
    ));
    for format in ["table", "csv", "xlsx"] {
        ok(dir, &[&args[..], &["--format", format, "--out", &format!("out.{format}")]].concat());
        assert!(std::fs::metadata(dir.join(format!("out.{format}"))).unwrap().len() > 20);
    }
    let output = run(dir, &["match", "--needs", "n.csv", "--offers", "o.csv", "--map", "needs.title=WRONG"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(text(&output).contains("WRONG"), "{}", text(&output));
    let output = run(dir, &["match", "--needs", "n.csv", "--offers", "o.csv", "--top", "0"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(text(&output).contains("at least one offer a need is expected"), "{}", text(&output));
    assert!(!dir.join("yulin.db").exists(), "no database is made");
}

#[test]
fn members_from_outside_supply_but_are_no_local_supply() {
    let dir = tempfile::tempdir().unwrap();
    let dir = dir.path();
    ok(dir, &["init", "--name", "虚构集群", "--region", "吉安市"]);
    std::fs::write(
        dir.join("供给.csv"),
        "企业名称,所在县区,产品名称,规格参数,月产能\n虚构深圳面罩有限公司,深圳市,显示模组面罩,尺寸精度±0.03mm,30万片/月\n",
    )
    .unwrap();
    std::fs::write(
        dir.join("需求.csv"),
        "企业名称,所在县区,需求产品名称,规格型号,数量\n虚构万安屏业有限公司,万安县,显示屏面罩,尺寸精度±0.03mm,5万片/月\n",
    )
    .unwrap();
    import(dir);
    let said = ok(dir, &["publish", "--period", "2026-11"]);
    assert!(said.contains("虚构集群") || said.contains("matched 已匹配 1"), "{said}");
    assert!(said.contains("local supporting rate 本地配套率 0.0%"), "{said}");
    // Another city brings its own table.
    std::fs::create_dir_all(dir.join("tables/regions")).unwrap();
    std::fs::write(
        dir.join("tables/regions/xinyu.csv"),
        "code,name,name_en,level,parent,lon,lat,aliases\n360521,分宜县,Fenyi,county,360500,114.69,27.81,\n",
    )
    .unwrap();
    std::fs::write(
        dir.join("分宜.csv"),
        "企业名称,所在县区,产品名称,月产能\n虚构分宜有限公司,分宜县,面罩,3万片/月\n",
    )
    .unwrap();
    assert_eq!(run(dir, &["import", "分宜.csv"]).status.code(), Some(2));
    ok(dir, &["import", "分宜.csv", "--data", "tables"]);
}

#[test]
fn vectors_of_titles_come_from_the_folder_of_own_data() {
    let dir = folder();
    let dir = dir.path();
    import(dir);
    let titles = ok(dir, &["titles"]);
    let count = titles.lines().count();
    assert!(count >= 2, "{titles}");
    std::fs::create_dir(dir.join("own")).unwrap();
    std::fs::write(dir.join("own/vectors.txt"), &titles).unwrap();
    let told = |args: &[&str], words: &str| {
        let output = run(dir, args);
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.code() == Some(2) && said.contains(words), "{:?}: {said}", output.status);
    };
    told(&["--data", "own", "lists"], "vectors.txt but no vectors.npy");
    let array = |rows: usize| {
        let heading = format!("{{'descr': '<f4', 'fortran_order': False, 'shape': ({rows}, 2), }}\n");
        let mut out = b"\x93NUMPY\x01\x00".to_vec();
        out.extend((heading.len() as u16).to_le_bytes());
        out.extend(heading.as_bytes());
        out.extend((0..rows).flat_map(|_| [1.0_f32, 0.0]).flat_map(f32::to_le_bytes));
        out
    };
    std::fs::write(dir.join("own/vectors.npy"), array(count + 1)).unwrap();
    told(&["--data", "own", "lists"], &format!("vectors.txt: {count} lines for {} vectors", count + 1));
    std::fs::write(dir.join("own/vectors.npy"), array(count)).unwrap();
    ok(dir, &["--data", "own", "publish", "--period", "2026-11"]);
    assert!(ok(dir, &["--data", "own", "lists", "--verify", "1"]).contains("same 一致"));
    let proof = ok(dir, &["lists", "--verify", "1"]);
    assert!(proof.contains("other vectors of titles") && proof.contains("same 一致"), "{proof}");
    // Two files are matched by them, too.
    let matched = |data: &[&str]| {
        let args = ["match", "--needs", "需求.csv", "--offers", "供给.csv", "--format", "csv"];
        ok(dir, &[data, &args].concat())
    };
    assert_ne!(matched(&["--data", "own"]), matched(&[]));
}

#[test]
fn a_word_that_was_said_once_is_read_from_then_on() {
    let dir = tempfile::tempdir().unwrap();
    let dir = dir.path();
    ok(dir, &["init", "--name", "虚构集群", "--region", "吉安市"]);
    let offers = "企业名称,所在县区,产品名称,规格参数\n虚构甲有限公司,万安县,连接器,咬合劲≥12N\n";
    std::fs::write(dir.join("供给.csv"), offers).unwrap();
    ok(dir, &["import", "供给.csv"]);
    let table = ok(dir, &["words"]);
    assert!(table.contains("咬合劲,,,1,咬合劲≥12N,连接器"), "{table}");
    // Filled in and saved by a spreadsheet in its own encoding.
    std::fs::create_dir(dir.join("own")).unwrap();
    let filled = table.trim_start_matches('\u{feff}').replace("咬合劲,,,", "咬合劲,拔出力,,");
    let (bytes, _, _) = encoding_rs::GB18030.encode(&filled);
    std::fs::write(dir.join("own/words.csv"), bytes).unwrap();
    ok(dir, &["--data", "own", "import", "供给.csv"]);
    assert!(!ok(dir, &["--data", "own", "words"]).contains("咬合劲"));
    std::fs::write(dir.join("own/words.csv"), filled.replace("拔出力", "拔力")).unwrap();
    let output = run(dir, &["--data", "own", "lists"]);
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.code() == Some(2) && said.contains("words.csv line 2: 咬合劲: 拔力"), "{said}");
}

#[test]
fn nothing_that_must_stay_is_written_over() {
    let dir = folder();
    let dir = dir.path();
    import(dir);
    for args in [
        &["backup", "yulin.db"][..],
        &["backup", "供给.csv"],
        &["import", "供给.csv", "--rejects", "供给.csv"],
        &["match", "--needs", "需求.csv", "--offers", "供给.csv", "--out", "供给.csv"],
    ] {
        assert_eq!(run(dir, args).status.code(), Some(2), "{args:?}");
    }
    assert_eq!(std::fs::read_to_string(dir.join("供给.csv")).unwrap(), OFFERS);
    assert!(ok(dir, &["check"]).contains("offer: 2 rows"));
    // A place that cannot be written stops a publication before it happens.
    std::fs::write(dir.join("file"), "").unwrap();
    assert_eq!(run(dir, &["publish", "--period", "2026-11", "--out", "file"]).status.code(), Some(6));
    assert!(!ok(dir, &["lists"]).contains("已发布"));
    // A mistyped database is no new one, and a trial run leaves none.
    assert_ne!(run(dir, &["lists", "--db", "typo.db"]).status.code(), Some(0));
    ok(dir, &["import", "供给.csv", "--dry-run", "--db", "typo.db"]);
    assert!(!dir.join("typo.db").exists());
}

/// Runs the program with a line on standard input.
fn with_line(dir: &Path, line: &str, args: &[&str]) -> Output {
    let mut child = yulin(dir)
        .args(args)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(line.as_bytes()).unwrap();
    child.wait_with_output().unwrap()
}

#[test]
fn a_cluster_of_ones_own_begins_with_its_administrator() {
    let dir = tempfile::tempdir().unwrap();
    let dir = dir.path();
    let init =
        ["init", "--name", "虚构集群", "--region", "360800", "--admin", "管理员甲", "--password-stdin"];
    insta::assert_snapshot!(text(&with_line(dir, "12345678\n", &init)), @r"
    exit 2
    cluster 集群: 虚构集群
    error[bad_input]: the password is one of the most common ones
      hint: correct the place named and try again
    ");
    insta::assert_snapshot!(text(&with_line(dir, "correct-horse-7\n", &init)), @r"
    exit 0
    cluster 集群: 虚构集群
    administrator 管理员: 管理员甲
    next 下一步: yulin serve
    ");
    insta::assert_snapshot!(text(&run(dir, &["users", "--close", "管理员甲"])), @r"
    exit 5
    error[conflict]: failed to change the account: 管理员甲 is the last administrator who can sign in; make another one first
      hint: load the newest state and decide again
    ");
    // A link is printed once; only its hash is stored.
    let link = ok(dir, &["users", "--invite", "张三", "--role", "member"]);
    let token = link.lines().next().unwrap().strip_prefix("/join/").unwrap();
    assert_eq!(token.len(), 64);
    ok(dir, &["users", "--add", "特派员甲", "--role", "commissioner"]);
    let nobody = ["users", "--add", "乙", "--role", "member", "--enterprise", "没有的企业"];
    assert_eq!(run(dir, &nobody).status.code(), Some(4));
    assert_eq!(run(dir, &["users", "--add", "乙", "--role", "king"]).status.code(), Some(2));
    assert!(ok(dir, &["users", "--reset", "特派员甲"]).starts_with("/join/"));
    ok(dir, &["users", "--close", "特派员甲"]);
    let shown = ok(dir, &["users"]);
    assert_eq!(shown, "管理员甲\tadministrator\n特派员甲\tcommissioner\tclosed 已关闭\n");
    assert_eq!(run(dir, &["users", "--as", "特派员甲"]).status.code(), Some(4));

    assert!(ok(dir, &["audit", "verify"]).starts_with("ok      "));
    let shown = ok(dir, &["audit", "show", "--action", "user.", "--object", "user/特派员甲", "--limit", "1"]);
    assert!(shown.contains("\tlocal\tuser.change\tuser/特派员甲\t"), "{shown}");
    let json = ok(dir, &["audit", "show", "--json", "--limit", "1000"]);
    let entries: Vec<serde_json::Value> =
        json.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(entries.last().unwrap()["seq"], 1);
    for secret in [token, "correct-horse-7", "argon2"] {
        assert!(!json.contains(secret));
    }
    ok(dir, &["users", "--add", "审计员甲", "--role", "auditor"]);
    ok(dir, &["audit", "verify", "--as", "审计员甲"]);
    assert_eq!(run(dir, &["users", "--as", "审计员甲"]).status.code(), Some(3));
}
