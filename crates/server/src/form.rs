//! Forms that the viewer's own pages send.

use crate::answer::Failure;
use crate::site::Site;
use crate::viewer::Viewer;
use crate::words;
use app::Code;
use axum::body::Bytes;
use axum::extract::{DefaultBodyLimit, FromRequest, FromRequestParts, Request};
use axum::http::request::Parts;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::de::DeserializeOwned;

/// A form that was sent by the viewer's own page: handlers of POST take it last. The token stands in the field `csrf` or in the
/// header `x-csrf`.
pub struct Posted<T> {
    /// Who.
    pub viewer: Viewer,
    /// The form.
    pub form: T,
    /// Its fields as they came, for names that stand more than once.
    pub fields: Vec<(String, String)>,
}

impl<T: DeserializeOwned> FromRequest<Site> for Posted<T> {
    type Rejection = Response;

    async fn from_request(request: Request, site: &Site) -> Result<Self, Response> {
        let (mut parts, body) = request.into_parts();
        let viewer = Viewer::from_request_parts(&mut parts, site).await?;
        let header = parts.headers.get("x-csrf").and_then(|v| v.to_str().ok()).map(str::to_owned);
        let bytes = Bytes::from_request(Request::from_parts(parts, body), site)
            .await
            .map_err(|e| viewer.cut_form(e.status(), &e.body_text()).into_response())?;
        let text = std::str::from_utf8(&bytes).unwrap_or("");
        let field = words::pairs(text).find(|(name, _)| name == "csrf").map(|(_, value)| value);
        if !header.or(field).is_some_and(|token| viewer.is_csrf(&token)) {
            return Err(viewer.stale_form().into_response());
        }
        let fields = words::pairs(text).collect();
        let request = Request::from_parts(Viewer::form_parts(), axum::body::Body::from(bytes.clone()));
        let form = axum::Form::<T>::from_request(request, site)
            .await
            .map_err(|e| viewer.bad_form(&e.body_text()).into_response())?;
        Ok(Self { viewer, form: form.0, fields })
    }
}

/// A file of a form.
#[derive(Debug, Clone)]
pub struct UploadedFile {
    /// The file's own name, without folders.
    pub name: String,
    /// Content.
    pub bytes: Bytes,
}

/// A form with files (`multipart/form-data`) that was sent by the viewer's own page. Files that were left empty are not there.
pub struct Uploaded {
    /// Who.
    pub viewer: Viewer,
    /// The fields that are no files.
    pub fields: Vec<(String, String)>,
    /// The files.
    pub files: Vec<UploadedFile>,
}

impl Uploaded {
    /// The value of a field; empty where it is not there.
    pub fn field(&self, name: &str) -> &str {
        self.fields.iter().find(|(field, _)| field == name).map_or("", |(_, value)| value)
    }
}

/// Fields of a form with files, at most.
const PARTS_MAX: usize = 1000;

impl FromRequest<Site> for Uploaded {
    type Rejection = Response;

    async fn from_request(request: Request, site: &Site) -> Result<Self, Response> {
        let (mut parts, body) = request.into_parts();
        let viewer = Viewer::from_request_parts(&mut parts, site).await?;
        let header = parts.headers.get("x-csrf").and_then(|v| v.to_str().ok()).map(str::to_owned);
        let mut request = Request::from_parts(parts, body);
        DefaultBodyLimit::max(site.options.body_max).apply(&mut request);
        let mut form = axum::extract::Multipart::from_request(request, site)
            .await
            .map_err(|e| viewer.bad_form(&e.body_text()).into_response())?;
        let (mut fields, mut files) = (Vec::new(), Vec::new());
        let cut = |e: axum::extract::multipart::MultipartError| {
            viewer.cut_form(e.status(), &e.body_text()).into_response()
        };
        while let Some(part) = form.next_field().await.map_err(cut)? {
            let field = part.name().unwrap_or("").to_owned();
            // Some browsers send the whole path of a file.
            let name = part.file_name().map(|n| n.rsplit(['/', '\\']).next().unwrap_or("").to_owned());
            let bytes = part.bytes().await.map_err(cut)?;
            if fields.len() + files.len() >= PARTS_MAX {
                return Err(viewer.bad_form("too many fields").into_response());
            }
            match name {
                Some(name) if !name.is_empty() => files.push(UploadedFile { name, bytes }),
                Some(_) => {}
                None => fields.push((field, String::from_utf8_lossy(&bytes).into_owned())),
            }
        }
        let field = fields.iter().find(|(name, _)| name == "csrf").map(|(_, value)| value.clone());
        if !header.or(field).is_some_and(|token| viewer.is_csrf(&token)) {
            return Err(viewer.stale_form().into_response());
        }
        Ok(Self { viewer, fields, files })
    }
}

impl Viewer {
    /// The head of a form's request, to read the form apart from who sent it.
    fn form_parts() -> Parts {
        let request = Request::post("/").header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
        let (parts, ()) = request.body(()).expect("the parts are constant").into_parts();
        parts
    }
}

impl Viewer {
    /// A form without the session's token.
    pub fn stale_form(&self) -> Failure {
        self.fail(
            app::Error::new(Code::NotAllowed, self.lang().t("这张表单不是本次登录打开的"))
                .hint(self.lang().t("返回上一页，刷新后再提交。")),
        )
    }

    /// A form that was not read to its end.
    fn cut_form(&self, status: StatusCode, why: &str) -> Failure {
        if status != StatusCode::PAYLOAD_TOO_LARGE {
            return self.bad_form(why);
        }
        let error = app::Error::new(Code::TooLarge, self.lang().t("提交的内容太大"));
        self.fail(error.hint(self.lang().t("请分成几份再提交。")))
    }

    fn bad_form(&self, why: &str) -> Failure {
        self.fail(app::Error::new(Code::BadInput, why))
    }
}
