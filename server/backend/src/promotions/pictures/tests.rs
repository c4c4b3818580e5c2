use super::*;
use image::{Rgb, Rgba, RgbaImage};

fn file(picture: &DynamicImage, format: ImageFormat) -> Vec<u8> {
    let mut file = Cursor::new(Vec::new());
    picture.write_to(&mut file, format).unwrap();
    file.into_inner()
}

fn striped(width: u32, height: u32) -> DynamicImage {
    let pixel = |x: u32, y: u32| Rgb([u8::try_from(x % 256).unwrap(), u8::try_from(y % 256).unwrap(), 90]);
    DynamicImage::ImageRgb8(RgbImage::from_fn(width, height, pixel))
}

fn edges(photo: &Developed) -> Vec<(u32, u32)> {
    let size = |(_, picture): &(PhotoSize, Vec<u8>)| {
        image::load_from_memory_with_format(picture, ImageFormat::Jpeg).unwrap().into_rgb8().dimensions()
    };
    photo.pictures.iter().map(size).collect()
}

#[test]
fn each_kind_becomes_three_sizes_and_none_is_enlarged() {
    for format in [ImageFormat::Jpeg, ImageFormat::Png, ImageFormat::WebP] {
        let photo = develop(&file(&striped(2000, 1000), format)).unwrap();
        assert_eq!(edges(&photo), [(1600, 800), (800, 400), (320, 160)], "{format:?}");
    }
    let small = develop(&file(&striped(300, 40), ImageFormat::Png)).unwrap();
    assert_eq!(edges(&small), [(300, 40); 3]);
}

#[test]
fn the_same_file_gets_the_same_name() {
    let one = file(&striped(400, 300), ImageFormat::Png);
    assert_eq!(develop(&one).unwrap().id, develop(&one).unwrap().id);
    assert_ne!(develop(&one).unwrap().id, develop(&file(&striped(401, 300), ImageFormat::Png)).unwrap().id);
}

#[test]
fn what_is_transparent_stands_on_white() {
    let clear = DynamicImage::ImageRgba8(RgbaImage::from_pixel(20, 20, Rgba([0, 0, 0, 0])));
    let photo = develop(&file(&clear, ImageFormat::Png)).unwrap();
    let picture = image::load_from_memory(&photo.pictures[0].1).unwrap().into_rgb8();
    assert!(picture.pixels().all(|Rgb(pixel)| pixel.iter().all(|channel| *channel > 250)));
}

#[test]
fn what_is_no_photo_is_refused() {
    assert_eq!(develop(b"GIF89a\x01\x00\x01\x00\x00").unwrap_err(), PromotionRefused::NotAPhoto);
    assert_eq!(develop(b"%PDF-1.7").unwrap_err(), PromotionRefused::NotAPhoto);
    assert_eq!(develop(b"").unwrap_err(), PromotionRefused::NotAPhoto);
    let whole = file(&striped(400, 300), ImageFormat::Png);
    assert_eq!(develop(&whole[..200]).unwrap_err(), PromotionRefused::BrokenPhoto);
}

/// The width and height of a JPEG's frame are written over, so that it
/// promises four thousand million pixels.
#[test]
fn a_bomb_is_refused_by_its_header() {
    let mut bomb = file(&striped(16, 16), ImageFormat::Jpeg);
    let frame = bomb.windows(2).position(|pair| pair == [0xff, 0xc0]).unwrap();
    bomb[frame + 5..frame + 9].copy_from_slice(&[0xff, 0xf0, 0xff, 0xf0]);
    assert!(matches!(develop(&bomb).unwrap_err(), PromotionRefused::TooManyPixels { .. }));
}

/// As phones write it that were held upright.
#[test]
fn a_photo_stands_upright_although_its_orientation_is_gone() {
    let mut turned = file(&striped(200, 100), ImageFormat::Jpeg);
    let exif: &[u8] = &[
        0xff, 0xe1, 0, 34, b'E', b'x', b'i', b'f', 0, 0, b'I', b'I', 42, 0, 8, 0, 0, 0, 1, 0, 0x12, 0x01, 3,
        0, 1, 0, 0, 0, 6, 0, 0, 0, 0, 0, 0, 0,
    ];
    turned.splice(2..2, exif.iter().copied());
    let photo = develop(&turned).unwrap();
    assert_eq!(edges(&photo), [(100, 200); 3]);
    assert!(photo.pictures.iter().all(|(_, picture)| !picture.windows(4).any(|part| part == b"Exif")));
}
