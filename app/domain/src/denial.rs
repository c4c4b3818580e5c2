//! Denials: the request itself cannot be served, whatever the rules of the
//! season say.

use crate::Lang;

/// Why a request is turned away at the door.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Denied {
    /// No session, or one that has ended.
    #[error("not signed in")]
    Unauthenticated,
    /// The account's roles do not allow it.
    #[error("the account's role does not allow this")]
    WrongRole,
    /// There is no such thing, or it is not the caller's to see.
    #[error("not found")]
    NotFound,
    /// A filter, limit or cursor is none.
    #[error("{field}: {allowed}")]
    BadQuery {
        /// Which.
        field: String,
        /// What is allowed.
        allowed: String,
    },
    /// A field of a form or body is out of its limits.
    #[error("{field}: {allowed}")]
    BadField {
        /// Which.
        field: String,
        /// What is allowed.
        allowed: String,
    },
    /// A write came without an idempotency key.
    #[error("an Idempotency-Key is required")]
    KeyRequired,
    /// The idempotency key is too short, too long or holds other characters.
    #[error("the Idempotency-Key has 8 to 128 visible characters")]
    BadKey,
    /// The idempotency key was used with another body.
    #[error("the Idempotency-Key was used for another request")]
    KeyReused,
    /// The login code is wrong, used or too old; whether the number is known
    /// stays untold.
    #[error("wrong login code")]
    WrongCode,
    /// Too many wrong login codes.
    #[error("locked after too many wrong codes")]
    Locked {
        /// When to come back.
        retry_after_s: i64,
    },
    /// Too many requests of one kind.
    #[error("too often")]
    TooOften {
        /// When to come back.
        retry_after_s: i64,
    },
    /// A waiting room, or what of it one node takes, is full.
    #[error("the waiting room is full")]
    QueueFull {
        /// When to come back.
        retry_after_s: i64,
    },
    /// More requests wait than can be answered soon: nothing was done, and
    /// the same request may be repeated.
    #[error("too many requests wait")]
    Busy {
        /// When to come back.
        retry_after_s: i64,
    },
}

impl Denied {
    /// A field of a body that is out of its limits.
    #[must_use]
    pub fn field(field: &str, allowed: impl ToString) -> Denied {
        Denied::BadField { field: field.to_owned(), allowed: allowed.to_string() }
    }

    /// A query parameter that is none.
    #[must_use]
    pub fn query(field: &str, allowed: impl ToString) -> Denied {
        Denied::BadQuery { field: field.to_owned(), allowed: allowed.to_string() }
    }

    /// The HTTP status.
    #[must_use]
    pub const fn status(&self) -> u16 {
        match self {
            Denied::Unauthenticated | Denied::WrongCode => 401,
            Denied::WrongRole => 403,
            Denied::NotFound => 404,
            Denied::BadQuery { .. } | Denied::KeyRequired | Denied::BadKey => 400,
            Denied::BadField { .. } | Denied::KeyReused => 422,
            Denied::Locked { .. } | Denied::TooOften { .. } => 429,
            Denied::QueueFull { .. } | Denied::Busy { .. } => 503,
        }
    }

    /// The stable code.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Denied::Unauthenticated => "unauthenticated",
            Denied::WrongRole => "wrong_role",
            Denied::NotFound => "not_found",
            Denied::BadQuery { .. } => "bad_query",
            Denied::BadField { .. } => "bad_field",
            Denied::KeyRequired => "key_required",
            Denied::BadKey => "bad_key",
            Denied::KeyReused => "key_reused",
            Denied::WrongCode => "wrong_code",
            Denied::Locked { .. } => "locked",
            Denied::TooOften { .. } => "too_often",
            Denied::QueueFull { .. } => "queue_full",
            Denied::Busy { .. } => "busy",
        }
    }

    /// What the person reads: what happened, and what to do next.
    #[must_use]
    pub fn words(&self, lang: Lang) -> String {
        let fixed = |zh: &str, en: &str| lang.pick(zh, en).to_owned();
        match self {
            Denied::Unauthenticated => fixed("请先登录", "Please sign in first"),
            Denied::WrongRole => fixed(
                "当前账号没有此权限，请换账号登录",
                "This account may not do that: sign in with another",
            ),
            Denied::NotFound => {
                fixed("没有找到，可能已下线或链接有误", "Not found: it may be gone, or the link is wrong")
            }
            Denied::BadQuery { field, allowed } => lang.pick(
                format!("筛选条件 {field} 无效：{allowed}"),
                format!("The filter {field} is not valid: {allowed}"),
            ),
            Denied::BadField { field, allowed } => {
                lang.pick(format!("{field} 填写有误：{allowed}"), format!("{field} is not valid: {allowed}"))
            }
            Denied::KeyRequired => {
                fixed("缺少 Idempotency-Key 请求头", "The header Idempotency-Key is missing")
            }
            Denied::BadKey => fixed(
                "Idempotency-Key 须为 8–128 个可见字符",
                "The Idempotency-Key has 8 to 128 visible characters",
            ),
            Denied::KeyReused => fixed(
                "此 Idempotency-Key 已用于另一请求，请换一个",
                "This Idempotency-Key was used for another request: take a new one",
            ),
            Denied::WrongCode => fixed(
                "验证码不正确或已过期，请重新输入或重新获取",
                "The code is wrong or too old: type it again or ask for a new one",
            ),
            Denied::Locked { retry_after_s } => {
                let minutes = (retry_after_s + 59) / 60;
                lang.pick(
                    format!("输错次数过多，请 {minutes} 分钟后再试"),
                    format!("Too many wrong codes: try again in {minutes} min"),
                )
            }
            Denied::TooOften { retry_after_s } => lang.pick(
                format!("操作太频繁，请 {retry_after_s} 秒后再试"),
                format!("Too often: try again in {retry_after_s} s"),
            ),
            Denied::QueueFull { retry_after_s } => lang.pick(
                format!("排队的人太多，请 {retry_after_s} 秒后再试"),
                format!("Too many people wait: try again in {retry_after_s} s"),
            ),
            Denied::Busy { retry_after_s } => lang.pick(
                format!("办理的人太多，请 {retry_after_s} 秒后再试，不会重复办理"),
                format!("Too many people at once: try again in {retry_after_s} s, nothing happens twice"),
            ),
        }
    }
}
