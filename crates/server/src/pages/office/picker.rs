//! Choosing enterprises in a form: a search, what was found, what is chosen. Works without scripts (the button “find” sends the
//! whole form); with them the choice comes as one types.

use crate::answer::Answer;
use crate::viewer::Viewer;
use crate::words::{Lang, pairs};
use app::EnterpriseQuery;
use maud::{Markup, html};

/// How many are shown of what was found.
const FOUND: usize = 12;

/// What a form's picker holds.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Picker {
    /// Several may be chosen.
    pub many: bool,
    /// Words looked for.
    pub q: String,
    /// Chosen: row id and name.
    pub chosen: Vec<(i64, String)>,
    /// Found and not chosen: row id, name, and what tells it from others.
    pub found: Vec<(i64, String, String)>,
    /// How many there are beyond those.
    pub more: usize,
}

/// A choice as the form sends it: the row id, a space, the name. The name is only shown again, never believed.
fn choice(id: i64, name: &str) -> String {
    format!("{id} {name}")
}

/// Reads [`choice`].
pub fn picked(value: &str) -> Option<(i64, String)> {
    let (id, name) = value.split_once(' ')?;
    Some((id.parse().ok()?, name.to_owned()))
}

impl Picker {
    /// One enterprise, or none.
    pub fn one(chosen: Option<(i64, String)>) -> Self {
        Self { chosen: chosen.into_iter().collect(), ..Self::default() }
    }

    /// Several.
    pub fn several(chosen: Vec<(i64, String)>) -> Self {
        Self { many: true, chosen, ..Self::default() }
    }

    /// Reads what a form sent.
    pub fn read(many: bool, fields: &[(String, String)]) -> Self {
        let mut picker = Self { many, ..Self::default() };
        for (name, value) in fields {
            match name.as_str() {
                "enterprise" => picker.chosen.extend(picked(value)),
                "enterprise_q" => picker.q.clone_from(value),
                _ => {}
            }
        }
        if !many {
            picker.chosen.truncate(1);
        }
        picker.chosen.dedup_by_key(|(id, _)| *id);
        picker
    }

    /// Row ids of the chosen.
    pub fn ids(&self) -> Vec<i64> {
        self.chosen.iter().map(|(id, _)| *id).collect()
    }

    /// Looks for the words.
    pub async fn find(mut self, viewer: &Viewer) -> app::Result<Self> {
        if self.q.trim().is_empty() {
            return Ok(self);
        }
        let query = EnterpriseQuery { q: self.q.clone(), per_page: FOUND, ..EnterpriseQuery::default() };
        let page = viewer.app().enterprises(viewer.actor(), &query).await?;
        self.more = page.total.saturating_sub(page.rows.len());
        self.found = page
            .rows
            .into_iter()
            .filter(|row| !self.chosen.iter().any(|(id, _)| *id == row.id))
            .map(|row| {
                let code = row.enterprise.uscc.map(|code| code.to_string()).unwrap_or_default();
                (row.id, row.enterprise.name, format!("{} {code}", row.region).trim().to_owned())
            })
            .collect();
        Ok(self)
    }

    /// The picker in a form.
    pub fn markup(&self, lang: Lang, label: &str) -> Markup {
        let address = if self.many { "/people/enterprises?many=1" } else { "/people/enterprises" };
        html! {
            fieldset.picker #picker {
                legend { (label) }
                div.field {
                    label for="enterprise-q" { (lang.t("查找企业")) }
                    div.row {
                        input #enterprise-q type="search" name="enterprise_q" value=(self.q) autocomplete="off"
                            placeholder=(lang.t("名称、简称或统一社会信用代码"))
                            hx-get=(address) hx-trigger="input changed delay:300ms" hx-target="#picker-list" hx-include="#picker input";
                        button.quiet name="find" value="1" formnovalidate { (lang.t("查找")) }
                    }
                }
                div #picker-list aria-live="polite" { (self.list(lang)) }
            }
        }
    }

    /// Chosen and found, as boxes to tick.
    fn list(&self, lang: Lang) -> Markup {
        let kind = if self.many { "checkbox" } else { "radio" };
        html! {
            ul.choices {
                @if !self.many {
                    li { label { input type="radio" name="enterprise" value="" checked[self.chosen.is_empty()]; " " (lang.t("不属于任何企业")) } }
                }
                @for (id, name) in &self.chosen {
                    li { label { input type=(kind) name="enterprise" value=(choice(*id, name)) checked; " " span lang="zh-CN" { (name) } } }
                }
                @for (id, name, about) in &self.found {
                    li { label { input type=(kind) name="enterprise" value=(choice(*id, name)); " " span lang="zh-CN" { (name) } " " span.soft { (about) } } }
                }
            }
            @if self.more > 0 {
                p.soft { (lang.t("还有 {n} 家，请写得更具体。").replace("{n}", &self.more.to_string())) }
            } @else if !self.q.trim().is_empty() && self.found.is_empty() {
                p.soft { (lang.t("没有找到其他企业，换一个词试试。")) }
            }
        }
    }
}

/// `GET /people/enterprises`: the list of the picker, as one types.
pub async fn list(viewer: Viewer) -> Answer {
    let fields: Vec<(String, String)> = pairs(&viewer.query).collect();
    let many = fields.iter().any(|(name, value)| name == "many" && value == "1");
    let picker = Picker::read(many, &fields).find(&viewer).await.map_err(|e| viewer.fail(e))?;
    Ok(viewer.piece(picker.list(viewer.lang())))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_chosen_comes_back() {
        let sent = [
            ("enterprise", "12 甲 公司"),
            ("enterprise", ""),
            ("enterprise", "x y"),
            ("enterprise", "7 乙"),
            ("enterprise_q", "丙"),
        ];
        let sent: Vec<_> = sent.iter().map(|(n, v)| ((*n).to_owned(), (*v).to_owned())).collect();
        let many = Picker::read(true, &sent);
        assert_eq!(many.chosen, [(12, "甲 公司".to_owned()), (7, "乙".to_owned())]);
        assert_eq!((many.q.as_str(), many.ids()), ("丙", vec![12, 7]));
        assert_eq!(Picker::read(false, &sent).ids(), [12]);
        assert_eq!(Picker::read(false, &sent[1..2]).ids(), [] as [i64; 0]);
    }

    #[test]
    fn names_are_text() {
        let picker = Picker::several(vec![(1, "<b>\"甲".to_owned())]);
        let drawn = picker.list(Lang::Zh).into_string();
        assert!(drawn.contains("&lt;b&gt;&quot;甲") && !drawn.contains("<b>"), "{drawn}");
    }
}
