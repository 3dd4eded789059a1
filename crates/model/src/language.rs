//! The language that sentences about records are made in.

/// A language.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Language {
    /// Chinese: what lists freeze.
    #[default]
    Chinese,
    /// English.
    English,
}

impl Language {
    /// Of a Chinese and an English word the one in this language.
    pub fn pick<T>(self, zh: T, en: T) -> T {
        match self {
            Self::Chinese => zh,
            Self::English => en,
        }
    }
}
