//! Photos: what may be brought, and how they are served.

use crate::promotions::{begin, night_pot};
use http::Method;
use http::header::CONTENT_TYPE;
use image::{DynamicImage, ImageFormat, Rgb, RgbImage};
use serde_json::{Value, json};
use std::io::Cursor;
use tests::{Answer, Person, TestCity, on_both_databases, people};

on_both_databases!(
    a_photo_is_made_anew_and_served_for_good,
    a_photo_of_twelve_megapixels_is_taken,
    a_bomb_is_refused_before_it_is_decoded,
    a_file_is_what_its_content_says,
    a_seventh_photo_is_refused,
    a_file_that_is_too_large_is_refused,
    a_file_name_is_never_looked_at,
    an_address_that_names_no_photo,
    a_form_tells_on_its_page_what_went_wrong,
);

/// A picture of one colour with a mark in it.
fn picture(width: u32, height: u32, mark: u8) -> DynamicImage {
    let mut picture = RgbImage::from_pixel(width, height, Rgb([180, 60, 40]));
    picture.put_pixel(0, 0, Rgb([mark, mark, mark]));
    for x in 0..width.min(64) {
        picture.put_pixel(x, height / 2, Rgb([mark, 255 - mark, mark]));
    }
    DynamicImage::ImageRgb8(picture)
}

fn file(picture: &DynamicImage, format: ImageFormat) -> Vec<u8> {
    let mut file = Cursor::new(Vec::new());
    picture.write_to(&mut file, format).unwrap();
    file.into_inner()
}

async fn add(owner: &Person, promotion: &Value, media: &str, file: Vec<u8>) -> Answer {
    owner.post_raw(&format!("/shop/promotions/{}/photos", promotion["id"]), media, file).await
}

async fn served(city: &TestCity, path: &str) -> (u16, Vec<u8>, http::HeaderMap) {
    let response = city.anyone().request(Method::GET, path).send().await.unwrap();
    let (status, headers) = (response.status().as_u16(), response.headers().clone());
    (status, response.bytes().await.unwrap().to_vec(), headers)
}

async fn a_photo_is_made_anew_and_served_for_good(city: &TestCity) {
    let owner = city.owner().await;
    let draft = begin(&owner, &night_pot()).await;
    let mut sent = file(&picture(1000, 500, 7), ImageFormat::Jpeg);
    // A comment as cameras write it, right behind the beginning.
    let secret = b"SECRET PLACE 41.1N 122.9E";
    let length = u8::try_from(secret.len() + 2).unwrap();
    let comment: Vec<u8> = [&[0xff, 0xfe, 0, length][..], secret].concat();
    sent.splice(2..2, comment);
    let with = add(&owner, &draft, "image/jpeg", sent.clone()).await.expect(200);
    let photos = with["photos"].as_array().unwrap();
    assert_eq!(photos.len(), 1);
    for (size, edges) in [("small", (320, 160)), ("medium", (800, 400)), ("large", (1000, 500))] {
        let (status, bytes, headers) = served(city, photos[0][size].as_str().unwrap()).await;
        assert_eq!((status, headers["content-type"].to_str().unwrap()), (200, "image/jpeg"));
        assert_eq!(headers["cache-control"], "public, max-age=31536000, immutable");
        assert_eq!(headers["x-content-type-options"], "nosniff");
        assert!(!headers.contains_key("content-encoding"));
        assert!(!bytes.windows(6).any(|part| part == b"SECRET"));
        let picture = image::load_from_memory_with_format(&bytes, ImageFormat::Jpeg).unwrap();
        assert_eq!((picture.width(), picture.height()), edges, "{size}");
    }
    // The same file once more changes nothing.
    let again = add(&owner, &draft, "image/jpeg", sent).await.expect(200);
    assert_eq!((&again["photos"], &again["version"]), (&with["photos"], &with["version"]));
    let path = format!("/shop/promotions/{}/photos/{}", draft["id"], photos[0]["id"].as_str().unwrap());
    let without = Answer::of(owner.api(Method::DELETE, &path)).await.expect(200);
    assert_eq!(without["photos"], json!([]));
    // Whoever still shows it can.
    assert_eq!(served(city, photos[0]["small"].as_str().unwrap()).await.0, 200);
}

async fn a_photo_of_twelve_megapixels_is_taken(city: &TestCity) {
    let owner = city.owner().await;
    let draft = begin(&owner, &night_pot()).await;
    let sent = file(&picture(4000, 3000, 9), ImageFormat::Jpeg);
    let with = add(&owner, &draft, "image/jpeg", sent).await.expect(200);
    let (_, bytes, _) = served(city, with["photos"][0]["large"].as_str().unwrap()).await;
    let picture = image::load_from_memory(&bytes).unwrap();
    assert_eq!((picture.width(), picture.height()), (1600, 1200));
}

/// The checksum of a PNG's chunk.
fn crc(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(u32::MAX, |crc, byte| {
        (0..8).fold(
            crc ^ u32::from(*byte),
            |crc, _| if crc & 1 == 1 { 0xedb8_8320 ^ (crc >> 1) } else { crc >> 1 },
        )
    })
}

/// A small PNG whose header promises other dimensions.
fn bomb(width: u32, height: u32) -> Vec<u8> {
    let mut png = file(&picture(8, 8, 1), ImageFormat::Png);
    png[16..20].copy_from_slice(&width.to_be_bytes());
    png[20..24].copy_from_slice(&height.to_be_bytes());
    let sum = crc(&png[12..29]);
    png[29..33].copy_from_slice(&sum.to_be_bytes());
    png
}

async fn a_bomb_is_refused_before_it_is_decoded(city: &TestCity) {
    let owner = city.owner().await;
    let draft = begin(&owner, &night_pot()).await;
    for (width, height) in [(30_000, 30_000), (5_000, 5_000), (100_000, 10), (u32::MAX / 2, 1)] {
        let answer = add(&owner, &draft, "image/png", bomb(width, height)).await;
        answer.refused(422, "too_many_pixels");
    }
    let own = owner.get(&format!("/shop/promotions/{}", draft["id"])).await.expect(200);
    assert_eq!(own["photos"], json!([]));
}

async fn a_file_is_what_its_content_says(city: &TestCity) {
    let owner = city.owner().await;
    let draft = begin(&owner, &night_pot()).await;
    let png = file(&picture(20, 20, 3), ImageFormat::Png);
    for none in [
        b"GIF89a\x10\x00\x10\x00\x80\x00\x00".to_vec(),
        b"%PDF-1.7\n".to_vec(),
        b"<svg/>".to_vec(),
        Vec::new(),
    ] {
        add(&owner, &draft, "image/jpeg", none).await.refused(415, "not_a_photo");
    }
    add(&owner, &draft, "image/png", png[..60].to_vec()).await.refused(422, "broken_photo");
    add(&owner, &draft, "image/jpeg", png).await.expect(200);
    let webp = file(&picture(20, 20, 4), ImageFormat::WebP);
    let with = add(&owner, &draft, "application/octet-stream", webp).await.expect(200);
    assert_eq!(with["photos"].as_array().unwrap().len(), 2);
}

async fn a_seventh_photo_is_refused(city: &TestCity) {
    let owner = city.owner().await;
    let draft = begin(&owner, &night_pot()).await;
    for mark in 0..6 {
        let sent = file(&picture(60, 40, mark * 40), ImageFormat::Png);
        add(&owner, &draft, "image/png", sent).await.expect(200);
    }
    let seventh = file(&picture(60, 40, 250), ImageFormat::Png);
    let refused = add(&owner, &draft, "image/png", seventh).await.refused(409, "too_many_photos");
    assert_eq!(refused["limit"], 6);
    // Not while it is in review either.
    crate::promotions::step(&owner, &draft, "submit").await.expect(201);
    let late = file(&picture(60, 40, 251), ImageFormat::Png);
    add(&owner, &draft, "image/png", late).await.refused(409, "wrong_state");
}

async fn a_file_that_is_too_large_is_refused(city: &TestCity) {
    let owner = city.owner().await;
    let draft = begin(&owner, &night_pot()).await;
    let large = vec![0xff; 12 * 1024 * 1024 + 1];
    add(&owner, &draft, "image/jpeg", large.clone()).await.refused(413, "photo_too_large");
    let stranger = city.sign_in(people::OTHER_OWNER).await;
    add(&stranger, &draft, "image/jpeg", large).await.refused(404, "not_found");
}

/// The page's form, with files of these names.
async fn send_form(city: &TestCity, owner: &Person, promotion: &Value, files: &[(&str, Vec<u8>)]) -> Answer {
    let mut body = Vec::new();
    for (name, content) in files {
        let head = format!(
            "--edge\r\nContent-Disposition: form-data; name=\"photo\"; filename=\"{name}\"\r\nContent-Type: image/png\r\n\r\n"
        );
        body.extend_from_slice(head.as_bytes());
        body.extend_from_slice(content);
        body.extend_from_slice(b"\r\n");
    }
    body.extend_from_slice(b"--edge--\r\n");
    let path = format!("/shop/promotions/{}/photos", promotion["id"]);
    let request = city.anyone().request(Method::POST, &path);
    let request = request.header("cookie", format!("yuehui_session={}", owner.token()));
    Answer::of(request.header(CONTENT_TYPE, "multipart/form-data; boundary=edge").body(body)).await
}

async fn a_file_name_is_never_looked_at(city: &TestCity) {
    let owner = city.owner().await;
    let draft = begin(&owner, &night_pot()).await;
    let names = ["../../../etc/passwd", "..\\\\..\\\\x.png", "/tmp/a.png", "a.php"];
    let files: Vec<_> = names
        .iter()
        .zip(0..)
        .map(|(name, mark)| (*name, file(&picture(30, 30, mark * 50), ImageFormat::Png)))
        .collect();
    let answer = send_form(city, &owner, &draft, &files).await;
    let place = format!("/shop/promotions/{}#photos", draft["id"]);
    assert_eq!((answer.status, answer.header("location")), (303, place.as_str()), "{}", answer.text);
    let own = owner.get(&format!("/shop/promotions/{}", draft["id"])).await.expect(200);
    let photos = own["photos"].as_array().unwrap();
    assert_eq!(photos.len(), 4);
    for photo in photos {
        let id = photo["id"].as_str().unwrap();
        assert!(id.len() == 64 && id.bytes().all(|byte| byte.is_ascii_hexdigit()), "{id}");
    }
}

async fn an_address_that_names_no_photo(city: &TestCity) {
    let hash = "0".repeat(64);
    for path in [
        format!("/photos/{hash}/small"),
        format!("/photos/{hash}/huge"),
        "/photos/..%2f..%2fetc%2fpasswd/small".to_owned(),
        "/photos/1/small".to_owned(),
    ] {
        let answer = Answer::of(city.anyone().request(Method::GET, &path)).await;
        answer.refused(404, "not_found");
    }
}

async fn a_form_tells_on_its_page_what_went_wrong(city: &TestCity) {
    let owner = city.owner().await;
    let draft = begin(&owner, &night_pot()).await;
    let seven: Vec<_> =
        (0..7).map(|mark| ("x.png", file(&picture(30, 30, mark * 30), ImageFormat::Png))).collect();
    let answer = send_form(city, &owner, &draft, &seven).await;
    assert_eq!(answer.status, 303, "{}", answer.text);
    let cookies = answer.headers.get_all("set-cookie").iter().filter_map(|cookie| cookie.to_str().ok());
    let told = cookies.into_iter().find(|cookie| cookie.starts_with("yuehui_notice=")).unwrap();
    let told = told.split(';').next().unwrap();
    let path = format!("/shop/promotions/{}", draft["id"]);
    let request = city.anyone().request(Method::GET, &path);
    let page =
        Answer::of(request.header("cookie", format!("yuehui_session={}; {told}", owner.token()))).await;
    assert!(page.text.contains("data-code=\"too_many_photos\""), "{}", page.text);
    let own = owner.get(&path).await.expect(200);
    assert_eq!(own["photos"].as_array().unwrap().len(), 6);
    // Nothing chosen is nothing added; a stranger is sent away.
    assert_eq!(
        send_form(city, &owner, &begin(&owner, &night_pot()).await, &[("", Vec::new())]).await.status,
        303
    );
    let other = city.sign_in(people::OTHER_OWNER).await;
    send_form(city, &other, &draft, &[("x.png", Vec::new())]).await.refused(404, "not_found");
}
