//! The till's camera: reads the QR code that is held before it.
//!
//! The browser's own detector reads the picture where it knows QR codes; many
//! phones sold in China do not. For them the scanner, a small wasm module of
//! its own, is loaded at this moment and not before.

use super::sleep;
use domain::Lang;
use js_sys::{Array, Object, Promise, Reflect};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;
use web_sys::{
    CanvasRenderingContext2d, HtmlCanvasElement, HtmlVideoElement, MediaStream, MediaStreamConstraints,
    MediaStreamTrack,
};

/// Between two looks at the picture.
const LOOK_EVERY_MS: u32 = 120;
/// The side of the square that the scanner is given.
const SIDE: u32 = 480;

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(js_name = import)]
    fn import(address: &str) -> Promise;

    type BarcodeDetector;
    #[wasm_bindgen(constructor, catch)]
    fn new(options: &JsValue) -> Result<BarcodeDetector, JsValue>;
    #[wasm_bindgen(static_method_of = BarcodeDetector, js_name = getSupportedFormats, catch)]
    fn formats() -> Result<Promise, JsValue>;
    #[wasm_bindgen(method)]
    fn detect(this: &BarcodeDetector, picture: &HtmlVideoElement) -> Promise;

    type Scanner;
    #[wasm_bindgen(method, js_name = default, catch)]
    fn load(this: &Scanner) -> Result<Promise, JsValue>;
    #[wasm_bindgen(method, catch)]
    fn decode(this: &Scanner, luma: &[u8], width: u32, height: u32) -> Result<Option<String>, JsValue>;
}

/// Why the camera shows nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Trouble {
    /// There is none.
    Absent,
    /// Browsers lend the camera to pages that came over https alone.
    Insecure,
    /// The person or the browser said no.
    Refused,
    /// Another program holds it.
    Busy,
    /// The scanner could not be loaded.
    NoScanner,
}

impl Trouble {
    /// What the clerk reads: what happened, and what to do instead.
    pub(super) fn words(self, lang: Lang) -> &'static str {
        match self {
            Trouble::Absent => lang.pick(
                "没有可用的摄像头，请手动输入 12 位动态码，或使用扫码枪",
                "No camera here: type the 12 characters or use a barcode reader",
            ),
            Trouble::Insecure => lang.pick(
                "通过 https 打开本页才能使用摄像头；可手动输入 12 位动态码，或使用扫码枪",
                "The camera needs this page over https: type the 12 characters or use a barcode reader",
            ),
            Trouble::Refused => lang.pick(
                "未获准使用摄像头：请在浏览器设置中允许，或手动输入 12 位动态码",
                "The camera is not allowed: allow it in the browser's settings, or type the 12 characters",
            ),
            Trouble::Busy => lang.pick(
                "摄像头正被其他应用占用，请关闭后重试，或手动输入 12 位动态码",
                "Another app is using the camera: close it and try again, or type the 12 characters",
            ),
            Trouble::NoScanner => lang.pick(
                "扫码组件加载失败，请检查网络后重试，或手动输入 12 位动态码",
                "The scanner did not load: check the network and try again, or type the 12 characters",
            ),
        }
    }

    fn of(error: &JsValue) -> Trouble {
        let name = get(error, "name").and_then(|name| name.as_string());
        match name.as_deref() {
            Some("NotAllowedError" | "SecurityError") => Trouble::Refused,
            Some("NotReadableError" | "AbortError") => Trouble::Busy,
            _ => Trouble::Absent,
        }
    }
}

/// An open camera; dropping it switches the camera off.
pub(super) struct Camera {
    stream: MediaStream,
    video: HtmlVideoElement,
    eye: Eye,
}

impl Camera {
    /// Asks for the camera at the phone's back and shows its picture.
    ///
    /// # Errors
    /// What keeps it from showing.
    pub(super) async fn open(video: HtmlVideoElement, scanner: &str) -> Result<Camera, Trouble> {
        if web_sys::window().is_some_and(|window| !window.is_secure_context()) {
            return Err(Trouble::Insecure);
        }
        let stream = ask().await.map_err(|error| Trouble::of(&error))?;
        let mut camera = Camera { stream, video, eye: Eye::None };
        camera.video.set_src_object(Some(&camera.stream));
        let playing = camera.video.play().map_err(|error| Trouble::of(&error))?;
        JsFuture::from(playing).await.map_err(|error| Trouble::of(&error))?;
        camera.eye = Eye::open(scanner).await.map_err(|_| Trouble::NoScanner)?;
        Ok(camera)
    }

    /// The next text that is seen; `None` once `wanted` says no.
    pub(super) async fn next(&self, wanted: impl Fn() -> bool) -> Option<String> {
        while wanted() {
            if let Some(text) = self.eye.read(&self.video).await {
                return Some(text).filter(|_| wanted());
            }
            sleep(LOOK_EVERY_MS).await;
        }
        None
    }
}

impl Drop for Camera {
    fn drop(&mut self) {
        for track in self.stream.get_tracks() {
            track.unchecked_into::<MediaStreamTrack>().stop();
        }
    }
}

async fn ask() -> Result<MediaStream, JsValue> {
    let window = web_sys::window().ok_or(JsValue::NULL)?;
    let devices = get(&window.navigator(), "mediaDevices").ok_or(JsValue::NULL)?;
    let wish = Object::new();
    for (name, ideal) in [
        ("facingMode", JsValue::from("environment")),
        ("width", JsValue::from(1280)),
        ("height", JsValue::from(720)),
    ] {
        Reflect::set(&wish, &name.into(), &ideal)?;
    }
    let constraints = MediaStreamConstraints::new();
    constraints.set_video(&wish);
    let devices: web_sys::MediaDevices = devices.unchecked_into();
    let stream = JsFuture::from(devices.get_user_media_with_constraints(&constraints)?).await?;
    Ok(stream.unchecked_into())
}

/// Who reads the picture.
enum Eye {
    None,
    Browser(BarcodeDetector),
    Own(Scanner, CanvasRenderingContext2d),
}

impl Eye {
    async fn open(scanner: &str) -> Result<Eye, JsValue> {
        if let Some(detector) = browsers_own().await {
            return Ok(Eye::Browser(detector));
        }
        let module: Scanner = JsFuture::from(import(scanner)).await?.unchecked_into();
        JsFuture::from(module.load()?).await?;
        Ok(Eye::Own(module, canvas().ok_or(JsValue::NULL)?))
    }

    async fn read(&self, video: &HtmlVideoElement) -> Option<String> {
        match self {
            Eye::None => None,
            Eye::Browser(detector) => {
                let found = JsFuture::from(detector.detect(video)).await.ok()?;
                get(&Array::from(&found).get(0), "rawValue")?.as_string()
            }
            Eye::Own(scanner, canvas) => {
                let luma = square(canvas, video)?;
                scanner.decode(&luma, SIDE, SIDE).ok()?
            }
        }
    }
}

/// The browser's detector, where it reads QR codes: some phones name the
/// class and know no format.
async fn browsers_own() -> Option<BarcodeDetector> {
    let window = web_sys::window()?;
    get(&window, "BarcodeDetector")?;
    let formats = JsFuture::from(BarcodeDetector::formats().ok()?).await.ok()?;
    let qr = JsValue::from("qr_code");
    if !Array::from(&formats).includes(&qr, 0) {
        return None;
    }
    let options = Object::new();
    Reflect::set(&options, &"formats".into(), &Array::of1(&qr)).ok()?;
    BarcodeDetector::new(&options).ok()
}

fn canvas() -> Option<CanvasRenderingContext2d> {
    let document = web_sys::window()?.document()?;
    let canvas: HtmlCanvasElement = document.create_element("canvas").ok()?.unchecked_into();
    canvas.set_width(SIDE);
    canvas.set_height(SIDE);
    Some(canvas.get_context("2d").ok()??.unchecked_into())
}

/// The middle of the picture, one brightness byte per pixel.
fn square(canvas: &CanvasRenderingContext2d, video: &HtmlVideoElement) -> Option<Vec<u8>> {
    let (width, height) = (f64::from(video.video_width()), f64::from(video.video_height()));
    let side = width.min(height);
    if side < 1.0 {
        return None;
    }
    let (left, top) = ((width - side) / 2.0, (height - side) / 2.0);
    let own = f64::from(SIDE);
    canvas
        .draw_image_with_html_video_element_and_sw_and_sh_and_dx_and_dy_and_dw_and_dh(
            video, left, top, side, side, 0.0, 0.0, own, own,
        )
        .ok()?;
    let pixels = canvas.get_image_data(0.0, 0.0, own, own).ok()?.data();
    Some(pixels.chunks_exact(4).map(brightness).collect())
}

/// A quarter red, a half green, a quarter blue.
fn brightness(pixel: &[u8]) -> u8 {
    let sum = u16::from(pixel[0]) + 2 * u16::from(pixel[1]) + u16::from(pixel[2]);
    u8::try_from(sum / 4).unwrap_or(u8::MAX)
}

/// A member of a JavaScript value; `None` where it has none.
fn get(of: &JsValue, name: &str) -> Option<JsValue> {
    Reflect::get(of, &name.into()).ok().filter(|value| !value.is_undefined() && !value.is_null())
}
