//! The signatures of group robots.

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use sha2::{Digest, Sha256};

/// 钉钉: the instant in milliseconds, a line feed and the secret, under the secret; ready for an address.
/// Source: 钉钉开放平台, 自定义机器人安全设置（加签）.
pub(crate) fn dingtalk(secret: &str, now_ms: i64) -> String {
    let text = format!("{now_ms}\n{secret}");
    let sign = BASE64_STANDARD.encode(hmac_sha256(secret.as_bytes(), text.as_bytes()));
    sign.replace('+', "%2B").replace('/', "%2F").replace('=', "%3D")
}

/// 飞书: nothing, under the instant in seconds, a line feed and the secret.
/// Source: 飞书开放平台, 自定义机器人使用指南（签名校验）.
pub(crate) fn feishu(secret: &str, now_s: i64) -> String {
    BASE64_STANDARD.encode(hmac_sha256(format!("{now_s}\n{secret}").as_bytes(), b""))
}

/// HMAC by RFC 2104.
pub(crate) fn hmac_sha256(key: &[u8], text: &[u8]) -> [u8; 32] {
    const BLOCK: usize = 64;
    let mut block = [0_u8; BLOCK];
    if key.len() > BLOCK {
        block[..32].copy_from_slice(&Sha256::digest(key));
    } else {
        block[..key.len()].copy_from_slice(key);
    }
    let inner = Sha256::new().chain_update(block.map(|byte| byte ^ 0x36)).chain_update(text).finalize();
    Sha256::new().chain_update(block.map(|byte| byte ^ 0x5c)).chain_update(inner).finalize().into()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Test cases 1, 2 and 6 of RFC 4231.
    #[test]
    fn hmac_is_that_of_the_standard() {
        let hex = |bytes: [u8; 32]| bytes.iter().map(|b| format!("{b:02x}")).collect::<String>();
        for (key, text, expect) in [
            (
                &[0x0b; 20][..],
                &b"Hi There"[..],
                "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7",
            ),
            (
                b"Jefe",
                b"what do ya want for nothing?",
                "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843",
            ),
            (
                &[0xaa; 131],
                b"Test Using Larger Than Block-Size Key - Hash Key First",
                "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54",
            ),
        ] {
            assert_eq!(hex(hmac_sha256(key, text)), expect);
        }
    }

    /// Compared with the platforms' own Python examples.
    #[test]
    fn signatures_are_those_of_the_platforms() {
        assert_eq!(dingtalk("SECabc", 1_795_000_000_000), DINGTALK);
        assert_eq!(feishu("geheim", 1_795_000_000), FEISHU);
    }

    const DINGTALK: &str = "llHBvWFHAoZ6IGgL%2Bv7Bl4POLYcJ9PSZXm9aoQepO%2BA%3D";
    const FEISHU: &str = "eRyVlroNAVT1JM5SO+SVyXQADSFa6eHFk5rTU3hvPOs=";
}
