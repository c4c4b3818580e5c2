//! The camera as the till's page shows it: on, off, and why it is off.

use super::camera::Camera;
use domain::{Lang, PresentToken};
use leptos::html;
use leptos::prelude::*;
use leptos::task::spawn_local;

/// What the camera does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Looking {
    Off,
    /// It is off, and this is why.
    Failed(&'static str),
    /// It was turned on for this time of all, so that an earlier time that is
    /// still ending knows that it is over.
    On(u32),
    /// It sees a code that is no voucher's.
    Strange(u32),
}

/// The camera's place in the page.
#[derive(Clone, Copy)]
pub(super) struct Lens {
    lang: Lang,
    looking: RwSignal<Looking>,
    times: StoredValue<u32>,
    /// Where its picture is shown.
    pub(super) video: NodeRef<html::Video>,
}

impl Lens {
    pub(super) fn new(lang: Lang) -> Lens {
        Lens { lang, looking: RwSignal::new(Looking::Off), times: StoredValue::new(0), video: NodeRef::new() }
    }

    /// Whether it shows its picture.
    pub(super) fn is_on(self) -> bool {
        matches!(self.looking.get(), Looking::On(_) | Looking::Strange(_))
    }

    /// What is to be said about it, and whether that is bad news.
    pub(super) fn said(self) -> (&'static str, bool) {
        match self.looking.get() {
            Looking::Off => ("", false),
            Looking::Failed(why) => (why, true),
            Looking::On(_) => {
                (self.lang.pick("将二维码放入框内", "Hold the QR code inside the frame"), false)
            }
            Looking::Strange(_) => (
                self.lang.pick("这不是约惠的券码，请换一张", "This is no Yuehui voucher: show another code"),
                true,
            ),
        }
    }

    pub(super) fn turn_off(self) {
        self.looking.set(Looking::Off);
    }

    /// Turns it off when it is on; else on, until it sees a voucher's code.
    pub(super) fn turn(self, scanner: String, seen: impl Fn(String) + 'static) {
        if matches!(self.looking.get_untracked(), Looking::On(_) | Looking::Strange(_)) {
            self.turn_off();
            return;
        }
        self.times.update_value(|times| *times += 1);
        let time = self.times.get_value();
        self.looking.set(Looking::On(time));
        spawn_local(async move {
            let found = self.watch(time, &scanner).await;
            if !self.is_wanted(time) {
                return;
            }
            match found {
                Ok(text) => {
                    self.turn_off();
                    text.into_iter().for_each(seen);
                }
                Err(why) => self.looking.set(Looking::Failed(why)),
            }
        });
    }

    async fn watch(self, time: u32, scanner: &str) -> Result<Option<String>, &'static str> {
        let Some(video) = self.video.get_untracked() else {
            return Ok(None);
        };
        let camera = Camera::open(video, scanner).await;
        let camera = camera.map_err(|trouble| trouble.words(self.lang))?;
        while let Some(text) = camera.next(|| self.is_wanted(time)).await {
            if text.parse::<PresentToken>().is_ok() {
                return Ok(Some(text));
            }
            self.looking.set(Looking::Strange(time));
        }
        Ok(None)
    }

    fn is_wanted(self, time: u32) -> bool {
        let looking = self.looking.get_untracked();
        looking == Looking::On(time) || looking == Looking::Strange(time)
    }
}
