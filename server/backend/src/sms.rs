//! How login codes reach a phone.

use async_trait::async_trait;
use domain::Phone;
use std::time::Duration;

/// How long a gateway may take.
const TIMEOUT: Duration = Duration::from_secs(10);

/// Sends login codes.
#[async_trait]
pub trait SmsGateway: Send + Sync {
    /// Sends a code to a number.
    ///
    /// # Errors
    /// The code did not leave.
    async fn send(&self, phone: &Phone, code: &str) -> Result<(), SmsError>;
}

/// A code did not leave.
#[derive(Debug, thiserror::Error)]
pub enum SmsError {
    /// The provider cannot be reached in time.
    #[error("the SMS provider cannot be reached")]
    Unreachable(#[source] reqwest::Error),
    /// The provider said no.
    #[error("the SMS provider answered {0}")]
    Refused(u16),
}

/// Prints codes where the program runs: for trials without a provider.
#[derive(Debug)]
pub struct Console;

#[async_trait]
impl SmsGateway for Console {
    async fn send(&self, phone: &Phone, code: &str) -> Result<(), SmsError> {
        println!("login code for {}: {code}", phone.masked());
        Ok(())
    }
}

/// Posts codes to a provider's JSON endpoint.
#[derive(Debug)]
pub struct Http {
    client: reqwest::Client,
    url: String,
    authorization: Option<String>,
    body: String,
}

impl Http {
    /// A gateway that posts `body` to `url`, in which `{phone}` and `{code}`
    /// stand for the number and the code, so that any provider's form fits:
    /// `{"to":"{phone}","template":"login","params":["{code}"]}`.
    ///
    /// # Errors
    /// The TLS library does not start.
    pub fn new(url: String, authorization: Option<String>, body: String) -> Result<Http, SmsError> {
        // One TLS library for the whole process; a second gateway finds it chosen.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let client = reqwest::Client::builder().timeout(TIMEOUT).build().map_err(SmsError::Unreachable)?;
        Ok(Http { client, url, authorization, body })
    }
}

#[async_trait]
impl SmsGateway for Http {
    async fn send(&self, phone: &Phone, code: &str) -> Result<(), SmsError> {
        // Both are digits: nothing in them needs escaping in JSON.
        let body = self.body.replace("{phone}", phone.reveal()).replace("{code}", code);
        let mut request = self.client.post(&self.url).header("content-type", "application/json").body(body);
        if let Some(authorization) = &self.authorization {
            request = request.header("authorization", authorization);
        }
        // The error would carry the URL, which may hold a key.
        let answer = request.send().await.map_err(|error| SmsError::Unreachable(error.without_url()))?;
        if answer.status().is_success() { Ok(()) } else { Err(SmsError::Refused(answer.status().as_u16())) }
    }
}
