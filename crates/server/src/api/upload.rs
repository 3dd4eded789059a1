//! Files that come in: as parts of a form, or one as the body itself.

use super::problem::Problem;
use super::read;
use crate::site::Site;
use app::{Code, InputFile};
use axum::extract::{DefaultBodyLimit, FromRequest, Multipart, Request};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::IntoResponse;
use utoipa::ToSchema;

/// Files in one request.
const FILES_MAX: usize = 20;

/// Files of a request, at least one.
pub struct Files(pub Vec<InputFile>);

/// Form of a request with files.
#[derive(ToSchema)]
#[expect(dead_code, reason = "the schema of a form")]
pub struct FilesBody {
    /// A workbook or csv file; the part may stand more than once.
    #[schema(value_type = Vec<String>, format = Binary, min_items = 1)]
    pub file: Vec<Vec<u8>>,
}

impl FromRequest<Site> for Files {
    type Rejection = Problem;

    async fn from_request(mut request: Request, site: &Site) -> Result<Self, Problem> {
        DefaultBodyLimit::max(site.options.body_max).apply(&mut request);
        let files = match read::media_type(request.headers()).as_str() {
            "multipart/form-data" => parts(request, site).await?,
            "" | "application/json" | "application/x-www-form-urlencoded" => {
                return Err(Problem::new(
                    Code::MediaType,
                    "send the file as it is (application/octet-stream), or multipart/form-data with parts `file`",
                ));
            }
            _ => {
                let name = file_name(request.headers()).unwrap_or_else(|| "file".to_owned());
                vec![InputFile { name, bytes: read::bytes(request, site).await?.to_vec() }]
            }
        };
        if files.iter().all(|file| file.bytes.is_empty()) {
            return Err(Problem::at("body", "/file", "there is no file in it"));
        }
        Ok(Self(files))
    }
}

async fn parts(request: Request, site: &Site) -> Result<Vec<InputFile>, Problem> {
    let mut form =
        Multipart::from_request(request, site).await.map_err(|e| Problem::at("body", "", e.body_text()))?;
    let broken = |e: axum::extract::multipart::MultipartError| {
        if e.status() == StatusCode::PAYLOAD_TOO_LARGE {
            return Problem::new(Code::TooLarge, "the body is larger than this path takes");
        }
        let _ = e.into_response();
        Problem::at("body", "", "it is no multipart/form-data")
    };
    let mut files = Vec::new();
    while let Some(part) = form.next_field().await.map_err(broken)? {
        let name = part.name().unwrap_or("").to_owned();
        if name != "file" {
            return Err(Problem::at("body", format!("/{name}"), "the parts of the form are called `file`"));
        }
        if files.len() == FILES_MAX {
            return Err(Problem::at("body", "/file", format!("at most {FILES_MAX} files at a time")));
        }
        let name = part.file_name().unwrap_or("file").replace('\0', "");
        let bytes = part.bytes().await.map_err(broken)?.to_vec();
        files.push(InputFile { name, bytes });
    }
    Ok(files)
}

/// The name in `Content-Disposition: attachment; filename="..."`, plain or percent-encoded (`filename*=UTF-8''...`).
fn file_name(headers: &HeaderMap) -> Option<String> {
    let value = headers.get(header::CONTENT_DISPOSITION)?.to_str().ok()?;
    let of = |name: &str| {
        value.split(';').find_map(|part| Some(part.trim().strip_prefix(name)?.trim_matches('"').to_owned()))
    };
    let name = match of("filename*=UTF-8''") {
        Some(encoded) => crate::words::decoded(&encoded.replace('+', "%2B")),
        None => of("filename=")?,
    };
    Some(name.replace('\0', "")).filter(|name| !name.is_empty())
}
