//! The frame around every page.

use crate::words::Lang;
use maud::{DOCTYPE, Markup, PreEscaped, html};
use model::list::MatchingList;

/// Text of the style sheet; served under [`CSS_PATH`], written into exported pages.
pub const CSS: &str = include_str!("../assets/yulin.css");
/// Where the style sheet is served.
pub const CSS_PATH: &str = "/assets/yulin.css";

/// The entries of the main menu: path and Chinese word.
const MENU: [(&str, &str); 5] = [
    ("/", "总览"),
    ("/list", "对接清单"),
    ("/needs", "需求与匹配"),
    ("/gaps", "补链缺口"),
    ("/lists", "历期清单"),
];

/// A served page.
pub fn page(lang: Lang, path: &str, title: &str, body: &Markup) -> Markup {
    let other = match lang {
        Lang::Zh => ("en", "English"),
        Lang::En => ("zh", "中文"),
    };
    html! {
        (DOCTYPE)
        html lang=(lang.tag()) {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                title { (title) " · " (lang.t("雨林")) }
                link rel="stylesheet" href=(CSS_PATH);
                link rel="icon" href="data:,";
            }
            body {
                a.skip href="#main" { (lang.t("跳到正文")) }
                header.bar {
                    a.name href="/" { (lang.t("雨林")) }
                    @for (to, word) in MENU {
                        a href=(to) aria-current=[(to == path).then_some("page")] { (lang.t(word)) }
                    }
                    a.lang href={ (path) "?lang=" (other.0) } lang=(other.0) { (other.1) }
                }
                main #main { (body) }
                footer { (lang.t("雨林产业集群平台 · 本机运行，不联网")) }
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

/// What stands where there is nothing yet, and the next step.
pub fn empty(text: &str, next: &str) -> Markup {
    html! { div.empty { p { strong { (text) } } p { (next) } } }
}
