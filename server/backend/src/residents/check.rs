//! The count of residents, counted again.

use super::days::{self, Steps};
use super::{MANY, read_place, read_since, sequences, write_place};
use crate::StoreError;
use crate::store::{Tx, ledger, resident};
use std::collections::BTreeSet;

/// Residents that are read at a time.
const RESIDENTS_AT_ONCE: i64 = 10_000;

/// What does not agree, each a sentence, at most about `most`: the steps with
/// the days that are counted, and those with the redemptions.
pub(crate) async fn check(tx: &mut Tx, most: usize) -> Result<Vec<String>, StoreError> {
    let mut faults = Vec::new();
    let counted = check_steps(tx, most, &mut faults).await?;
    let waiting = waiting(tx).await?;
    let limit = i64::try_from(most + waiting.len()).unwrap_or(i64::MAX);
    let (residents, wrong) = resident::miscounted(tx, limit).await?;
    let wrong = wrong.iter().filter(|account| !waiting.contains(account)).take(most);
    faults.extend(wrong.map(|account| format!("the days of resident {account} do not recount")));
    if waiting.is_empty() && counted != residents {
        faults.push(format!("residents with a redemption: {counted} instead of {residents}"));
    }
    Ok(faults)
}

/// Adds up the steps of every resident; how many residents have one.
async fn check_steps(tx: &mut Tx, most: usize, faults: &mut Vec<String>) -> Result<i64, StoreError> {
    let (mut steps, mut last, mut counted) = (Steps::default(), i64::MIN, 0);
    loop {
        let rows = resident::counted_after(tx, last, RESIDENTS_AT_ONCE).await?;
        let Some((end, _)) = rows.last() else { break };
        last = *end;
        for (_, text) in rows.iter().filter(|(_, text)| !text.is_empty()) {
            counted += 1;
            steps.count(&days::read(text)?, 1);
        }
    }
    let mut kept = resident::steps(tx).await?;
    kept.sort();
    let expected: Vec<_> = steps.rows().collect();
    let wrong = kept.iter().filter(|step| expected.binary_search(step).is_err());
    let fault = |day: &String| format!("the residents of {day} do not recount");
    faults.extend(wrong.take(most).map(|step| fault(&step.business_day)));
    let missing = expected.iter().filter(|step| kept.binary_search(step).is_err());
    faults.extend(missing.take(most).map(|step| fault(&step.business_day)));
    Ok(counted)
}

/// Whose redemptions came after the place, and need not be counted yet.
async fn waiting(tx: &mut Tx) -> Result<BTreeSet<i64>, StoreError> {
    let heads = ledger::heads(tx).await?;
    let mut place = resident::place(tx).await?;
    let mut accounts = BTreeSet::new();
    while read_place(&place)? != sequences(&heads) {
        let since = read_since(tx, &place, &heads, MANY).await?;
        if since.sequences == read_place(&place)? {
            break;
        }
        place.sequences = write_place(&since.sequences);
        let vouchers: Vec<_> = since.vouchers.into_iter().collect();
        accounts.extend(resident::holders(tx, &vouchers).await?);
    }
    Ok(accounts)
}
