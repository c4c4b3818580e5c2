//! From an uploaded file to three pictures without anything that came with it:
//! no place, no camera, no file name.
//!
//! What a file is, is read from its content. Its width and height stand in its
//! header: a picture that would not fit in memory is refused before a pixel of
//! it is decoded.

use crate::keys::hex;
use domain::{LONGEST_PHOTO_EDGE, MOST_PHOTO_BYTES, MOST_PHOTO_PIXELS, PhotoId, PhotoSize, PromotionRefused};
use fast_image_resize::images::Image;
use fast_image_resize::{PixelType, Resizer};
use image::codecs::jpeg::JpegEncoder;
use image::error::{ImageError, LimitErrorKind};
use image::{DynamicImage, ExtendedColorType, ImageDecoder, ImageFormat, ImageReader, Limits, RgbImage};
use sha2::{Digest, Sha256};
use std::io::Cursor;

/// What decoding may take, in bytes: the pixels in their widest form.
const MOST_DECODED_BYTES: u64 = 8 * MOST_PHOTO_PIXELS + 16 * 1024 * 1024;
/// Of JPEG, from 1 to 100.
const QUALITY: u8 = 82;

/// A photo, ready to be kept.
#[derive(Clone, Debug)]
pub(super) struct Developed {
    pub(super) id: PhotoId,
    pub(super) pictures: Vec<(PhotoSize, Vec<u8>)>,
}

/// Makes the three pictures. It takes the processor for some tenths of a
/// second.
///
/// # Errors
/// The file is too large, has too many pixels, or is no photo.
pub(super) fn develop(file: &[u8]) -> Result<Developed, PromotionRefused> {
    if file.len() > MOST_PHOTO_BYTES {
        let limit = i64::try_from(MOST_PHOTO_BYTES).unwrap_or(i64::MAX);
        return Err(PromotionRefused::PhotoTooLarge { limit });
    }
    let whole = decoded(file)?;
    let mut pictures = Vec::with_capacity(PhotoSize::ALL.len());
    // From the largest down, each from the one before: that is quicker.
    let mut picture = whole;
    for size in PhotoSize::ALL.iter().rev() {
        picture = resized(picture, size.edge()).ok_or(PromotionRefused::BrokenPhoto)?;
        pictures.push((*size, encoded(&picture)?));
    }
    let mut hash = Sha256::new();
    for (_, picture) in &pictures {
        hash.update(u64::try_from(picture.len()).unwrap_or(u64::MAX).to_be_bytes());
        hash.update(picture);
    }
    let id = hex(&hash.finalize()).parse().map_err(|_| PromotionRefused::BrokenPhoto)?;
    Ok(Developed { id, pictures })
}

/// The picture as it is looked at: upright, on white.
fn decoded(file: &[u8]) -> Result<RgbImage, PromotionRefused> {
    let format = image::guess_format(file).map_err(|_| PromotionRefused::NotAPhoto)?;
    if !matches!(format, ImageFormat::Jpeg | ImageFormat::Png | ImageFormat::WebP) {
        return Err(PromotionRefused::NotAPhoto);
    }
    let mut reader = ImageReader::with_format(Cursor::new(file), format);
    reader.limits(limits());
    let mut decoder = reader.into_decoder().map_err(|error| refused(&error))?;
    let (width, height) = decoder.dimensions();
    if u64::from(width) * u64::from(height) > MOST_PHOTO_PIXELS {
        return Err(too_many_pixels());
    }
    let orientation = decoder.orientation().map_err(|error| refused(&error))?;
    let mut picture = DynamicImage::from_decoder(decoder).map_err(|error| refused(&error))?;
    picture.apply_orientation(orientation);
    Ok(on_white(picture))
}

fn limits() -> Limits {
    let mut limits = Limits::default();
    limits.max_image_width = Some(LONGEST_PHOTO_EDGE);
    limits.max_image_height = Some(LONGEST_PHOTO_EDGE);
    limits.max_alloc = Some(MOST_DECODED_BYTES);
    limits
}

fn refused(error: &ImageError) -> PromotionRefused {
    match error {
        ImageError::Limits(limit)
            if matches!(
                limit.kind(),
                LimitErrorKind::DimensionError | LimitErrorKind::InsufficientMemory
            ) =>
        {
            too_many_pixels()
        }
        _ => PromotionRefused::BrokenPhoto,
    }
}

fn too_many_pixels() -> PromotionRefused {
    PromotionRefused::TooManyPixels { limit: i64::try_from(MOST_PHOTO_PIXELS).unwrap_or(i64::MAX) }
}

fn on_white(picture: DynamicImage) -> RgbImage {
    if !picture.color().has_alpha() {
        return picture.into_rgb8();
    }
    let picture = picture.into_rgba8();
    let (width, height) = picture.dimensions();
    let over = |channel: u8, alpha: u8| {
        let mixed = (u16::from(channel) * u16::from(alpha) + 255 * (255 - u16::from(alpha))) / 255;
        u8::try_from(mixed).unwrap_or(u8::MAX)
    };
    RgbImage::from_fn(width, height, |x, y| {
        let image::Rgba([red, green, blue, alpha]) = *picture.get_pixel(x, y);
        image::Rgb([over(red, alpha), over(green, alpha), over(blue, alpha)])
    })
}

/// The picture with its longest edge at most so long.
fn resized(picture: RgbImage, edge: u32) -> Option<RgbImage> {
    let (width, height) = picture.dimensions();
    let longest = width.max(height);
    if longest <= edge {
        return Some(picture);
    }
    let scaled = |side: u32| {
        let side = u64::from(side) * u64::from(edge) / u64::from(longest);
        u32::try_from(side).unwrap_or(edge).max(1)
    };
    let (new_width, new_height) = (scaled(width), scaled(height));
    let from = Image::from_vec_u8(width, height, picture.into_raw(), PixelType::U8x3).ok()?;
    let mut to = Image::new(new_width, new_height, PixelType::U8x3);
    Resizer::new().resize(&from, &mut to, None).ok()?;
    RgbImage::from_raw(new_width, new_height, to.into_vec())
}

fn encoded(picture: &RgbImage) -> Result<Vec<u8>, PromotionRefused> {
    let mut file = Vec::new();
    let (width, height) = picture.dimensions();
    JpegEncoder::new_with_quality(&mut file, QUALITY)
        .encode(picture.as_raw(), width, height, ExtendedColorType::Rgb8)
        .map_err(|_| PromotionRefused::BrokenPhoto)?;
    Ok(file)
}

#[cfg(test)]
mod tests;
