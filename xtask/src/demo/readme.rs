//! `demo/README.md`: what the files are and which rows are bad.

use super::alliance::{LIKELY_DUPLICATES, OFFERS_TWICE};
use super::cluster::{Cluster, Design, Source};
use super::fault::Fault;
use super::files;
use std::fmt::Write;

/// The README as Markdown.
pub fn text(cluster: &Cluster, faults: &[Fault]) -> String {
    let firms = |source: Source| cluster.firms.iter().filter(|f| f.source == source).count();
    let offers = |source: Source| cluster.offers_of(source).count();
    let needs = |source: Source| cluster.needs_of(source).count();
    let open = cluster.needs.iter().filter(|n| n.design != Design::MadeHere).count();
    let mut out = format!(
        "# Demo cluster (fictional) / 示例集群（虚构）

**Everything in here is invented**: enterprises, people, telephone numbers, codes, prices. No row describes a real
enterprise. Every file name, title row and remark says so (虚构示例数据, 虚构企业), and every enterprise's name carries
the label （虚构示例）; every code stands in the range `91360899XUGU....`, every telephone number begins with `000-`.

**本目录全部为虚构示例数据**：企业、人员、电话、统一社会信用代码、价格均为编造，与任何真实企业无关。

Made by `cargo xtask demo` with a fixed seed from the chain graph in `data/chain/electronics`, the product templates in
`templates/`, the places in `places.csv`, the words in `words.csv` and the planned gaps in `gaps.csv`. This file is made
by it too; do not edit it by hand.

| | |
|---|---|
| enterprises 企业 | {firms} |
| offers 供给 | {offers} |
| needs 需求 | {needs}, of which {open} stay open by design 其中按设计为缺口 {open} |

## Files / 文件

| file 文件 | what it is 内容 |
|---|---|
",
        firms = cluster.firms.len(),
        offers = cluster.offers.len(),
        needs = cluster.needs.len(),
    );
    let mut row = |file: &str, what: String| {
        // Writing to a string cannot fail.
        let _ = writeln!(out, "| `{file}` | {what} |");
    };
    row(
        files::ALLIANCE,
        format!(
            "The alliance's list: 企业名录 (with the enterprises of files 3 and 4, and a few of file 2; \
             {LIKELY_DUPLICATES} of these without code and under a shortened name, as likely duplicates), 供给清单 ({} offers, \
             two heading rows, and {OFFERS_TWICE} of file 2 under another title, as likely twins), 需求清单 ({} needs, quantity \
             in three columns). Title and note rows merged, panes frozen. 联盟汇总表。",
            offers(Source::Alliance),
            needs(Source::Alliance)
        ),
    );
    row(
        files::BUREAU,
        format!(
            "The survey of Taihe county's bureau: {} enterprises, {} offers on two sheets, {} needs; another column order, \
             other headings, merged company cells, 月产能(万片) in the heading or units in the cells, full-width digits, \
             days as text and as Excel dates, **and the bad rows listed below**. 泰和县摸底表，含少量错误行。",
            firms(Source::Bureau),
            offers(Source::Bureau),
            needs(Source::Bureau)
        ),
    );
    row(
        files::LEGACY_NEEDS,
        format!(
            "GB18030 csv from an old system with English and Chinese headings: {} needs. 老系统需求导出。",
            needs(Source::Legacy)
        ),
    );
    row(
        files::LEGACY_OFFERS,
        format!(
            "GB18030 csv from an old system: {} offers, counties by code. 老系统供给导出。",
            offers(Source::Legacy)
        ),
    );
    row(
        files::MARKETS,
        "The other markets, a sheet a side, out of `markets.csv`: process capacity, recycled materials, shared equipment, \
         research, laboratories, finance, jobs, land. 其他市场。"
            .to_owned(),
    );
    row(
        files::FAULTY,
        "A few good rows and one bad row of every kind. Not part of the demo import. 错误样例。".to_owned(),
    );
    row(
        files::EXPECTED,
        "Every bad cell of all files with the reason that an importer must give. 预期的错误清单。".to_owned(),
    );
    out.push_str(&scenario());
    out.push_str(
        "
## Bad rows / 错误行

| file 文件 | sheet 工作表 | cell 单元格 | read 读到 | expected reason 预期原因 |
|---|---|---|---|---|
",
    );
    for fault in faults {
        let read = if fault.read.is_empty() { "（空）" } else { &fault.read };
        let _ = writeln!(
            out,
            "| `{}` | {} | {}（{}） | {read} | {} |",
            fault.file,
            fault.sheet,
            fault.cell,
            fault.heading,
            fault.kind.reason()
        );
    }
    out
}

fn scenario() -> String {
    format!(
        "
## The reference scenario / 参考场景

万安县岫铎光电显示有限公司 (Wan'an, in `{}`) buys its *Mini LED显示模组面罩（高精度）* from outside the province: P1.25,
±0.03mm, PC, UL94V-0, -40~85℃, 5万片/月. 泰和沅棣精密塑胶有限公司 (Taihe, in `{}`), 41.7 km away, offers a
*Mini LED小间距显示屏面罩（玻纤增强PC）*: P0.8—P1.5, ±30μm, 聚碳酸酯, 94V-0, -40℃～+105℃, 12万片 free a month. Four further makers are
nearer but too coarse (遂川), farther (永丰), far and too small (新干), or make another pitch (吉水).

万安县的屏厂从外省购入面罩，41.7公里外的泰和县就有企业能做：名称、单位、写法都不同，清单应当把两家放在一起。
",
        files::LEGACY_NEEDS,
        files::BUREAU
    )
}
