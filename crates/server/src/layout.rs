//! The frame around every page.

use crate::viewer::Viewer;
use crate::words::Lang;
use app::Act;
use maud::{DOCTYPE, Markup, PreEscaped, html};
use model::list::MatchingList;

/// Text of the style sheet; served under [`CSS_PATH`], written into exported pages.
pub const CSS: &str = concat!(
    include_str!("../assets/css/base.css"),
    include_str!("../assets/css/market.css"),
    include_str!("../assets/css/desk.css"),
    include_str!("../assets/css/office.css"),
);
/// Where the style sheet is served.
pub const CSS_PATH: &str = "/assets/yulin.css";

/// The entries of the main menu: path, Chinese word, and the use case that must be allowed for it to be shown.
const MENU: [(&str, &str, Act); 13] = [
    ("/", "总览", Act::Me),
    ("/needs", "需求", Act::Needs),
    ("/offers", "供给", Act::Offers),
    ("/nearby", "附近谁能做", Act::Nearby),
    ("/enterprises", "企业", Act::Enterprises),
    ("/introductions", "牵线", Act::Introductions),
    ("/lists", "对接清单", Act::Lists),
    ("/gaps", "补链缺口", Act::NewestList),
    ("/desk", "审核台", Act::Desk),
    ("/import", "导入", Act::Import),
    ("/people", "用户", Act::Accounts),
    ("/audit", "审计", Act::Audit),
    ("/settings", "设置", Act::Hooks),
];

fn head(lang: Lang, title: &str, scripts: &[&str]) -> Markup {
    html! {
        head {
            meta charset="utf-8";
            meta name="viewport" content="width=device-width, initial-scale=1";
            title { (title) " · " (lang.t("雨林")) }
            link rel="stylesheet" href=(CSS_PATH);
            link rel="icon" href="data:,";
            @for script in scripts { script src={ "/assets/" (script) } defer {} }
        }
    }
}

/// A page for somebody who has signed in. `scripts` are files of `assets/js` that this page needs beside those of every page.
pub fn page(viewer: &Viewer, title: &str, body: &Markup, scripts: &[&str]) -> Markup {
    let lang = viewer.lang();
    let other = match lang {
        Lang::Zh => ("en", "English"),
        Lang::En => ("zh", "中文"),
    };
    html! {
        (DOCTYPE)
        html lang=(lang.tag()) {
            (head(lang, title, scripts))
            body {
                a.skip href="#main" { (lang.t("跳到正文")) }
                header.bar {
                    a.name href="/" { (lang.t("雨林")) }
                    @for (to, word, act) in MENU {
                        @if viewer.actor().may(act) {
                            a href=(to) aria-current=[(to == viewer.path).then_some("page")] { (lang.t(word)) }
                        }
                    }
                    a.lang href={ (viewer.path) "?lang=" (other.0) } lang=(other.0) { (other.1) }
                }
                main #main { (body) }
                footer { (lang.t("雨林产业集群平台 · 本机运行，不联网")) }
            }
        }
    }
}

/// A page for somebody who has not signed in.
pub fn plain(lang: Lang, title: &str, body: &Markup) -> Markup {
    html! {
        (DOCTYPE)
        html lang=(lang.tag()) {
            (head(lang, title, &[]))
            body { main #main { (body) } }
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

/// What stands where there is nothing yet, and the next step.
pub fn empty(text: &str, next: &str) -> Markup {
    html! { div.empty { p { strong { (text) } } p { (next) } } }
}
