//! `/visibility`: which field is seen by whom, in plain words.

use crate::answer::Answer;
use crate::parts;
use crate::viewer::Viewer;
use crate::words::Lang;
use maud::{Markup, html};
use model::reference::BUILTIN;
use model::table;
use model::visibility::{Noun, Visibility};
use serde::Deserialize;
use std::sync::LazyLock;

/// One field of the table.
#[derive(Debug, Deserialize)]
struct Row {
    noun: Noun,
    field: String,
    name_zh: String,
    level: Visibility,
}

static ROWS: LazyLock<Vec<Row>> = LazyLock::new(|| {
    table::rows::<Row>("visibility.csv", BUILTIN.visibility)
        .expect("the shipped table is tested")
        .into_iter()
        .map(|(_, row)| row)
        .collect()
});

/// The name of a field of `need`, `offer` or `enterprise`; one that the table does not have stands as it is.
pub fn name<'f>(lang: Lang, noun: &str, field: &'f str) -> &'f str {
    let row = ROWS.iter().find(|row| word_of(row.noun) == noun && row.field == field);
    // What is said of a whole list is of needs and offers alike.
    let row = row.or_else(|| ROWS.iter().find(|row| noun == "list" && row.field == field));
    row.map_or(field, |row| lang.t(&row.name_zh))
}

/// Who looks, and how far each sees.
const EYES: [(&str, Visibility); 5] = [
    ("未认领企业的账号", Visibility::Public),
    ("联盟成员、工信局", Visibility::Members),
    ("对接双方", Visibility::Counterparties),
    ("秘书处、负责的特派员", Visibility::Secretariat),
    ("本企业", Visibility::Own),
];

/// What each level means.
const LEVELS: [(Visibility, &str); 5] = [
    (Visibility::Public, "登录的人都能看到，也印在发布的清单上。"),
    (Visibility::Members, "已认领企业的会员、特派员和工信局能看到。"),
    (
        Visibility::Counterparties,
        "只有牵线双方同意之后，对方才能看到；秘书处为了对接也能看到，每次查看都记入审计。",
    ),
    (Visibility::Secretariat, "只有本企业、秘书处和负责它的特派员能看到，每次查看都记入审计。"),
    (Visibility::Own, "只有本企业自己能看到。"),
];

/// `GET /visibility`
pub async fn page(viewer: Viewer) -> Answer {
    let lang = viewer.lang();
    Ok(viewer.page(lang.t("谁能看到哪些字段"), &body(lang)))
}

/// True where somebody who sees up to `eyes` sees a field. A contact is released by both sides only.
fn sees(row: &Row, eyes: Visibility) -> bool {
    row.level <= eyes
}

fn body(lang: Lang) -> Markup {
    let nouns = [(Noun::Need, "需求"), (Noun::Offer, "供给"), (Noun::Enterprise, "企业")];
    html! {
        h1 { (lang.t("谁能看到哪些字段")) }
        p { (lang.t("每个字段有一个公开级别。填表时可以把整条记录设得更严，不能放宽。页面、导出文件和接口按同一张表遮住看不到的内容。")) }
        dl.facts.levels {
            @for (level, meaning) in LEVELS { dt { (lang.t(level.zh())) } dd { (lang.t(meaning)) } }
        }
        p.notice { (lang.t("联系方式单独把关：只有双方都同意牵线，才互相看到；撤回后不再显示。")) }
        @for (noun, word) in nouns {
            h2 { (lang.t(word)) }
            (parts::scroll(lang.t(word), &html! {
                table.matrix {
                    thead { tr {
                        th scope="col" { (lang.t("字段")) }
                        th scope="col" { (lang.t("级别")) }
                        @for (eyes, _) in EYES { th.c scope="col" { (lang.t(eyes)) } }
                    } }
                    tbody {
                        @for row in ROWS.iter().filter(|row| row.noun == noun) {
                            tr {
                                th scope="row" id={ (word_of(row.noun)) "-" (row.field) } { (lang.t(&row.name_zh)) }
                                td { (lang.t(row.level.zh())) }
                                @for (_, eyes) in EYES {
                                    td.c {
                                        @if sees(row, eyes) { span.met { "✓" span.visually-hidden { (lang.t("能看到")) } } }
                                        @else { span.soft { "–" span.visually-hidden { (lang.t("看不到")) } } }
                                    }
                                }
                            }
                        }
                    }
                }
            }))
        }
    }
}

fn word_of(noun: Noun) -> &'static str {
    match noun {
        Noun::Enterprise => "enterprise",
        Noun::Need => "need",
        Noun::Offer => "offer",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_word_of_the_table_has_its_english() {
        let words = ROWS
            .iter()
            .map(|row| row.name_zh.as_str())
            .chain(EYES.iter().map(|(word, _)| *word))
            .chain(LEVELS.iter().map(|(_, word)| *word))
            .chain(Visibility::ALL.map(Visibility::zh));
        let missing: Vec<&str> = words.filter(|&word| Lang::En.t(word) == word).collect();
        assert!(missing.is_empty(), "data/en.csv lacks: {missing:?}");
    }

    #[test]
    fn the_page_says_of_every_field_who_sees_it() {
        let drawn = body(Lang::Zh).into_string();
        assert_eq!(drawn.matches("<th scope=\"row\"").count(), ROWS.len());
        assert_eq!(
            drawn.matches("能看到</span>").count(),
            ROWS.iter().map(|r| EYES.iter().filter(|e| sees(r, e.1)).count()).sum::<usize>()
        );
    }
}
