//! Which column is which: headings in Chinese or English, in any order.

use super::sheet::{Fault, Sheet, SheetRow, letter};

/// A column: its field, its headings, and whether every file needs it.
pub(super) struct Column {
    pub(super) field: &'static str,
    pub(super) zh: &'static str,
    aliases: &'static [&'static str],
    needed: bool,
    example: &'static str,
}

const fn needed(
    field: &'static str,
    zh: &'static str,
    aliases: &'static [&'static str],
    example: &'static str,
) -> Column {
    Column { field, zh, aliases, needed: true, example }
}

const fn optional(
    field: &'static str,
    zh: &'static str,
    aliases: &'static [&'static str],
    example: &'static str,
) -> Column {
    Column { field, zh, aliases, needed: false, example }
}

/// All columns, in the template's order.
pub(super) const COLUMNS: [Column; 13] = [
    needed(
        "credit_code",
        "统一社会信用代码",
        &["信用代码", "社会信用代码", "unified social credit code"],
        "91210302DEM000014H",
    ),
    needed("name", "商户名称", &["企业名称", "merchant", "merchant name"], "示例饭庄"),
    optional("name_en", "商户英文名称", &["english name"], "Example Restaurant"),
    needed("kind", "商户类别", &["类别", "行业", "trade"], "餐饮"),
    needed("outlet_name", "门店名称", &["门店", "outlet"], "站前店"),
    optional("outlet_name_en", "门店英文名称", &["english outlet name"], "Station"),
    needed("district", "区县", &["所在区县"], "铁东区"),
    optional("area", "片区", &["所在片区"], "高新区"),
    needed("address", "地址", &["门店地址"], "站前街1号"),
    optional("address_en", "英文地址", &["english address"], "1 Zhanqian Street"),
    needed("hours", "营业时间", &["opening hours"], "每天 09:00-21:00"),
    optional("night", "不打烊", &["夜间营业"], "否"),
    optional("phone", "门店电话", &["电话", "telephone"], "0412-0000001"),
];

/// A file to fill in, for spreadsheets: the headings and one example.
#[must_use]
pub fn template() -> String {
    let line = |cell: fn(&Column) -> &'static str| COLUMNS.iter().map(cell).collect::<Vec<_>>().join(",");
    format!("\u{feff}{}\r\n{}\r\n", line(|column| column.zh), line(|column| column.example))
}

/// The sheet with its columns in the order of [`COLUMNS`]; a column that the
/// file lacks is empty.
pub(super) fn arranged(sheet: Sheet) -> Result<Sheet, Vec<Fault>> {
    let (mut places, mut faults) = ([None; COLUMNS.len()], Vec::new());
    for (place, heading) in sheet.headings.iter().enumerate() {
        match COLUMNS.iter().position(|column| column.is_headed(heading)) {
            Some(column) if places[column].is_none() => places[column] = Some(place),
            Some(_) => faults.push(bad_heading(place, heading, "表头重复 / the heading stands here twice")),
            None if heading.is_empty() => {}
            None => faults.push(bad_heading(place, heading, &unknown())),
        }
    }
    let missing = COLUMNS.iter().zip(&places).filter(|(column, place)| column.needed && place.is_none());
    faults.extend(missing.map(|(column, _)| {
        Fault::of_file(format!("缺少“{}”列 / the column {} is missing", column.zh, column.field))
    }));
    // A missing column has every row at fault: the headings are mended first.
    if !faults.is_empty() {
        return Err(faults);
    }
    let rows = sheet.rows.into_iter().map(|row| arrange(row, &places)).collect();
    let headings = COLUMNS.iter().map(|column| column.zh.to_owned()).collect();
    Ok(Sheet { headings, rows })
}

fn unknown() -> String {
    let known: Vec<&str> = COLUMNS.iter().map(|column| column.zh).collect();
    let known = known.join("、");
    format!("不认识的表头，可用：{known} / an unknown heading; see the template")
}

fn bad_heading(place: usize, heading: &str, rule: &str) -> Fault {
    Fault::new(1, letter(place), heading, rule)
}

fn arrange(row: SheetRow, places: &[Option<usize>]) -> SheetRow {
    let SheetRow { number, mut cells, mut faults } = row;
    let arranged: Vec<String> = places
        .iter()
        .map(|place| place.and_then(|place| cells.get_mut(place)).map(std::mem::take).unwrap_or_default())
        .collect();
    for fault in &mut faults {
        let own = places.iter().position(|place| place.map(letter).as_ref() == Some(&fault.column));
        if let Some(own) = own {
            COLUMNS[own].zh.clone_into(&mut fault.column);
        }
    }
    // A second row of headings, as printed tables have.
    let repeated = arranged.iter().zip(&COLUMNS).filter(|(cell, column)| column.is_headed(cell)).count();
    if repeated > 2 {
        let rule = "表头出现了第二次，请删除此行 / the headings again: delete this row";
        faults = vec![Fault::new(number, COLUMNS[0].zh, &arranged[0], rule)];
    }
    SheetRow { number, cells: arranged, faults }
}

impl Column {
    fn is_headed(&self, heading: &str) -> bool {
        let heading = heading.trim().trim_end_matches('*').trim().to_lowercase();
        let spaced = heading.replace(' ', "_");
        heading == self.zh || spaced == self.field || self.aliases.contains(&heading.as_str())
    }
}
