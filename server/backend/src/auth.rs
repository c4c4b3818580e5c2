//! Signing in by phone and code.

use crate::audit::{self, Deed};
use crate::store::account::AccountRow;
use crate::store::{Tx, account, login_code, meta, people};
use crate::{Backend, Caller, Error, StoreError, keys};
use domain::shapes::{CodeSent, Login, Me};
use domain::{
    AccountId, AuditAction, AuditThing, Denied, DistrictCode, MerchantId, OutletId, Permission, Phone, Role,
    Timestamp,
};
use serde_json::json;
use std::sync::Arc;

const CODE_LIFE_MS: i64 = 5 * 60_000;
/// Codes that one number may be sent within [`CODE_WINDOW_MS`], where they cost money.
const MOST_CODES: i64 = 5;
const CODE_WINDOW_MS: i64 = 10 * 60_000;
/// Wrong codes in a row that lock a number.
const MOST_WRONG: i64 = 5;
const LOCK_MS: i64 = 15 * 60_000;
const SESSION_LIFE_MS: i64 = 30 * 24 * 3_600_000;
const MAX_TOKEN: usize = 128;

impl Backend {
    /// Sends a login code, whether or not the number has an account.
    ///
    /// # Errors
    /// Too many codes for the number, or the store or the gateway failed.
    pub async fn send_code(&self, phone: &Phone) -> Result<CodeSent, Error> {
        let (now, phone_hash) = (self.now(), self.keys().phone_hash(phone));
        let code = format!("{:06}", self.random().number() % 1_000_000);
        let code_hash = self.keys().login_hash(&phone_hash, &code);
        let most = if self.is_demo() { i64::MAX } else { MOST_CODES };
        let mut tx = self.db().write().await?;
        let expires_at = now.plus_ms(CODE_LIFE_MS);
        if !login_code::put(&mut tx, &phone_hash, &code_hash, now, expires_at, (most, CODE_WINDOW_MS)).await?
        {
            let window_ms = login_code::of(&mut tx, &phone_hash).await?.map_or(now.ms(), |row| row.window_ms);
            let retry_after_s = seconds_until(now.ms(), window_ms + CODE_WINDOW_MS);
            return Err(Denied::TooOften { retry_after_s }.into());
        }
        tx.commit().await?;
        let expires_in_s = CODE_LIFE_MS / 1000;
        if self.is_demo() {
            return Ok(CodeSent { expires_in_s, demo_code: Some(code) });
        }
        self.gateway().send(phone, &code).await?;
        Ok(CodeSent { expires_in_s, demo_code: None })
    }

    /// Begins a session. A number without an account becomes a resident's.
    ///
    /// # Errors
    /// The code is wrong, used or too old, or the number is locked: the same
    /// for known and unknown numbers.
    pub async fn log_in(&self, phone: &Phone, code: &str) -> Result<Login, Error> {
        let (now, phone_hash) = (self.now(), self.keys().phone_hash(phone));
        let code_hash = self.keys().login_hash(&phone_hash, code.trim());
        let mut tx = self.db().write().await?;
        if !login_code::take(&mut tx, &phone_hash, &code_hash, now).await? {
            let locked = |until_ms| Denied::Locked { retry_after_s: seconds_until(now.ms(), until_ms) };
            let standing = login_code::of(&mut tx, &phone_hash).await?;
            if let Some(row) = standing.filter(|row| row.locked_until_ms > now.ms()) {
                return Err(locked(row.locked_until_ms).into());
            }
            login_code::count_wrong(&mut tx, &phone_hash, MOST_WRONG, now.plus_ms(LOCK_MS)).await?;
            let standing = login_code::of(&mut tx, &phone_hash).await?;
            tx.commit().await?;
            let locked_until_ms = standing.map_or(0, |row| row.locked_until_ms);
            let denied = if locked_until_ms > now.ms() { locked(locked_until_ms) } else { Denied::WrongCode };
            return Err(denied.into());
        }
        if account::by_phone(&mut tx, &phone_hash).await?.is_none() {
            let name = format!("居民{}", phone.last_four());
            self.add_account(&mut tx, phone, &name, Role::Resident, None, None).await?;
        }
        let row = account::by_phone(&mut tx, &phone_hash).await?;
        let row = row.ok_or_else(|| StoreError::corrupt("an account that is not there"))?;
        let roles = account::roles(&mut tx, row.account_id).await?;
        let roles = roles.iter().map(|row| role(&row.role)).collect::<Result<_, _>>()?;
        let token = self.new_token();
        account::forget_ended_sessions(&mut tx, row.account_id, now).await?;
        account::begin_session(
            &mut tx,
            &keys::sha256(&token),
            row.account_id,
            now,
            now.plus_ms(SESSION_LIFE_MS),
        )
        .await?;
        tx.commit().await?;
        Ok(Login { token, roles, name: row.name })
    }

    /// Ends a session; an unknown one is ended already.
    ///
    /// # Errors
    /// The store failed.
    pub async fn log_out(&self, token: &str) -> Result<(), Error> {
        let mut tx = self.db().write().await?;
        if let Some(account_id) = account::end_session(&mut tx, &keys::sha256(token)).await? {
            let account_id = AccountId(account_id);
            self.forget_caller(&mut tx, account_id).await?;
            tx.commit().await?;
            self.callers().forget(account_id);
        }
        Ok(())
    }

    /// The account of a session; `None` when there is none or it has ended.
    ///
    /// # Errors
    /// The store failed.
    pub async fn caller(&self, token: &str) -> Result<Option<Caller>, Error> {
        if token.is_empty() || token.len() > MAX_TOKEN {
            return Ok(None);
        }
        let (hash, now) = (keys::digest(token.as_bytes()), self.now());
        let stranger = match self.callers().find(&hash, now) {
            Ok(caller) => return Ok(Some(Caller::clone(&caller))),
            Err(stranger) => stranger,
        };
        let mut tx = self.db().read().await?;
        let Some(session) = account::by_session(&mut tx, &keys::hex(&hash), now).await? else {
            return Ok(None);
        };
        let caller = Arc::new(self.caller_of(&mut tx, session.account).await?);
        self.callers().keep(stranger, hash, caller.clone(), Timestamp::from_ms(session.expires_at_ms));
        Ok(Some(Caller::clone(&caller)))
    }

    /// The caller that an account's own session would be.
    pub(crate) async fn caller_of(&self, tx: &mut Tx, row: AccountRow) -> Result<Caller, StoreError> {
        let roles = account::roles(tx, row.account_id).await?;
        let of_role = |wanted: Role| roles.iter().find(|row| row.role == wanted.code())?.district;
        let district = row.district.or_else(|| roles.iter().find_map(|row| row.district));
        let code =
            |code: Option<i64>| code.map(DistrictCode::try_from).transpose().map_err(StoreError::corrupt);
        let phone = self.keys().open_phone(&row.phone_sealed);
        Ok(Caller {
            account_id: AccountId(row.account_id),
            name: row.name,
            phone_masked: phone.map(|phone| phone.masked()).unwrap_or_default(),
            merchant_id: roles.iter().find_map(|row| row.merchant_id).map(MerchantId),
            district: code(district)?,
            office: code(of_role(Role::District))?,
            desk: code(of_role(Role::Desk))?,
            outlets: match roles.iter().any(|row| row.merchant_id.is_some()) {
                true => people::outlets_of(tx, row.account_id).await?,
                false => Vec::new(),
            },
            till: None,
            roles: roles.iter().map(|row| role(&row.role)).collect::<Result<_, _>>()?,
        })
    }

    /// What a caller is told about themselves.
    #[must_use]
    pub fn me(&self, caller: &Caller) -> Me {
        let mut outlets = caller.merchant_id.map(|merchant| self.outlets_of(merchant)).unwrap_or_default();
        outlets.retain(|outlet| caller.works_at(*outlet));
        Me {
            name: caller.name.clone(),
            roles: caller.roles.clone(),
            phone_masked: caller.phone_masked.clone(),
            merchant_id: caller.merchant_id,
            outlet_ids: outlets,
            district: caller.district,
        }
    }

    /// Sets a resident's home district, from whose quotas they draw.
    ///
    /// # Errors
    /// The caller is no resident, or the season has no such district.
    pub async fn choose_district(&self, caller: &Caller, district: DistrictCode) -> Result<(), Error> {
        caller.require(Permission::HoldVouchers)?;
        let catalogue = self.catalogue();
        if catalogue.season().district(district).is_none() {
            let codes: Vec<_> =
                catalogue.season().districts.iter().map(|district| district.code.to_string()).collect();
            return Err(Denied::field("district", codes.join(", ")).into());
        }
        let mut tx = self.db().write().await?;
        account::set_district(&mut tx, caller.account_id.0, district.number()).await?;
        self.forget_caller(&mut tx, caller.account_id).await?;
        tx.commit().await?;
        self.callers().forget(caller.account_id);
        Ok(())
    }

    /// Makes an organizer, or lets an account be one: the command line's `user add`.
    ///
    /// # Errors
    /// The role is none of an organizer's, or a role of one district has no
    /// district of the season.
    pub async fn add_organizer(
        &self,
        phone: &Phone,
        name: &str,
        role: Role,
        district: Option<DistrictCode>,
    ) -> Result<AccountId, Error> {
        if !role.may(Permission::SeeStats) && !role.may(Permission::AssistResidents) {
            return Err(Denied::field("role", "city, district, finance, auditor, desk").into());
        }
        let known = district.is_some_and(|code| self.catalogue().season().district(code).is_some());
        if known != role.is_of_district() {
            let allowed = "a district of the season, for a district officer or a community desk alone";
            return Err(Denied::field("district", allowed).into());
        }
        if name.trim().is_empty() || name.chars().count() > 40 {
            return Err(Denied::field("name", "1 to 40 characters").into());
        }
        let mut tx = self.db().write().await?;
        let account_id = self.add_account(&mut tx, phone, name.trim(), role, None, district).await?;
        let deed = Deed::new(AuditAction::GrantRole, AuditThing::Person, account_id.0);
        let new = json!({ "role": role, "district": district });
        audit::record_at_command_line(self, &mut tx, deed, &new).await?;
        tx.commit().await?;
        self.callers().forget(account_id);
        Ok(account_id)
    }

    /// Adds an account with a role; a number that has one gets the role.
    pub(crate) async fn add_account(
        &self,
        tx: &mut Tx,
        phone: &Phone,
        name: &str,
        role: Role,
        merchant_id: Option<MerchantId>,
        district: Option<DistrictCode>,
    ) -> Result<AccountId, StoreError> {
        let phone_hash = self.keys().phone_hash(phone);
        let district = district.map(DistrictCode::number);
        let account_id = match account::by_phone(tx, &phone_hash).await? {
            Some(row) => {
                self.forget_caller(tx, AccountId(row.account_id)).await?;
                row.account_id
            }
            None => {
                let account = account::NewAccount {
                    account_id: meta::take_numbers(tx, "account", 1).await?,
                    phone_sealed: &self.keys().seal_phone(phone, self.random()),
                    phone_hash: &phone_hash,
                    name,
                    district: district.filter(|_| role == Role::Resident),
                };
                // Another login of the number may have come between: it is the number's account then.
                account::add(tx, &account, self.now()).await?;
                let row = account::by_phone(tx, &phone_hash).await?;
                row.ok_or_else(|| StoreError::corrupt("an account that is not there"))?.account_id
            }
        };
        let officers = district.filter(|_| role.is_of_district());
        account::grant(tx, account_id, role.code(), merchant_id.map(|merchant| merchant.0), officers).await?;
        Ok(AccountId(account_id))
    }

    pub(crate) fn new_token(&self) -> String {
        let mut bytes = [0; 32];
        self.random().fill(&mut bytes);
        keys::hex(&bytes)
    }

    fn outlets_of(&self, merchant: MerchantId) -> Vec<OutletId> {
        self.catalogue().outlets_of(merchant).map(|outlet| outlet.id).collect()
    }
}

pub(crate) fn role(code: &str) -> Result<Role, StoreError> {
    code.parse().map_err(StoreError::corrupt)
}

fn seconds_until(now_ms: i64, until_ms: i64) -> i64 {
    ((until_ms - now_ms + 999) / 1000).max(1)
}
