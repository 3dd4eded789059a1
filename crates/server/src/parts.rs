//! The pieces that pages are made of. `layout.rs` lists them.

use crate::viewer::Viewer;
use crate::words::Lang;
use app::Error;
use maud::{Markup, Render, html};

/// One field of a form: label, input, hint and what is wrong with it.
///
/// `(Field::text("title", lang.t("名称")).value(&form.title).required().error_of(error))`
#[derive(Debug, Clone, Default)]
pub struct Field<'a> {
    name: &'a str,
    label: &'a str,
    kind: Kind<'a>,
    value: String,
    hint: Option<&'a str>,
    error: Option<&'a str>,
    required: bool,
    checked: bool,
    autofocus: bool,
    readonly: bool,
    max: Option<usize>,
    autocomplete: Option<&'a str>,
    unit: Option<&'a str>,
    form: Option<&'a str>,
}

#[derive(Debug, Clone, Default)]
enum Kind<'a> {
    #[default]
    Text,
    Typed(&'a str),
    Area(u8),
    Select(Vec<(String, String)>),
    Check,
    File(&'a str),
}

impl<'a> Field<'a> {
    /// A line of text.
    pub fn text(name: &'a str, label: &'a str) -> Self {
        Self { name, label, ..Self::default() }
    }

    /// An input of another HTML type: `number`, `email`, `password`, `date`, `month`, `tel`, `search`, `url`.
    pub fn typed(kind: &'a str, name: &'a str, label: &'a str) -> Self {
        Self { kind: Kind::Typed(kind), ..Self::text(name, label) }
    }

    /// Several lines of text.
    pub fn area(name: &'a str, label: &'a str, rows: u8) -> Self {
        Self { kind: Kind::Area(rows), ..Self::text(name, label) }
    }

    /// A choice: value and word of each option. An empty value is a good first one.
    pub fn select<V: Into<String>, W: Into<String>>(
        name: &'a str,
        label: &'a str,
        options: impl IntoIterator<Item = (V, W)>,
    ) -> Self {
        let options = options.into_iter().map(|(v, w)| (v.into(), w.into())).collect();
        Self { kind: Kind::Select(options), ..Self::text(name, label) }
    }

    /// A box to tick; it sends `true`, or nothing.
    pub fn check(name: &'a str, label: &'a str, checked: bool) -> Self {
        Self { kind: Kind::Check, checked, ..Self::text(name, label) }
    }

    /// A file to send; `accept` such as `.xlsx,.xls,.csv`. The form needs `enctype="multipart/form-data"`.
    pub fn file(name: &'a str, label: &'a str, accept: &'a str) -> Self {
        Self { kind: Kind::File(accept), ..Self::text(name, label) }
    }

    /// What stands in it. After an error: what was typed.
    #[must_use]
    pub fn value(mut self, value: impl ToString) -> Self {
        self.value = value.to_string();
        self
    }

    /// A line below that says what is expected.
    #[must_use]
    pub fn hint(mut self, hint: &'a str) -> Self {
        self.hint = Some(hint);
        self
    }

    /// The form that it stands in, where several of a page have a field of this name.
    #[must_use]
    pub fn of(mut self, form: &'a str) -> Self {
        self.form = Some(form);
        self
    }

    /// A unit behind it.
    #[must_use]
    pub fn unit(mut self, unit: &'a str) -> Self {
        self.unit = Some(unit);
        self
    }

    /// What is wrong with it.
    #[must_use]
    pub fn error(mut self, error: Option<&'a str>) -> Self {
        self.error = error;
        self
    }

    /// What a use case said is wrong with it, by its name.
    #[must_use]
    pub fn error_of(mut self, error: Option<&'a Error>) -> Self {
        self.error = wrong(error, self.name);
        self
    }

    /// It must be filled.
    #[must_use]
    pub fn required(mut self) -> Self {
        self.required = true;
        self
    }

    /// The page begins here.
    #[must_use]
    pub fn autofocus(mut self) -> Self {
        self.autofocus = true;
        self
    }

    /// It can be read, not changed.
    #[must_use]
    pub fn readonly(mut self) -> Self {
        self.readonly = true;
        self
    }

    /// At most so many characters.
    #[must_use]
    pub fn max(mut self, characters: usize) -> Self {
        self.max = Some(characters);
        self
    }

    /// What the browser may fill in: `username`, `current-password`, `new-password`, `email`, `off`.
    #[must_use]
    pub fn autocomplete(mut self, word: &'a str) -> Self {
        self.autocomplete = Some(word);
        self
    }

    fn input(&self, id: &str, about: Option<&str>) -> Markup {
        let invalid = self.error.map(|_| "true");
        let (name, required, autofocus, max) = (self.name, self.required, self.autofocus, self.max);
        match &self.kind {
            Kind::Area(rows) => html! {
                textarea id=(id) name=(name) rows=(rows) required[required] autofocus[autofocus] maxlength=[max]
                    aria-invalid=[invalid] aria-describedby=[about] { (self.value) }
            },
            Kind::Select(options) => html! {
                select id=(id) name=(name) required[required] autofocus[autofocus] aria-invalid=[invalid]
                    aria-describedby=[about] {
                    @for (value, word) in options {
                        option value=(value) selected[*value == self.value] { (word) }
                    }
                }
            },
            Kind::Check => html! {
                input id=(id) type="checkbox" name=(name) value="true" checked[self.checked] required[required]
                    aria-invalid=[invalid] aria-describedby=[about];
            },
            Kind::File(accept) => html! {
                input id=(id) type="file" name=(name) accept=(accept) required[required] aria-invalid=[invalid]
                    aria-describedby=[about];
            },
            Kind::Text | Kind::Typed(_) => {
                let kind = if let Kind::Typed(kind) = self.kind { kind } else { "text" };
                let step = (kind == "number").then_some("any");
                html! {
                    input id=(id) type=(kind) name=(name) value=(self.value) required[required]
                        readonly[self.readonly] autofocus[autofocus] maxlength=[max] step=[step] autocomplete=[self.autocomplete]
                        aria-invalid=[invalid] aria-describedby=[about];
                }
            }
        }
    }
}

impl Render for Field<'_> {
    fn render(&self) -> Markup {
        let id = match self.form {
            Some(form) => format!("f-{form}-{}", self.name),
            None => format!("f-{}", self.name),
        };
        let hint = self.hint.map(|_| format!("{id}-hint"));
        let wrong = self.error.map(|_| format!("{id}-error"));
        let about = match (&hint, &wrong) {
            (Some(hint), Some(wrong)) => Some(format!("{wrong} {hint}")),
            (one, other) => one.clone().or_else(|| other.clone()),
        };
        let input = self.input(&id, about.as_deref());
        let check = matches!(self.kind, Kind::Check);
        html! {
            div.field.check[check].wrong[self.error.is_some()] {
                @if check { (input) " " }
                label for=(id) {
                    (self.label)
                    @if self.required && !check { span.must aria-hidden="true" { " *" } }
                }
                @if !check {
                    @if let Some(unit) = self.unit { span.with-unit { (input) span.soft { (unit) } } } @else { (input) }
                }
                @if let (Some(error), Some(id)) = (self.error, &wrong) { p.error id=(id) { (error) } }
                @if let (Some(text), Some(id)) = (self.hint, &hint) { p.hint id=(id) { (text) } }
            }
        }
    }
}

/// What a use case said is wrong with a field.
pub fn wrong<'e>(error: Option<&'e Error>, name: &str) -> Option<&'e str> {
    error?.fields.iter().find(|(field, _)| field == name).map(|(_, what)| what.as_str())
}

/// What is wrong with a form, above it; each field's own fault stands beside the field and is led to from here.
pub fn form_error(lang: Lang, error: Option<&Error>) -> Markup {
    form_error_of(lang, error, &[])
}

/// As [`form_error`], each fault with its field's word, by the fields' names. The error's own message has the names.
pub fn form_error_of(lang: Lang, error: Option<&Error>, words: &[(&str, &str)]) -> Markup {
    let word = |name: &str| words.iter().find(|(field, _)| *field == name).map(|(_, word)| *word);
    html! {
        @if let Some(error) = error {
            div.failure role="alert" {
                @if words.is_empty() || error.fields.is_empty() {
                    p { strong { (lang.say(&error.message)) } }
                } @else {
                    p { strong { (lang.t("填写有误，没有保存。")) } }
                }
                @if error.fields.is_empty() {
                    p.soft { (lang.say(error.help())) }
                } @else {
                    p { (lang.t("请改正：")) }
                    ul { @for (field, what) in &error.fields {
                        li { a href={ "#f-" (field) } {
                            @if let Some(word) = word(field) { (word) (crate::format::colon(lang)) }
                            (lang.say(what))
                        } }
                    } }
                }
            }
        }
    }
}

/// The way up: links, and the page itself as the last one without a link.
pub fn crumbs(lang: Lang, up: &[(&str, &str)], here: &str) -> Markup {
    trail(lang, up, None, here)
}

/// The way up from a page about a record: a list, the record by the name that people gave it, in Chinese, and the page.
pub fn crumbs_of(lang: Lang, list: (&str, &str), record: (&str, &str), here: &str) -> Markup {
    trail(lang, &[list], Some(record), here)
}

fn trail(lang: Lang, up: &[(&str, &str)], record: Option<(&str, &str)>, here: &str) -> Markup {
    html! {
        nav.crumbs aria-label=(lang.t("所在位置")) {
            ol {
                @for (to, word) in up { li { a href=(to) { (word) } } }
                @if let Some((to, name)) = record { li { a href=(to) lang="zh-CN" { (name) } } }
                li aria-current="page" { (here) }
            }
        }
    }
}

/// Pages of rows: the query stays, `page` changes.
pub fn paging(viewer: &Viewer, page: usize, per_page: usize, total: usize) -> Markup {
    let lang = viewer.lang();
    let pages = total.div_ceil(per_page.max(1)).max(1);
    let to = |page: usize| viewer.with_query("page", &page.to_string());
    html! {
        @if pages > 1 {
            nav.pages aria-label=(lang.t("翻页")) {
                @if page > 1 { a.button.quiet href=(to(page - 1)) rel="prev" { (lang.t("上一页")) } }
                span { (page) " / " (pages) span.soft { " · " (total) } }
                @if page < pages { a.button.quiet href=(to(page + 1)) rel="next" { (lang.t("下一页")) } }
            }
        }
    }
}

/// Tabs that are pages: path, word, and how many stand there.
pub fn tabs(viewer: &Viewer, label: &str, tabs: &[(&str, &str, Option<usize>)]) -> Markup {
    html! {
        nav.tabs aria-label=(label) {
            @for (to, word, count) in tabs {
                @let here = *to == viewer.path || *to == viewer.path_and_query();
                a href=(to) aria-current=[here.then_some("page")] {
                    (word) @if let Some(count) = count { " " span.count { (count) } }
                }
            }
        }
    }
}

/// What stands where there is nothing yet, and the next step.
pub fn empty(text: &str, next: &str) -> Markup {
    html! { div.empty { p { strong { (text) } } p { (next) } } }
}

/// The same with a link to the next step.
pub fn empty_to(text: &str, next: &str, to: &str, word: &str) -> Markup {
    html! { div.empty { p { strong { (text) } } p { (next) } p { a.button href=(to) { (word) } } } }
}

/// A short word in a frame. Classes: `good`, `warn`, `bad`, `info`, `quiet`, `fiction`.
pub fn tag(class: &str, word: &str) -> Markup {
    html! { span class={ "tag " (class) } { (word) } }
}

/// Figures in a row: word, figure, and a line below (unit, formula).
pub fn figures(figures: &[(&str, String, &str)]) -> Markup {
    html! {
        dl.figures {
            @for (word, figure, note) in figures {
                div { dt { (word) } dd { (figure) @if !note.is_empty() { " " small { (note) } } } }
            }
        }
    }
}

/// Two things beside each other; below each other on a phone.
pub fn side_by_side(left: &Markup, right: &Markup) -> Markup {
    html! { div.sides { div { (left) } div { (right) } } }
}

/// A table that scrolls on its own where it is too wide.
pub fn scroll(label: &str, table: &Markup) -> Markup {
    html! { div.scroll tabindex="0" role="region" aria-label=(label) { (table) } }
}

/// A button that posts to `to`, with the token; `confirm` is asked first.
pub fn post_button(viewer: &Viewer, to: &str, class: &str, word: &str, confirm: Option<&str>) -> Markup {
    html! {
        form.inline method="post" action=(to) data-confirm=[confirm] {
            (viewer.csrf_field())
            button class=(class) type="submit" { (word) }
        }
    }
}

/// Text with a button that copies it.
pub fn copyable(lang: Lang, text: &str) -> Markup {
    html! {
        span.copyable { code { (text) } " " button.quiet.small type="button" data-copy=(text) { (lang.t("复制")) } }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use app::Code;

    #[test]
    fn a_fault_is_told_with_its_fields_word() {
        let mut error = Error::new(Code::BadInput, "the form cannot be taken: day: 应为日期，如 2026-12-05");
        error.fields.push(("day".into(), "应为日期，如 2026-12-05".into()));
        let told = form_error_of(Lang::Zh, Some(&error), &[("day", "日期")]).into_string();
        assert!(told.contains(">日期：应为日期，如 2026-12-05<"), "{told}");
        assert!(!told.contains("day:") && !told.contains("day："), "{told}");
        // What is not about a field says what it is.
        let gone = Error::new(Code::Conflict, "it was changed meanwhile");
        let told = form_error_of(Lang::En, Some(&gone), &[("day", "Date")]).into_string();
        assert!(told.contains("it was changed meanwhile"), "{told}");
    }

    #[test]
    fn a_field_keeps_its_value_and_says_what_is_wrong() {
        let mut error = Error::new(Code::BadInput, "表单有误");
        error.fields.push(("title".into(), "名称不能为空".into()));
        let field = Field::text("title", "名称")
            .value("\"><script>")
            .hint("产品名")
            .required()
            .error_of(Some(&error));
        assert_eq!(
            field.render().into_string(),
            "<div class=\"field wrong\"><label for=\"f-title\">名称<span class=\"must\" aria-hidden=\"true\"> *</span></label>\
             <input id=\"f-title\" type=\"text\" name=\"title\" value=\"&quot;&gt;&lt;script&gt;\" required aria-invalid=\"true\" \
             aria-describedby=\"f-title-error f-title-hint\"><p class=\"error\" id=\"f-title-error\">名称不能为空</p>\
             <p class=\"hint\" id=\"f-title-hint\">产品名</p></div>"
        );
    }
}
