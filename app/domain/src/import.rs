//! Why an import is not written.

use crate::Lang;

/// Why an import is not confirmed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ImportRefused {
    /// Its file is still being checked.
    #[error("the import is not checked yet")]
    NotChecked,
    /// No row of it can be taken.
    #[error("no row of the import can be taken")]
    NothingToImport,
    /// Some rows of it cannot be taken.
    #[error("{bad_rows} rows of the import cannot be taken")]
    BadRows {
        /// How many.
        bad_rows: i64,
    },
}

impl ImportRefused {
    /// The stable code.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            ImportRefused::NotChecked => "import_not_checked",
            ImportRefused::NothingToImport => "nothing_to_import",
            ImportRefused::BadRows { .. } => "import_bad_rows",
        }
    }

    /// The HTTP status.
    #[must_use]
    pub const fn status(&self) -> u16 {
        if matches!(self, ImportRefused::NotChecked) { 409 } else { 422 }
    }

    /// What the person at the bureau reads.
    #[must_use]
    pub fn words(&self, lang: Lang) -> String {
        match self {
            ImportRefused::NotChecked => lang
                .pick("文件还在检查，请稍后再确认", "The file is still being checked: confirm it in a moment")
                .to_owned(),
            ImportRefused::NothingToImport => lang
                .pick(
                    "没有可以导入的行，请修改后重新上传",
                    "No row can be taken: mend the file and upload it again",
                )
                .to_owned(),
            ImportRefused::BadRows { bad_rows } => lang.pick(
                format!("有 {bad_rows} 行有误：请修改后重新上传，或选择跳过这些行"),
                format!("{bad_rows} rows are wrong: mend them and upload again, or skip them"),
            ),
        }
    }
}
