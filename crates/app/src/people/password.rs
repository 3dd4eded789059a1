//! Passwords: which are taken, and how they are kept.

use crate::{Code, Error, Result};
use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher, PasswordVerifier};
use argon2::{Algorithm, Argon2, Params, Version};
use std::collections::HashSet;
use std::sync::LazyLock;
use tokio::sync::Semaphore;

/// Shortest and longest password, in characters.
const CHARS: std::ops::RangeInclusive<usize> = 8..=200;

/// Passwords that everybody guesses first.
static WEAK: LazyLock<HashSet<&str>> = LazyLock::new(|| {
    include_str!("../../../../data/weak_passwords.csv").lines().skip(1).map(str::trim).collect()
});

/// Each computation takes 19 MiB: so many at once, the others wait.
static AT_ONCE: Semaphore = Semaphore::const_new(4);

/// What an unknown name's password is compared with, so that the answer takes as long as for a known one. It opens nothing.
const NOBODY: &str =
    "$argon2id$v=19$m=19456,t=2,p=1$SnYc8hllcJ43M6ii/axBJg$b4rB5WZch0QauPaGjO0nJt8gYD0ZxIE7q3daExO4mt4";

/// Argon2id with the parameters that OWASP recommends (19 MiB, 2 passes, 1 lane).
fn argon2() -> Argon2<'static> {
    Argon2::new(Algorithm::Argon2id, Version::V0x13, Params::DEFAULT)
}

fn compute(password: &str) -> Result<String> {
    let hash = argon2().hash_password(password.as_bytes());
    let hash = hash.map_err(|e| Error::new(Code::Internal, format!("cannot hash a password: {e}")))?;
    Ok(hash.to_string())
}

/// Refuses a weak password.
///
/// # Errors
/// [`Code::BadInput`] with what is wrong; never with the password.
pub(super) fn check(name: &str, password: &str) -> Result<()> {
    let folded = password.to_lowercase();
    let name = name.trim().to_lowercase();
    let fault = if !CHARS.contains(&password.chars().count()) {
        ("the password must have 8 to 200 characters", "密码须为8至200个字符")
    } else if name.chars().count() > 1 && folded.contains(&name) {
        ("the password must not contain the account's name", "密码不能含有账号名")
    } else if WEAK.contains(folded.as_str()) {
        ("the password is one of the most common ones", "密码太常见，请换一个")
    } else {
        return Ok(());
    };
    let mut error = Error::new(Code::BadInput, fault.0);
    error.fields.push(("password".to_owned(), fault.1.to_owned()));
    Err(error)
}

/// Hashes a password.
///
/// # Errors
/// [`Code::Internal`].
pub(super) async fn hash(password: &str) -> Result<String> {
    let password = password.to_owned();
    aside(move || compute(&password)).await?
}

/// True where the password has this hash; without a hash the same work is done for nothing.
///
/// # Errors
/// [`Code::Internal`].
pub(super) async fn matches(password: &str, hash: Option<String>) -> Result<bool> {
    let password = password.to_owned();
    aside(move || {
        let known = hash.is_some();
        let hash = hash.unwrap_or_else(|| NOBODY.to_owned());
        let right = PasswordHash::new(&hash)
            .is_ok_and(|hash| argon2().verify_password(password.as_bytes(), &hash).is_ok());
        right && known
    })
    .await
}

/// Computes beside the threads that answer requests.
async fn aside<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T> {
    let turn = AT_ONCE.acquire().await;
    let done = tokio::task::spawn_blocking(work).await;
    drop(turn);
    done.map_err(|e| Error::new(Code::Internal, format!("a computation was given up: {e}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn weak_passwords_are_refused_without_being_repeated() {
        let long = "长".repeat(201);
        for (name, password, expect) in [
            ("li", "k3-7Zq", "8 to 200"),
            ("li", long.as_str(), "8 to 200"),
            ("wangwu", "2026-WangWu!", "the account's name"),
            ("李四海", "我是李四海2026", "the account's name"),
            ("li", "12345678", "most common"),
            ("li", "Password123", "most common"),
            ("li", "woaini1314", "most common"),
        ] {
            let error = check(name, password).unwrap_err();
            assert!(error.message.contains(expect), "{password}: {error}");
            assert!(!error.message.contains(password) && error.fields.len() == 1);
        }
        check("li", "正确的马电池订书钉").unwrap();
        check("甲", "甲乙丙丁戊己庚辛").unwrap();
    }

    #[tokio::test]
    async fn a_hash_is_argon2id_with_a_salt_of_its_own() {
        let (one, two) = (hash("correct horse").await.unwrap(), hash("correct horse").await.unwrap());
        assert!(one.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{one}");
        assert_ne!(one, two);
        assert!(matches("correct horse", Some(one.clone())).await.unwrap());
        assert!(!matches("wrong horse", Some(one)).await.unwrap());
        // The right password for what nobody has: the work is done, the answer is no.
        assert!(argon2().verify_password(b"demo-forest-2026", &PasswordHash::new(NOBODY).unwrap()).is_ok());
        assert!(!matches("demo-forest-2026", None).await.unwrap());
        assert!(!matches("x", Some("no hash at all".to_owned())).await.unwrap());
    }
}
