//! The catalogue of a database into which no season was loaded yet.

use super::{Catalogue, Parts};
use crate::StoreError;
use domain::{Commitment, Fen, ProvisionalCap, RefundLimits, Season, Timestamp, USUAL_CLERK_ORDER_FEN, Zone};

impl Catalogue {
    /// A season of one day, without a name and without content.
    pub(crate) fn empty() -> Result<Catalogue, StoreError> {
        let day = Zone::SHANGHAI.day(Timestamp::from_ms(0));
        let season = Season {
            name: String::new(),
            name_en: String::new(),
            city: String::new(),
            city_en: String::new(),
            starts_on: day,
            ends_on: day,
            time_zone: "Asia/Shanghai".to_owned(),
            zone: Zone::SHANGHAI,
            demo: false,
            demo_clock: None,
            refunds: RefundLimits::default(),
            clerk_order_fen: Fen::try_from(USUAL_CLERK_ORDER_FEN).unwrap_or_default(),
            provisional: ProvisionalCap::default(),
            commitment: Commitment::default(),
            principles: Vec::new(),
            scope: Vec::new(),
            districts: Vec::new(),
            areas: Vec::new(),
            kinds: Vec::new(),
        };
        let parts = Parts {
            season,
            merchants: Vec::new(),
            outlets: Vec::new(),
            enrolled_only: Vec::new(),
            promotions: Vec::new(),
            campaigns: Vec::new(),
            rounds: Vec::new(),
            news: Vec::new(),
            events: Vec::new(),
            dishes: Vec::new(),
        };
        Catalogue::new(parts).map_err(StoreError::corrupt)
    }
}
