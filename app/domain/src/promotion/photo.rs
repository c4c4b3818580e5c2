//! A promotion's photos: what they are called and how large they are served.

use super::words;
use serde::{Deserialize, Serialize};
use std::{fmt, str::FromStr};

/// The most photos of a promotion.
pub const MOST_PHOTOS: usize = 6;
/// The largest file of a photo, in bytes.
pub const MOST_PHOTO_BYTES: usize = 12 * 1024 * 1024;
/// The most pixels of a photo: what it takes to decode is known before it is.
pub const MOST_PHOTO_PIXELS: u64 = 24_000_000;
/// The longest edge of a photo, in pixels.
pub const LONGEST_PHOTO_EDGE: u32 = 12_000;

words! {
    /// In which of its three sizes a photo is asked for.
    PhotoSize {
        /// In a list.
        Small = "small", "小图", "Small";
        /// On a phone.
        Medium = "medium", "中图", "Medium";
        /// On a wide or dense screen.
        Large = "large", "大图", "Large";
    }
}

impl PhotoSize {
    /// The longest edge, in pixels; a smaller photo is not enlarged.
    #[must_use]
    pub const fn edge(self) -> u32 {
        match self {
            PhotoSize::Small => 320,
            PhotoSize::Medium => 800,
            PhotoSize::Large => 1600,
        }
    }
}

/// A photo's name: the SHA-256 of its three pictures, as 64 hexadecimal
/// digits. What a name stands for never changes.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "openapi", schema(value_type = String))]
#[serde(try_from = "String", into = "String")]
pub struct PhotoId(String);

/// The text names no photo.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a photo's name has 64 hexadecimal digits")]
pub struct BadPhotoId;

impl PhotoId {
    /// As it is written.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Where a picture of it is served.
    #[must_use]
    pub fn path(&self, size: PhotoSize) -> String {
        format!("/photos/{}/{size}", self.0)
    }
}

impl FromStr for PhotoId {
    type Err = BadPhotoId;

    fn from_str(text: &str) -> Result<PhotoId, BadPhotoId> {
        let hex = text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
        if text.len() == 64 && hex { Ok(PhotoId(text.to_owned())) } else { Err(BadPhotoId) }
    }
}

impl fmt::Display for PhotoId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl TryFrom<String> for PhotoId {
    type Error = BadPhotoId;

    fn try_from(text: String) -> Result<PhotoId, BadPhotoId> {
        text.parse()
    }
}

impl From<PhotoId> for String {
    fn from(id: PhotoId) -> String {
        id.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_hash_names_a_photo() {
        let hash = "0123456789abcdef".repeat(4);
        assert_eq!(hash.parse::<PhotoId>().unwrap().path(PhotoSize::Small), format!("/photos/{hash}/small"));
        for text in ["", "../../etc/passwd", &hash[1..], &hash.to_uppercase(), &format!("{hash}0")] {
            assert_eq!(text.parse::<PhotoId>(), Err(BadPhotoId), "{text}");
        }
    }
}
