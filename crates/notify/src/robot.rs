//! Webhooks: group robots of 企业微信, 钉钉 and 飞书, or any receiver of JSON.

use crate::sign::{dingtalk, feishu};
use crate::{Error, Letter, TIMEOUT};
use serde_json::{Value, json};
use std::io::ErrorKind;

const WHO: &str = "the webhook";
/// Longest text that all robots take (企业微信: 2,048 bytes).
const TEXT_BYTES: usize = 2_000;
/// Longest answer that is read.
const ANSWER_BYTES: u64 = 64 << 10;

/// Form of the body.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// 企业微信 group robot.
    Wecom,
    /// 钉钉 group robot.
    Dingtalk,
    /// 飞书 group robot.
    Feishu,
    /// The letter's own fields as JSON.
    Json,
}

impl Form {
    /// Reads `wecom`, `dingtalk`, `feishu` or `json`.
    pub fn parse(word: &str) -> Option<Self> {
        match word {
            "wecom" => Some(Self::Wecom),
            "dingtalk" => Some(Self::Dingtalk),
            "feishu" => Some(Self::Feishu),
            "json" => Some(Self::Json),
            _ => None,
        }
    }
}

/// A webhook.
#[derive(Clone)]
pub struct Robot {
    /// Address; it holds the robot's key.
    pub url: String,
    /// Form of the body.
    pub form: Form,
    /// Secret for the signature (钉钉, 飞书); may be empty.
    pub secret: String,
}

impl Robot {
    /// The host of the address: all of it that may be shown. None where it is no address of http or https.
    pub fn host(url: &str) -> Option<&str> {
        let rest = url.strip_prefix("https://").or_else(|| url.strip_prefix("http://"))?;
        let authority = rest.split(['/', '?', '#']).next()?;
        let host = authority.rsplit('@').next()?;
        let plain = |c: char| c.is_ascii_alphanumeric() || "-._:[]".contains(c);
        (!host.is_empty() && host.chars().all(plain)).then_some(host)
    }

    /// Sends a letter and waits until the robot has taken it. `now_ms` is signed with it, milliseconds since 1970 UTC.
    ///
    /// # Errors
    /// [`Error`], without the address.
    pub fn send(&self, letter: &Letter, now_ms: i64) -> Result<(), Error> {
        if Self::host(&self.url).is_none() {
            return Err(Error::Invalid("the webhook's address must begin with https:// or http://"));
        }
        let answer = agent()
            .post(self.address(now_ms))
            .header("content-type", "application/json; charset=utf-8")
            .send(self.body(letter, now_ms).to_string());
        let mut answer = answer.map_err(|error| sorted(&error, WHO))?;
        let status = answer.status().as_u16();
        if !(200..300).contains(&status) {
            let for_good = matches!(status, 400 | 413 | 422);
            return Err(Error::Refused { who: WHO, code: i64::from(status), for_good });
        }
        if self.form == Form::Json {
            return Ok(());
        }
        // Robots answer 200 and say in the body whether they took it.
        let said = read_json(&mut answer);
        match ["errcode", "code", "StatusCode"].iter().find_map(|name| said[*name].as_i64()) {
            Some(0) => Ok(()),
            Some(code) => Err(Error::Refused { who: WHO, code, for_good: false }),
            None => Err(Error::Refused {
                who: "what answers at the webhook's address",
                code: 200,
                for_good: false,
            }),
        }
    }

    /// The address, signed where the form signs it.
    fn address(&self, now_ms: i64) -> String {
        if self.form != Form::Dingtalk || self.secret.is_empty() {
            return self.url.clone();
        }
        let joint = if self.url.contains('?') { '&' } else { '?' };
        format!("{}{joint}timestamp={now_ms}&sign={}", self.url, dingtalk(&self.secret, now_ms))
    }

    fn body(&self, letter: &Letter, now_ms: i64) -> Value {
        let text = cut(&letter.text(), TEXT_BYTES).to_owned();
        match self.form {
            Form::Wecom | Form::Dingtalk => json!({ "msgtype": "text", "text": { "content": text } }),
            Form::Feishu => {
                let mut body = json!({ "msg_type": "text", "content": { "text": text } });
                if !self.secret.is_empty() {
                    let seconds = now_ms / 1000;
                    body["timestamp"] = seconds.to_string().into();
                    body["sign"] = feishu(&self.secret, seconds).into();
                }
                body
            }
            Form::Json => json!({
                "kind": letter.kind,
                "title": letter.title,
                "body": letter.body,
                "link": letter.link,
            }),
        }
    }
}

/// The beginning of a text that fits so many bytes.
fn cut(text: &str, bytes: usize) -> &str {
    &text[..text.floor_char_boundary(bytes)]
}

/// A client that follows no redirection and waits no longer than [`TIMEOUT`].
pub(crate) fn agent() -> ureq::Agent {
    ureq::Agent::config_builder()
        .timeout_global(Some(TIMEOUT))
        .max_redirects(0)
        .http_status_as_error(false)
        .proxy(None)
        .build()
        .into()
}

/// The JSON of an answer; null where it is none, or too long.
pub(crate) fn read_json(answer: &mut ureq::http::Response<ureq::Body>) -> Value {
    let text = answer.body_mut().with_config().limit(ANSWER_BYTES).read_to_string();
    text.ok().and_then(|text| serde_json::from_str(&text).ok()).unwrap_or_default()
}

/// The error of `who` by its kind: ureq's own words may hold the address.
pub(crate) fn sorted(error: &ureq::Error, who: &'static str) -> Error {
    match error {
        ureq::Error::Timeout(_) => Error::Timeout(who),
        ureq::Error::Io(error) if matches!(error.kind(), ErrorKind::TimedOut | ErrorKind::WouldBlock) => {
            Error::Timeout(who)
        }
        ureq::Error::Tls(_) | ureq::Error::Rustls(_) => Error::Tls(who),
        ureq::Error::BadUri(_) | ureq::Error::Http(_) => Error::Invalid("the address is no valid address"),
        _ => Error::Unreachable(who),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_host_of_an_address_is_shown() {
        for (url, host) in [
            ("https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=geheim", Some("qyapi.weixin.qq.com")),
            ("http://user:geheim@10.0.0.1:8080/x", Some("10.0.0.1:8080")),
            ("ftp://x/y", None),
            ("https:///x", None),
            ("https://a b/", None),
            ("", None),
        ] {
            assert_eq!(Robot::host(url), host, "{url}");
        }
    }

    #[test]
    fn a_long_text_is_cut_between_characters() {
        assert_eq!(cut("雨林", 4), "雨");
        assert_eq!(cut("雨林", 9), "雨林");
    }
}
