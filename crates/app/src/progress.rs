//! Progress of a use case, for whoever shows it.

/// A stage of a long use case.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "the words say it")]
pub enum Stage {
    Read,
    Duplicates,
    Store,
    Load,
    Match,
    Gather,
    Learn,
    Freeze,
    Write,
    Inspect,
}

impl Stage {
    /// What is being done, in Chinese.
    pub fn zh(self) -> &'static str {
        match self {
            Self::Read => "读取工作簿",
            Self::Duplicates => "查找疑似重复",
            Self::Store => "写入数据库",
            Self::Load => "读取数据库",
            Self::Match => "匹配",
            Self::Gather => "收集对接结果",
            Self::Learn => "学习权重",
            Self::Freeze => "定稿",
            Self::Write => "写出文件",
            Self::Inspect => "检测画面",
        }
    }
}

/// Takes a stage, what is done and what is to do.
pub type Progress<'a> = &'a (dyn Fn(Stage, u64, u64) + Send + Sync);
