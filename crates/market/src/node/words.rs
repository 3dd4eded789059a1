//! The recogniser's own vocabulary (`data/title_words.csv`): which words leave a name the head of its phrase.

use model::table;
use serde::Deserialize;

#[derive(Debug, Deserialize)]
struct Row {
    role: Role,
    words: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Role {
    Tail,
    WorkTail,
    OtherHead,
    MaterialHead,
    EnglishEnd,
    ChineseEnd,
}

/// Words by what they do in a title.
#[derive(Debug)]
pub(super) struct TitleWords {
    /// Words behind a name that leave it the head of its phrase.
    pub tails: Vec<String>,
    /// The same behind the name of a process or service (`LED封测服务`).
    pub work_tails: Vec<String>,
    /// Ends of phrases that name another thing than the noun before them.
    pub other_heads: Vec<String>,
    /// Those of them that still name a material (`PA66 连接器料`).
    pub material_heads: Vec<String>,
    /// Words before which an English phrase ends.
    pub english_ends: Vec<String>,
    /// Words in front of which a Chinese phrase ends: what follows says what it is for.
    pub chinese_ends: Vec<String>,
}

impl TitleWords {
    /// The shipped vocabulary.
    pub fn builtin() -> Self {
        let rows = table::rows::<Row>("title_words.csv", include_str!("../../../../data/title_words.csv"))
            .expect("the shipped table is read by every test of the recogniser");
        let of = |role: Role| -> Vec<String> {
            rows.iter().filter(|(_, r)| r.role == role).flat_map(|(_, r)| table::words(&r.words)).collect()
        };
        Self {
            tails: of(Role::Tail),
            work_tails: of(Role::WorkTail),
            other_heads: of(Role::OtherHead),
            material_heads: of(Role::MaterialHead),
            english_ends: of(Role::EnglishEnd),
            chinese_ends: of(Role::ChineseEnd),
        }
    }
}
