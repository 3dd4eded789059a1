//! Evidence: finished inspections that prove what offers state.

use super::runs::ways;
use crate::answer::{Answer, Failure};
use crate::format;
use crate::pages::desk::Nothing;
use crate::pages::market::property as named;
use crate::parts::{Field, empty, figures, form_error, post_button, scroll, tag};
use crate::viewer::{Posted, Viewer};
use crate::words::Lang;
use app::{
    Act, AttachEvidence, Code, Error, EvidenceRow, EvidenceState, OfferRow, RecordQuery, RunCard, provable,
};
use axum::extract::Path;
use maud::{Markup, html};
use model::evidence::Evidence;
use serde::Deserialize;

/// `GET /inspections/evidence`
pub async fn index(viewer: Viewer) -> Answer {
    let lang = viewer.lang();
    let fail = |e| viewer.fail(e);
    let rows = viewer.app().evidence(viewer.actor()).await.map_err(fail)?;
    let counts = viewer.app().inspection_counts(viewer.actor()).await.map_err(fail)?;
    let body = html! {
        h1 { (lang.t("实测证据")) }
        (ways(&viewer))
        (figures(&[
            (lang.t("做检测的企业"), counts.enterprises.to_string(), ""),
            (lang.t("定稿的检测"), counts.finished.to_string(), ""),
            (lang.t("进行中的检测"), counts.running.to_string(), ""),
            (lang.t("有效的证据"), counts.valid.to_string(), ""),
            (lang.t("有实测证据的供给"), counts.offers.to_string(), ""),
        ]))
        @if rows.is_empty() {
            (empty(lang.t("还没有可以看的证据"), lang.t("企业把定稿的检测附到供给上后，匹配时规格判定写“实测”而不是“申报”。")))
        } @else {
            (scroll(lang.t("实测证据"), &table(&viewer, &rows, true)))
        }
    };
    Ok(viewer.page(lang.t("实测证据"), &body))
}

/// How evidence stands, as a tag.
fn state(lang: Lang, state: EvidenceState) -> Markup {
    match state {
        EvidenceState::Valid => tag("good", lang.t("有效")),
        EvidenceState::Expired => tag("warn", lang.t("已过期")),
        EvidenceState::Stale => tag("warn", lang.t("供给已改，证据失效")),
        EvidenceState::Withdrawn => tag("quiet", lang.t("已撤回")),
    }
}

fn property(viewer: &Viewer, evidence: &Evidence) -> String {
    named(viewer.lang(), &viewer.app().reference().properties, &evidence.property)
}

fn table(viewer: &Viewer, rows: &[EvidenceRow], whose: bool) -> Markup {
    let lang = viewer.lang();
    let may = viewer.actor().may(Act::AttachEvidence);
    html! {
        table.cards {
            thead { tr {
                @if whose { th scope="col" { (lang.t("企业")) } }
                th scope="col" { (lang.t("供给产品")) }
                th scope="col" { (lang.t("参数")) }
                th scope="col" { (lang.t("申报")) }
                th scope="col" { (lang.t("实测")) }
                th.n scope="col" { (lang.t("件数")) }
                th scope="col" { (lang.t("有效期至")) }
                th scope="col" { (lang.t("状态")) }
                @if may { th.screen scope="col" { (lang.t("操作")) } }
            } }
            tbody { @for row in rows {
                tr {
                    @if whose { td data-label=(lang.t("企业")) { (row.enterprise.name) } }
                    td.t data-label=(lang.t("供给产品")) { a href={ "/offers/" (row.offer) } { (row.offer_title) } }
                    td data-label=(lang.t("参数")) { (property(viewer, &row.evidence)) }
                    td data-label=(lang.t("申报")) { (row.stated) }
                    td data-label=(lang.t("实测")) {
                        (row.evidence.value_words())
                        @if let Some(cpk) = row.evidence.cpk { " · Cpk " (format!("{cpk:.2}")) }
                        br;
                        @match row.run {
                            Some(run) => a href={ "/inspections/" (run) } { (row.evidence.measured_on) },
                            None => (row.evidence.measured_on),
                        }
                    }
                    td.n data-label=(lang.t("件数")) { (row.evidence.count) }
                    td.d data-label=(lang.t("有效期至")) { (row.evidence.valid_until) }
                    td data-label=(lang.t("状态")) { (state(lang, row.state)) }
                    @if may { td.screen data-label=(lang.t("操作")) {
                        @if row.run.is_some() && row.state != EvidenceState::Withdrawn {
                            (post_button(viewer, &format!("/inspections/evidence/{}/withdraw", row.id), "quiet small", lang.t("撤回"), Some(lang.t("撤回后不能恢复，只能重新附上。确定撤回？"))))
                        }
                    } }
                }
            } }
        }
    }
}

/// Open offers of an enterprise that state something an inspection can prove.
pub async fn offers_of(viewer: &Viewer, enterprise: i64) -> Result<Vec<OfferRow>, Failure> {
    let query = RecordQuery { enterprise: Some(enterprise), per_page: 200, ..RecordQuery::default() };
    let page = viewer.app().offers(viewer.actor(), &query).await.map_err(|e| viewer.fail(e))?;
    let proves =
        |row: &OfferRow| row.offer.specs.iter().any(|s| provable().iter().any(|p| p.property == s.property));
    Ok(page.rows.into_iter().filter(proves).collect())
}

/// Evidence that was made of a run, and the form that makes more.
pub fn of_run(viewer: &Viewer, card: &RunCard, offers: &[OfferRow], error: Option<&Error>) -> Markup {
    let lang = viewer.lang();
    let to = format!("/inspections/{}/evidence", card.row.id);
    let known = &viewer.app().reference().properties;
    let kind = card.row.kind();
    let own = provable().iter().filter(|p| p.runs.contains(&kind));
    let properties = own.map(|p| (p.property.0.clone(), named(lang, known, &p.property)));
    html! {
        h2 #evidence { (lang.t("作为供给的实测证据")) }
        @if !card.evidence.is_empty() { (scroll(lang.t("实测证据"), &table(viewer, &card.evidence, false))) }
        @if viewer.actor().may(Act::AttachEvidence) {
            @if offers.is_empty() {
                p.soft { (lang.t("没有写明良率或贴装精度等参数的供给；先在供给的规格参数里写明，再附上证据。")) }
            } @else {
                (form_error(lang, error))
                form.card method="post" action=(to) {
                    (viewer.csrf_field())
                    (Field::select("offer", lang.t("供给"), offers.iter().map(|o| (o.id.to_string(), o.offer.title.clone()))).required().error_of(error))
                    (Field::select("property", lang.t("参数"), properties).required().error_of(error))
                    (Field::typed("number", "months", lang.t("有效期")).value(6).unit(lang.t("个月")).required().error_of(error))
                    p.hint { (lang.t("整个95%区间都要达到供给写明的值。买方看到实测值、区间、Cpk 和日期，看不到这次检测。")) }
                    div.actions { button type="submit" { (lang.t("附到供给")) } }
                }
            }
        }
    }
}

/// Evidence to attach, as typed.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Form {
    offer: i64,
    property: String,
    months: u8,
}

/// `POST /inspections/{id}/evidence`
pub async fn attach(Path(id): Path<i64>, Posted { viewer, form, .. }: Posted<Form>) -> Answer {
    let lang = viewer.lang();
    let Form { offer, property, months } = form;
    let new = AttachEvidence { run: id, offer, property, months };
    match viewer.app().attach_evidence(viewer.actor(), &new).await {
        Ok(_) => Ok(viewer.go_with(&format!("/offers/{offer}"), lang.t("已附上实测证据"))),
        Err(error) if matches!(error.code, Code::BadInput | Code::Conflict) => {
            let error = lang.said(error);
            let card = viewer.app().inspection(viewer.actor(), id).await.map_err(|e| viewer.fail(e))?;
            let offers = offers_of(&viewer, card.row.enterprise.id).await?;
            let page = html! { h1 { (card.row.name) } (of_run(&viewer, &card, &offers, Some(&error))) };
            Ok(viewer.refused(&error, &card.row.name, &page))
        }
        Err(error) => Err(viewer.fail(error)),
    }
}

/// `POST /inspections/evidence/{id}/withdraw`
pub async fn withdraw(Path(id): Path<i64>, Posted { viewer, .. }: Posted<Nothing>) -> Answer {
    viewer.app().withdraw_evidence(viewer.actor(), id).await.map_err(|e| viewer.fail(e))?;
    Ok(viewer.go_with("/inspections/evidence", viewer.lang().t("已撤回")))
}

/// Evidence of an offer, for its page.
pub fn of_offer(viewer: &Viewer, evidence: &[Evidence]) -> Markup {
    let lang = viewer.lang();
    html! {
        @if !evidence.is_empty() {
            section.panel {
                h2 { (lang.t("实测证据")) }
                ul.plain { @for e in evidence {
                    li {
                        strong { (property(viewer, e)) } " " (format::measured(lang, e))
                        " " span.soft { (lang.t("有效期至")) " " (e.valid_until) " · " (e.count) " " (lang.t("颗灯珠")) " · SHA-256 " code { (&e.sha256[..e.sha256.len().min(12)]) } }
                    }
                } }
            }
        }
    }
}
