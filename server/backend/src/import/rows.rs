//! What the rows say: merchants with their outlets, and every bad cell.

use super::columns::COLUMNS;
use super::hours;
use super::sheet::{Fault, SheetRow};
use domain::{
    CreditCode, DistrictCode, KindCode, Merchant, MerchantId, MerchantState, Outlet, OutletId, Season,
    WeeklyHours,
};
use serde::{Deserialize, Serialize};
use std::collections::{HashMap, HashSet};
use std::fmt::Display;

/// The most characters of a name.
const NAME: usize = 80;
/// The most characters of an address.
const ADDRESS: usize = 160;

/// A merchant of the file with its outlets.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Shop {
    pub(super) legal: Legal,
    pub(super) outlets: Vec<Row>,
}

/// The columns of the legal person.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Legal {
    pub(super) credit_code: CreditCode,
    name: String,
    name_en: String,
    kind: KindCode,
}

/// The columns of an outlet.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Row {
    pub(super) name: String,
    name_en: String,
    district: DistrictCode,
    area: Option<String>,
    address: String,
    address_en: String,
    hours: WeeklyHours,
    night: bool,
    telephone: String,
}

impl Legal {
    /// A merchant that was not known; the bureau brings it in, so nobody
    /// reviews it.
    pub(super) fn merchant(&self, id: MerchantId, demo: bool) -> Merchant {
        let Legal { name, name_en, kind, .. } = self.clone();
        Merchant { id, name, name_en, kind, demo, state: MerchantState::Live, reason: String::new() }
    }

    /// A known merchant with what the file says of it.
    pub(super) fn onto(&self, known: &Merchant) -> Merchant {
        let Legal { name, name_en, kind, .. } = self.clone();
        Merchant { name, name_en, kind, ..known.clone() }
    }
}

impl Row {
    pub(super) fn outlet(&self, id: OutletId, merchant_id: MerchantId) -> Outlet {
        Outlet {
            id,
            merchant_id,
            name: self.name.clone(),
            name_en: self.name_en.clone(),
            district: self.district,
            area: self.area.clone(),
            address: self.address.clone(),
            address_en: self.address_en.clone(),
            hours: self.hours.clone(),
            night: self.night,
            telephone: self.telephone.clone(),
        }
    }
}

/// Reads all rows: the good ones by merchant, in the file's order, and what is
/// wrong with the others.
pub(super) fn read(rows: Vec<SheetRow>, season: &Season) -> (Vec<Shop>, Vec<Fault>) {
    let mut shops: Vec<Shop> = Vec::new();
    let mut places: HashMap<CreditCode, usize> = HashMap::new();
    let mut outlets: HashSet<(CreditCode, String)> = HashSet::new();
    let mut faults = Vec::new();
    for row in rows {
        let mut cells = Cells { row: row.number, cells: row.cells, faults: row.faults };
        let read = if cells.faults.is_empty() { cells.read(season) } else { None };
        if let Some((legal, outlet)) = read {
            let code = legal.credit_code.clone();
            let place = *places.entry(code.clone()).or_insert_with(|| {
                shops.push(Shop { legal: legal.clone(), outlets: Vec::new() });
                shops.len() - 1
            });
            let shop = &mut shops[place];
            if shop.legal != legal {
                let rule = "与该商户上文的名称或类别不一致 / differs from the merchant's rows above";
                cells.fault("name", rule);
            } else if !outlets.insert((code, outlet.name.clone())) {
                cells.fault("outlet_name", "该商户的同名门店重复 / the merchant's outlet stands here twice");
            } else {
                shop.outlets.push(outlet);
            }
        }
        faults.extend(cells.faults);
    }
    shops.retain(|shop| !shop.outlets.is_empty());
    (shops, faults)
}

/// One row's cells, taken field by field.
struct Cells {
    row: usize,
    cells: Vec<String>,
    faults: Vec<Fault>,
}

impl Cells {
    fn read(&mut self, season: &Season) -> Option<(Legal, Row)> {
        let credit_code = self.parsed("credit_code", |text| text.parse::<CreditCode>());
        let name = self.text("name", NAME);
        let name_en = self.maybe_text("name_en", NAME);
        let kind = self.one_of("kind", |text| {
            let found = season.kinds.iter().find(|kind| kind.code.0 == text || kind.name == text);
            found
                .map(|kind| kind.code.clone())
                .ok_or_else(|| season.kinds.iter().map(|kind| &*kind.name).collect())
        });
        let outlet_name = self.text("outlet_name", NAME);
        let outlet_name_en = self.maybe_text("outlet_name_en", NAME);
        let district = self.one_of("district", |text| {
            let is = |code: DistrictCode, name: &str| code.to_string() == text || name == text;
            let found = season.districts.iter().find(|district| is(district.code, &district.name));
            found
                .map(|found| found.code)
                .ok_or_else(|| season.districts.iter().map(|known| &*known.name).collect())
        });
        let area = self.area(season, district);
        let address = self.text("address", ADDRESS);
        let address_en = self.maybe_text("address_en", ADDRESS);
        let hours = self.parsed("hours", |text| {
            hours::read(text)
                .ok_or("如“每天 09:00-21:00” / such as “mon-fri 09:00-21:00; sat,sun 18:00-02:00”")
        });
        let night = self.night();
        let telephone = self.telephone();
        if !self.faults.is_empty() {
            return None;
        }
        let legal = Legal { credit_code: credit_code?, name: name?, name_en, kind: kind? };
        let row = Row {
            name: outlet_name?,
            name_en: outlet_name_en,
            district: district?,
            area,
            address: address?,
            address_en,
            hours: hours?,
            night: night?,
            telephone,
        };
        Some((legal, row))
    }

    /// Takes note that a field is bad.
    fn fault(&mut self, field: &str, rule: impl Into<String>) {
        let (column, value) = (heading(field), self.cell(field).to_owned());
        self.faults.push(Fault::new(self.row, column, &value, rule));
    }

    fn cell(&self, field: &str) -> &str {
        let place = COLUMNS.iter().position(|column| column.field == field);
        place.and_then(|place| self.cells.get(place)).map_or("", String::as_str)
    }

    fn maybe_text(&mut self, field: &str, max_chars: usize) -> String {
        let text = self.cell(field).to_owned();
        if text.chars().count() > max_chars {
            self.fault(field, format!("最多 {max_chars} 字 / at most {max_chars} characters"));
        } else if text.chars().any(char::is_control) {
            self.fault(field, "含有换行或控制字符 / holds a line break or a control character");
        }
        text
    }

    fn text(&mut self, field: &str, max_chars: usize) -> Option<String> {
        let text = self.maybe_text(field, max_chars);
        if text.is_empty() {
            self.fault(field, "必填 / is missing");
            return None;
        }
        Some(text)
    }

    fn parsed<T, E: Display>(&mut self, field: &str, parse: impl FnOnce(&str) -> Result<T, E>) -> Option<T> {
        let text = self.text(field, ADDRESS)?;
        parse(&text).map_err(|error| self.fault(field, error.to_string())).ok()
    }

    fn one_of<'a, T>(
        &mut self,
        field: &str,
        find: impl FnOnce(&str) -> Result<T, Vec<&'a str>>,
    ) -> Option<T> {
        let text = self.text(field, NAME)?;
        match find(&text) {
            Ok(found) => Some(found),
            Err(allowed) => {
                let allowed = allowed.join("、");
                self.fault(field, format!("可填：{allowed} / one of these"));
                None
            }
        }
    }

    fn area(&mut self, season: &Season, district: Option<DistrictCode>) -> Option<String> {
        let text = Some(self.maybe_text("area", NAME)).filter(|text| !text.is_empty())?;
        let is = |key: &str, name: &str| key == text || name == text;
        let found =
            season.areas.iter().find(|area| is(&area.key, &area.name) && Some(area.district) == district);
        if found.is_none() {
            self.fault("area", "该区县没有此片区 / the district has no such area");
        }
        found.map(|area| area.key.clone())
    }

    fn night(&mut self) -> Option<bool> {
        let night = match self.cell("night").to_lowercase().as_str() {
            "" | "否" | "false" | "no" | "0" => Some(false),
            "是" | "true" | "yes" | "1" => Some(true),
            _ => None,
        };
        if night.is_none() {
            self.fault("night", "填“是”或“否” / yes or no");
        }
        night
    }

    fn telephone(&mut self) -> String {
        let telephone = self.maybe_text("phone", 20);
        if telephone.chars().any(|c| !(c.is_ascii_digit() || matches!(c, '-' | '+' | ' '))) {
            self.fault("phone", "只能有数字、+、- 和空格 / digits, +, - and spaces only");
        }
        telephone
    }
}

fn heading(field: &str) -> &'static str {
    COLUMNS.iter().find(|column| column.field == field).map_or("", |column| column.zh)
}
