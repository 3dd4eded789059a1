//! The frame around every page.
//!
//! What a page's writer has at hand:
//!
//! - `viewer.page(title, &body)`, `viewer.page_with(title, &body, &["desk.js"])` (files of `assets/js`, or `vendor/...`), `viewer.piece(body)`
//!   for htmx, `viewer.refused(&error, title, &body)` for a form that comes back with its error's status.
//! - `viewer.go(path)` after something was done, `viewer.go_with(path, note)` with a note that the next page shows once.
//! - `Posted<T>` for forms and `Uploaded` for forms with files; both refuse a form without the token. Every form holds `(viewer.csrf_field())`.
//! - `viewer.with_query(name, value)`: this page's address with one pair of the query changed.
//! - `crate::parts`: `Field` (label, hint, error beside it), `form_error`, `crumbs`, `paging`, `tabs`, `empty`, `empty_to`, `tag`,
//!   `figures`, `side_by_side`, `scroll`, `post_button`, `copyable`.
//! - Classes of `base.css`: `button` (links too) with `quiet`, `danger`, `small`; `form.filter` (one line), `form.card` (a column), `row` (fields
//!   side by side), `actions` (buttons at a form's end), `field`, `tag good|warn|bad|info|quiet|fiction`, `table.cards` with `data-label` (cards on a
//!   phone), `td.n` (numbers), `td.w` (long text), `notice`, `failure`, `empty`, `figures`, `sides`, `panel`, `tabs`, `crumbs`, `toolbar`, `soft`,
//!   `screen` (not printed), `visually-hidden`, `htmx-indicator`; `dialog`, `details`, `progress`, `meter` as they are.
//! - Attributes that `yulin.js` knows: `data-confirm="question"` on a form or `hx-confirm`, `data-guard` on a form (warns before typed text is lost),
//!   `data-autosave="key"` on a form (a draft in this browser, offered again; never passwords, files or hidden fields), `data-copy="text"` and
//!   `data-copy-from="#id"` on a button, `data-submit` on a select (sends its form when it changes), `data-print` on a button.
//! - htmx 4: attribute inheritance is explicit (`hx-target:inherited`); answers of 4xx and 5xx are swapped in too; no `hx-on`, no `js:`, no trigger
//!   filters in brackets (the policy forbids eval). The token is added to its requests.

use crate::assets;
use crate::viewer::Viewer;
use crate::words::Lang;
use app::Act;
use maud::{DOCTYPE, Markup, PreEscaped, html};
use model::list::MatchingList;

pub use crate::parts::empty;

/// Text of the style sheet; served as `/assets/yulin.css`, written into exported pages.
pub const CSS: &str = concat!(
    include_str!("../assets/css/base.css"),
    include_str!("../assets/css/market.css"),
    include_str!("../assets/css/desk.css"),
    include_str!("../assets/css/office.css"),
    include_str!("../assets/css/events.css"),
    include_str!("../assets/css/inspect.css"),
    include_str!("../assets/css/api.css"),
    include_str!("../assets/css/ledger.css"),
);

/// An entry of the main menu: path, Chinese word, and the use case that must be allowed for it to be shown.
type Entry = (&'static str, &'static str, Act);

/// The entries that stand in the bar.
const MENU: &[Entry] = &[
    ("/", "总览", Act::Overview),
    ("/needs", "需求", Act::Needs),
    ("/offers", "供给", Act::Offers),
    ("/nearby", "附近谁能做", Act::Nearby),
    ("/lists", "对接清单", Act::Lists),
    ("/gaps", "补链缺口", Act::NewestList),
    ("/desk", "审核台", Act::Desk),
];

/// The entries that stand below a word of the bar.
const GROUPS: &[(&str, &[Entry])] = &[
    (
        "对接",
        &[
            ("/enterprises", "企业名录", Act::Enterprises),
            ("/introductions", "牵线", Act::Introductions),
            ("/events", "对接活动", Act::MeetingEvents),
            ("/markets", "其他市场", Act::Markets),
        ],
    ),
    (
        "工厂",
        &[
            ("/inspections", "检测", Act::Evidence),
            ("/ledger", "批次台账", Act::LedgerLots),
            ("/flows", "物质流", Act::Flows),
            ("/balances", "物料平衡", Act::Balance),
            ("/footprints", "碳足迹", Act::FootprintOverview),
            ("/circular", "循环指标", Act::Indicators),
        ],
    ),
    (
        "管理",
        &[
            ("/import", "导入", Act::Import),
            ("/people", "用户", Act::Accounts),
            ("/learn", "学习权重", Act::Weights),
            ("/words", "未读出的词", Act::UnreadWords),
            ("/audit", "审计", Act::Audit),
            ("/settings", "设置", Act::Hooks),
        ],
    ),
];

/// htmx without eval and without a style sheet of its own; going back loads the page anew.
const HTMX: &str = r#"{"includeIndicatorCSS":false,"history":"reload","defaultTimeout":120000}"#;

fn head(lang: Lang, title: &str, viewer: Option<&Viewer>, scripts: &[&str]) -> Markup {
    html! {
        head {
            meta charset="utf-8";
            meta name="viewport" content="width=device-width, initial-scale=1";
            title { (title) " · " (lang.t("雨林")) }
            link rel="stylesheet" href=(assets::url("yulin.css"));
            link rel="icon" type="image/svg+xml" href=(assets::url("yulin.svg"));
            meta name="color-scheme" content="light";
            @if let Some(viewer) = viewer {
                meta name="csrf" content=(viewer.csrf);
                meta name="htmx-config" content=(HTMX);
                script src=(assets::script_url("vendor/htmx.js")) defer {}
            }
            script src=(assets::script_url("yulin.js")) defer {}
            @for script in scripts { script src=(assets::script_url(script)) defer {} }
        }
    }
}

/// Words that `yulin.js` shows.
fn script_words(lang: Lang) -> Markup {
    html! {
        template #words data-ok=(lang.t("确定")) data-cancel=(lang.t("取消")) data-draft=(lang.t("上次没有提交的内容还在这台设备上。"))
            data-restore=(lang.t("恢复")) data-drop=(lang.t("丢弃")) data-copied=(lang.t("已复制")) {}
    }
}

/// A page for somebody who has signed in. `scripts` are files of `assets/js` that this page needs beside those of every page.
pub fn page(viewer: &Viewer, title: &str, body: &Markup, scripts: &[&str]) -> Markup {
    let lang = viewer.lang();
    html! {
        (DOCTYPE)
        html lang=(lang.tag()) class=[viewer.large.then_some("large")] {
            (head(lang, title, Some(viewer), scripts))
            body data-account=(viewer.actor().account.unwrap_or(0)) {
                a.skip href="#main" { (lang.t("跳到正文")) }
                header.bar {
                    a.name href="/" { (lang.t("雨林")) }
                    (menu(viewer))
                    (account(viewer))
                }
                main #main {
                    @if let Some(note) = &viewer.note { p.notice.done role="status" { (note) } }
                    (body)
                }
                footer { (lang.t("雨林产业集群平台 · 本机运行，不联网")) }
                (script_words(lang))
            }
        }
    }
}

/// The menu twice: in the bar of a wide screen, and behind one word on a phone. Only one of them is ever shown or read out.
fn menu(viewer: &Viewer) -> Markup {
    let lang = viewer.lang();
    let may = |entries: &'static [Entry]| -> Vec<&'static Entry> {
        entries.iter().filter(|(_, _, act)| viewer.actor().may(*act)).collect()
    };
    let main = may(MENU);
    let groups: Vec<_> = GROUPS.iter().map(|(word, entries)| (*word, may(entries))).collect();
    let links = |entries: &[&Entry]| {
        html! {
            @for (to, word, _) in entries {
                a href=(to) aria-current=[here(to, &viewer.path).then_some("page")] { (lang.t(word)) }
            }
        }
    };
    html! {
        nav.wide aria-label=(lang.t("主菜单")) {
            (links(&main))
            @for (word, entries) in &groups {
                @if entries.len() == 1 {
                    (links(entries))
                } @else if !entries.is_empty() {
                    details.drop name="menu" {
                        summary.here[entries.iter().any(|(to, _, _)| here(to, &viewer.path))] { (lang.t(word)) }
                        div.sheet { (links(entries)) }
                    }
                }
            }
        }
        details.drop.narrow {
            summary { (lang.t("菜单")) }
            nav.sheet aria-label=(lang.t("主菜单")) {
                (links(&main))
                @for (_, entries) in &groups { (links(entries)) }
            }
        }
    }
}

/// True where a menu's entry leads to the page or to what stands above it.
fn here(to: &str, path: &str) -> bool {
    path == to || (to != "/" && path.strip_prefix(to).is_some_and(|rest| rest.starts_with('/')))
}

/// Inbox, language, size of the text, one's own page, and the way out.
fn account(viewer: &Viewer) -> Markup {
    let lang = viewer.lang();
    let (actor, unread) = (viewer.actor(), viewer.signed_in.unread);
    let (other, other_name) = match lang {
        Lang::Zh => ("en", "English"),
        Lang::En => ("zh", "中文"),
    };
    html! {
        div.who {
            a.inbox href="/inbox" { (lang.t("收件箱")) @if unread > 0 { " " span.count { (unread) } } }
            a.lang href=(viewer.with_query("lang", other)) lang=(other) { (other_name) }
            details.drop.right {
                summary { (actor.name) }
                div.sheet {
                    p.soft {
                        (lang.t(actor.role.office().zh()))
                        @if let Some(name) = &viewer.signed_in.enterprise_name { br; (name) }
                    }
                    a href="/me" { (lang.t("我的账户")) }
                    @if viewer.large {
                        a href=(viewer.with_query("text", "normal")) { (lang.t("普通字号")) }
                    } @else {
                        a href=(viewer.with_query("text", "large")) { (lang.t("大字号")) }
                    }
                    form method="post" action="/sign-out" data-leave {
                        (viewer.csrf_field())
                        button.quiet type="submit" { (lang.t("退出登录")) }
                    }
                }
            }
        }
    }
}

/// A page for somebody who has not signed in.
pub fn plain(lang: Lang, title: &str, body: &Markup) -> Markup {
    html! {
        (DOCTYPE)
        html lang=(lang.tag()) {
            (head(lang, title, None, &[]))
            body {
                header.bar { span.name { (lang.t("雨林")) } span.soft { (lang.t("产业集群供需对接")) } }
                main #main { (body) }
                footer { (lang.t("雨林产业集群平台 · 本机运行，不联网")) }
                (script_words(lang))
            }
        }
    }
}

/// A page for a file: nothing is loaded from elsewhere.
pub fn document(lang: Lang, title: &str, body: &Markup) -> Markup {
    html! {
        (DOCTYPE)
        html lang=(lang.tag()) {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                title { (title) }
                style { (PreEscaped(CSS)) }
            }
            body { main #main { (body) } }
        }
    }
}

/// How a page leads on to a need of its list.
#[derive(Debug, Clone, Copy)]
pub enum Link {
    /// A served page: to the need's page on the list with this number.
    Served(u32),
    /// A file: nowhere, the words stand alone.
    File,
}

impl Link {
    /// The served pages of a list.
    pub fn to(list: &MatchingList) -> Self {
        list.number.map_or(Self::File, Self::Served)
    }

    /// Words that lead to the need with this number.
    pub fn need(self, number: u32, words: &str) -> Markup {
        match self {
            Self::Served(list) => html! { a href={ "/lists/" (list) "/needs/" (number) } { (words) } },
            Self::File => html! { (words) },
        }
    }
}
