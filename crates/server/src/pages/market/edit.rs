//! Posting and changing needs and offers: the form, what is understood of it while it is typed, and two people at one record.

use super::form::{self, Item, NEED, OFFER};
use super::markets;
use super::needs::{match_card, title};
use super::opening::root;
use super::record;
use crate::answer::Answer;
use crate::format;
use crate::parts::{empty, empty_to, form_error, paging};
use crate::site::Site;
use crate::viewer::{Posted, Viewer};
use app::{Act, Code, EnterpriseQuery, Error, NeedForm, NeedPreview, OfferForm, Office, Saved};
use axum::Router;
use axum::extract::Path;
use axum::response::Response;
use axum::routing::{get, post};
use maud::{Markup, html};
use model::markets::{Market, MarketKey};
use model::visibility::Noun;
use serde::de::{DeserializeOwned, IgnoredAny};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Routes of this subject.
pub fn routes() -> Router<Site> {
    Router::new()
        .route("/needs/new", get(begin::<NeedForm>).post(post_new::<NeedForm>))
        .route("/needs/preview", post(preview))
        .route("/needs/{id}/edit", get(edit::<NeedForm>).post(change::<NeedForm>))
        .route("/offers/new", get(begin::<OfferForm>).post(post_new::<OfferForm>))
        .route("/offers/{id}/edit", get(edit::<OfferForm>).post(change::<OfferForm>))
}

/// A form as it came; its type is read by [`form::read`].
type Sent = Posted<IgnoredAny>;

/// A noun's form on its page.
struct Sheet<'a> {
    noun: Noun,
    /// The record that is changed, with the version the form was opened with; none for a new one.
    at: Option<(i64, i64)>,
    values: BTreeMap<String, String>,
    error: Option<&'a Error>,
    /// What was understood, where the form comes back without a script.
    preview: Option<Markup>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct For {
    enterprise: String,
    title: String,
    detail: String,
    market: String,
    q: String,
    page: String,
}

/// What a form of the market is read from and saved by.
trait Posting: Default + Serialize + DeserializeOwned {
    /// What it makes.
    const NOUN: Noun;
    /// Leave that saving needs.
    const ACT: Act;
    /// An empty one with what the address says already.
    fn begun(enterprise: Option<i64>, asked: For) -> Self;
    /// What is stored, with its version.
    async fn stored(viewer: &Viewer, id: i64) -> app::Result<(i64, Self)>;
    /// Saves it: over a version of a record, or as a new one.
    async fn save(&self, viewer: &Viewer, at: Option<(i64, i64)>) -> app::Result<Saved>;
}

impl Posting for NeedForm {
    const NOUN: Noun = Noun::Need;
    const ACT: Act = Act::SaveNeed;

    fn begun(enterprise: Option<i64>, asked: For) -> Self {
        let For { title, detail, market, .. } = asked;
        Self { enterprise, title, detail, market, ..Self::default() }
    }

    async fn stored(viewer: &Viewer, id: i64) -> app::Result<(i64, Self)> {
        viewer.app().need_form(viewer.actor(), id).await
    }

    async fn save(&self, viewer: &Viewer, at: Option<(i64, i64)>) -> app::Result<Saved> {
        viewer.app().save_need(viewer.actor(), at, self).await
    }
}

impl Posting for OfferForm {
    const NOUN: Noun = Noun::Offer;
    const ACT: Act = Act::SaveOffer;

    fn begun(enterprise: Option<i64>, asked: For) -> Self {
        Self { enterprise, title: asked.title, detail: asked.detail, ..Self::default() }
    }

    async fn stored(viewer: &Viewer, id: i64) -> app::Result<(i64, Self)> {
        viewer.app().offer_form(viewer.actor(), id).await
    }

    async fn save(&self, viewer: &Viewer, at: Option<(i64, i64)>) -> app::Result<Saved> {
        viewer.app().save_offer(viewer.actor(), at, self).await
    }
}

async fn begin<F: Posting>(viewer: Viewer) -> Answer {
    viewer.actor().need(F::ACT).map_err(|e| viewer.fail(e))?;
    let asked: For = viewer.query();
    let enterprise = match whose(&viewer, &asked, F::NOUN).await? {
        Whose::Known(enterprise) => enterprise,
        Whose::ToChoose(page) => return Ok(page),
    };
    Ok(shown(&viewer, None, &F::begun(enterprise, asked)))
}

async fn edit<F: Posting>(viewer: Viewer, Path(id): Path<i64>) -> Answer {
    let (version, form) = F::stored(&viewer, id).await.map_err(|e| viewer.fail(e))?;
    Ok(shown(&viewer, Some((id, version)), &form))
}

fn shown<F: Posting>(viewer: &Viewer, at: Option<(i64, i64)>, form: &F) -> Response {
    let sheet = Sheet { noun: F::NOUN, at, values: form::values(form), error: None, preview: None };
    viewer.page(
        &words(viewer, F::NOUN, market_of(viewer, &sheet.values), at.is_some()),
        &sheet_page(viewer, &sheet),
    )
}

async fn post_new<F: Posting>(posted: Sent) -> Answer {
    save::<F>(posted, None).await
}

async fn change<F: Posting>(Path(id): Path<i64>, posted: Sent) -> Answer {
    save::<F>(posted, Some(id)).await
}

async fn save<F: Posting>(Posted { viewer, fields, .. }: Sent, id: Option<i64>) -> Answer {
    let sent: F = form::read(&fields);
    let at = id.map(|id| (id, form::version(&fields)));
    let result = sent.save(&viewer, at).await;
    let stored = match (&result, id) {
        (Err(error), Some(id)) if error.code == Code::Conflict => {
            let (version, form) = F::stored(&viewer, id).await.map_err(|e| viewer.fail(e))?;
            Some((version, form::values(&form)))
        }
        _ => None,
    };
    finish(&viewer, F::NOUN, at, form::values(&sent), result, stored)
}

/// On to the record; back to the form with its faults; or, where somebody has saved meanwhile, to both words of each field.
fn finish(
    viewer: &Viewer,
    noun: Noun,
    at: Option<(i64, i64)>,
    values: BTreeMap<String, String>,
    result: Result<Saved, Error>,
    stored: Option<(i64, BTreeMap<String, String>)>,
) -> Answer {
    let lang = viewer.lang();
    let error = match result {
        Ok(saved) => {
            let note = match (at, noun) {
                (Some(_), _) => lang.t("已保存。"),
                (None, Noun::Need) => lang.t("已发布。匹配的供给在下面。"),
                (None, _) => lang.t("已发布。适合的需求在下面。"),
            };
            return Ok(viewer.go_with(&format!("{}/{}", root(noun), saved.id), note));
        }
        Err(error) => form::in_words(lang, error),
    };
    if let (Some((version, theirs)), Some((id, _))) = (stored, at) {
        let items = items(viewer, noun, &values);
        let body =
            form::conflict(viewer, &format!("{}/{id}/edit", root(noun)), &items, &values, &theirs, version);
        return Ok(viewer.refused(&error, lang.t("有人先保存了"), &body));
    }
    if error.code != Code::BadInput {
        return Err(viewer.fail(error));
    }
    let sheet = Sheet { noun, at, values, error: Some(&error), preview: None };
    let title = words(viewer, noun, market_of(viewer, &sheet.values), at.is_some());
    Ok(viewer.refused(&error, &title, &sheet_page(viewer, &sheet)))
}

/// What is understood of a need while it is typed: a piece for the page, or without a script the form again with the piece in it.
async fn preview(Posted { viewer, fields, .. }: Sent) -> Answer {
    let sent: NeedForm = form::read(&fields);
    let at = fields.iter().find(|(name, _)| name == "id").and_then(|(_, id)| id.parse().ok());
    let at = at.map(|id: i64| (id, form::version(&fields)));
    let piece = if sent.title.is_empty() && sent.detail.is_empty() {
        before_preview(&viewer)
    } else {
        match viewer.app().preview_need(viewer.actor(), &sent).await {
            Ok(preview) => preview_piece(&viewer, &preview),
            Err(error) if error.code == Code::BadInput => {
                html! { (form_error(viewer.lang(), Some(&form::in_words(viewer.lang(), error)))) }
            }
            Err(error) => return Err(viewer.fail(error)),
        }
    };
    if viewer.htmx {
        return Ok(viewer.piece(piece));
    }
    let sheet =
        Sheet { noun: Noun::Need, at, values: form::values(&sent), error: None, preview: Some(piece) };
    let title = words(&viewer, Noun::Need, market_of(&viewer, &sheet.values), at.is_some());
    Ok(viewer.page(&title, &sheet_page(&viewer, &sheet)))
}

/// For whom a record is posted.
enum Whose {
    /// Known: asked for in the address, or a member's own (none).
    Known(Option<i64>),
    /// Somebody who acts for several has to choose first; or a member has none yet.
    ToChoose(Response),
}

async fn whose(viewer: &Viewer, asked: &For, noun: Noun) -> Result<Whose, crate::answer::Failure> {
    let lang = viewer.lang();
    let market = viewer.app().reference().markets.other(&MarketKey(asked.market.clone()));
    let title = &words(viewer, noun, market, false);
    if viewer.actor().role.office() == Office::Member {
        if viewer.actor().enterprise().is_some() {
            return Ok(Whose::Known(None));
        }
        let body = html! {
            h1 { (title) }
            (empty_to(lang.t("您的账号还没有对应的企业"), lang.t("先用统一社会信用代码认领企业，秘书处核对后就能发布。"), "/claim", lang.t("认领企业")))
        };
        return Ok(Whose::ToChoose(viewer.page(title, &body)));
    }
    if let Ok(id) = asked.enterprise.parse() {
        return Ok(Whose::Known(Some(id)));
    }
    let query = EnterpriseQuery {
        q: asked.q.trim().to_owned(),
        mine: viewer.actor().role.office() == Office::Commissioner,
        page: asked.page.parse().unwrap_or(1),
        per_page: 20,
        ..EnterpriseQuery::default()
    };
    let found = viewer.app().enterprises(viewer.actor(), &query).await.map_err(|e| viewer.fail(e))?;
    let to = format!("{}/new", root(noun));
    let of_market = market.map_or_else(String::new, |m| format!("&market={}", m.key));
    let key = market.map_or_else(MarketKey::default, |m| MarketKey(m.key.clone()));
    let body = html! {
        (markets::crumbs(viewer, noun, &key, title))
        h1 { (lang.t("替哪家企业发布")) }
        search {
            form.filter method="get" action=(to) {
                @if let Some(market) = market { input type="hidden" name="market" value=(market.key); }
                label.grow { (lang.t("查找企业")) input type="search" name="q" value=(asked.q) autofocus placeholder=(lang.t("名称、简称、信用代码")); }
                button type="submit" { (lang.t("查找")) }
            }
        }
        @if found.rows.is_empty() {
            (empty(lang.t("没有找到企业"), lang.t("换一个词；新企业先在企业页登记或导入企业名录。")))
        } @else {
            ul.picks {
                @for row in &found.rows {
                    li { a href={ (to) "?enterprise=" (row.id) (of_market) } { (row.enterprise.name) } " " span.soft { (row.region) } }
                }
            }
            (paging(viewer, found.page, found.per_page, found.total))
        }
    };
    Ok(Whose::ToChoose(viewer.page(title, &body)))
}

/// The market of a form; none for parts and materials.
fn market_of(viewer: &Viewer, values: &BTreeMap<String, String>) -> Option<&'static Market> {
    let key = values.get("market").filter(|key| !key.is_empty())?;
    viewer.app().reference().markets.other(&MarketKey(key.clone()))
}

/// The fields of a form.
fn items(viewer: &Viewer, noun: Noun, values: &BTreeMap<String, String>) -> Vec<Item> {
    match market_of(viewer, values) {
        Some(market) => form::items_of(market, noun),
        None => if noun == Noun::Need { NEED } else { OFFER }.to_vec(),
    }
}

fn words(viewer: &Viewer, noun: Noun, market: Option<&'static Market>, edit: bool) -> String {
    let lang = viewer.lang();
    if let Some(market) = market {
        let step = if edit { lang.t("修改") } else { lang.t("发布") };
        let mark = crate::format::colon(lang);
        return format!("{step}{mark}{}", lang.of(&market.side(noun).name));
    }
    let word = match (noun, edit) {
        (Noun::Need, false) => lang.t("发布需求"),
        (Noun::Need, true) => lang.t("修改需求"),
        (_, false) => lang.t("发布供给"),
        (_, true) => lang.t("修改供给"),
    };
    word.to_owned()
}

fn sheet_page(viewer: &Viewer, sheet: &Sheet<'_>) -> Markup {
    let lang = viewer.lang();
    let Sheet { noun, at, values, error, preview } = sheet;
    let market = market_of(viewer, values);
    let heading = words(viewer, *noun, market, at.is_some());
    let key = market.map_or_else(MarketKey::default, |m| MarketKey(m.key.clone()));
    let up = markets::up(*noun, &key);
    let (action, draft) = match at {
        Some((id, _)) => (format!("{}/{id}/edit", root(*noun)), format!("{}-{id}", root(*noun))),
        None => (format!("{}/new", root(*noun)), format!("{}-new-{key}", root(*noun))),
    };
    let items = items(viewer, *noun, values);
    let live = *noun == Noun::Need;
    let form = html! {
        form.record method="post" action=(action) data-autosave=(draft) data-guard
            hx-post=[live.then_some("/needs/preview")] hx-trigger=[live.then_some("input delay:700ms")]
            hx-target=[live.then_some("#preview")] hx-sync=[live.then_some("this:replace")] {
            (viewer.csrf_field())
            @if let Some((id, version)) = at {
                input type="hidden" name="id" value=(id);
                input type="hidden" name="version" value=(version);
            }
            input type="hidden" name="enterprise" value=(values.get("enterprise").map_or("", String::as_str));
            input type="hidden" name="market" value=(values.get("market").map_or("", String::as_str));
            (form_error(lang, *error))
            (form::inputs(viewer, *noun, &items, values, *error, "title"))
            (form::visibility(lang, values.get("visibility").map_or("", String::as_str)))
            div.actions {
                button type="submit" { (if at.is_some() { lang.t("保存") } else { lang.t("发布") }) }
                @if live { button.quiet.noscript type="submit" formaction="/needs/preview" { (lang.t("先看看能匹配到谁")) } }
                a href=(at.map_or(up, |(id, _)| format!("{}/{id}", root(*noun)))) { (lang.t("取消")) }
            }
        }
    };
    html! {
        (markets::crumbs(viewer, *noun, &key, &heading))
        h1 { (heading) }
        @if live {
            div.sheet-sides {
                div { (form) }
                aside aria-label=(lang.t("读懂了什么")) {
                    div #preview.preview aria-live="polite" {
                        @match preview { Some(piece) => { (piece) }, None => { (before_preview(viewer)) } }
                    }
                }
            }
        } @else { (form) }
    }
}

fn before_preview(viewer: &Viewer) -> Markup {
    let lang = viewer.lang();
    html! {
        h2 { (lang.t("读懂了什么")) }
        p.soft { (lang.t("一边填，这里一边显示系统读懂的参数和附近能做的企业。")) }
    }
}

/// What was understood of a need, and its best offers.
fn preview_piece(viewer: &Viewer, preview: &NeedPreview) -> Markup {
    let lang = viewer.lang();
    let reference = viewer.app().reference();
    let need = &preview.row.need;
    let node = need.node.as_ref().and_then(|id| reference.chain.get(id));
    html! {
        h2 { (lang.t("读懂了什么")) }
        p { strong { (title(lang, &need.title)) } @if let Some(node) = node { " " span.tag.info { (super::search::node_name(lang, node)) } } }
        (record::specs(lang, reference, &need.specs, &[]))
        @if need.specs.is_empty() { p.soft { (lang.t("还没有读到参数：写上数值和单位，匹配会准得多。")) } }
        @if let Some(quantity) = &need.quantity { p { (lang.t("数量")) (format::colon(lang)) strong { (quantity) } } }
        @if let Some(price) = &need.price { p { (lang.t("预算/参考价")) (format::colon(lang)) (format::price(Some(price))) } }
        @if !preview.warnings.is_empty() { ul.warnings { @for warning in &preview.warnings { li { (lang.say(warning)) } } } }
        h2 { (lang.t("能匹配到")) " " span.soft { (preview.matches.len()) } }
        @if preview.matches.is_empty() {
            p.soft { (lang.t("本地暂时没有找到；照样可以发布，会计入补链缺口。")) }
        } @else {
            ol.matches.brief { @for found in preview.matches.iter().take(3) { li { (match_card(viewer, None, found)) } } }
        }
    }
}
