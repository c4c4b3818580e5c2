//! Bringing in merchants from spreadsheets.

use crate::services::Services;
use backend::import::{ImportChoice, ImportReport};
use rust_xlsxwriter::{Format, Formula, Workbook, Worksheet};
use tests::{TestCity, on_both_databases};

on_both_databases!(
    a_sheet_is_brought_in_once,
    a_bad_row_stops_the_others_unless_it_is_skipped,
    ten_thousand_rows_are_brought_in,
);

const HEADINGS: [&str; 6] = ["统一社会信用代码", "商户名称", "商户类别", "门店名称", "区县", "地址"];

/// The signs of a credit code by their values, and the weights of its places (GB 32100-2015).
const SIGNS: &[u8; 31] = b"0123456789ABCDEFGHJKLMNPQRTUWXY";
const WEIGHTS: [usize; 17] = [1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28];

/// The credit code of an invented merchant.
fn code(number: usize) -> String {
    let body = format!("91210302TEM{number:06}");
    let value = |sign: u8| SIGNS.iter().position(|known| *known == sign).unwrap();
    let sum: usize = body.bytes().map(value).zip(WEIGHTS).map(|(value, weight)| value * weight).sum();
    format!("{body}{}", char::from(SIGNS[(31 - sum % 31) % 31]))
}

/// A sheet of invented merchants with one outlet each.
pub(crate) fn csv(count: usize) -> String {
    let mut text = format!("{},营业时间\n", HEADINGS.join(","));
    for number in 0..count {
        let line =
            format!("{},试店{number},餐饮,总店,铁东区,一路{number}号,每天 09:00-21:00\n", code(number));
        text.push_str(&line);
    }
    text
}

async fn import(city: &Services<'_>, file: impl AsRef<[u8]>, choice: ImportChoice) -> ImportReport {
    city.backend.import_merchants(file.as_ref(), choice).await.unwrap()
}

async fn merchants(city: &Services<'_>) -> String {
    city.read("select cast(count(*) as text) from merchant").await
}

async fn a_sheet_is_brought_in_once(city: &TestCity) {
    let city = Services::of(city);
    let before = merchants(&city).await;
    let dry = import(&city, csv(3), ImportChoice { dry_run: true, ..ImportChoice::default() }).await;
    assert_eq!((dry.new_merchants, dry.new_outlets, dry.written), (3, 3, false));
    assert_eq!(merchants(&city).await, before);

    let first = import(&city, csv(3), ImportChoice::default()).await;
    assert_eq!((first.new_merchants, first.new_outlets, first.written), (3, 3, true), "{:?}", first.bad);
    let again = import(&city, csv(3), ImportChoice::default()).await;
    assert_eq!((again.new_merchants, again.changed, again.unchanged, again.written), (0, 0, 6, false));

    // With a byte-order mark, in GB18030, and as XLSX with the columns turned round, it is the same sheet.
    let gb = encoding_rs::GB18030.encode(&csv(3)).0.into_owned();
    for file in [format!("\u{feff}{}", csv(3)).into_bytes(), gb, turned_xlsx(&csv(3))] {
        let report = import(&city, file, ImportChoice::default()).await;
        assert_eq!((report.unchanged, report.written), (6, false), "{:?}", report.bad);
    }

    let recorded = "select cast(count(*) as text) from audit where action = 'import_merchants'";
    assert_eq!(city.read(recorded).await, "1", "what wrote nothing is no deed");

    // What is different now is changed, and found by its new name.
    let moved = import(
        &city,
        csv(3).replace("试店1", "新名店").replace("一路2号", "二路2号"),
        ImportChoice::default(),
    )
    .await;
    assert_eq!((moved.changed, moved.unchanged), (2, 4));
    let found = city
        .backend
        .merchants(&domain::OfferQuery { q: Some("xinmingdian".to_owned()), ..Default::default() });
    assert_eq!(found.unwrap().items[0].name, "新名店");
    city.assert_sound().await;
}

fn turned_xlsx(csv: &str) -> Vec<u8> {
    xlsx(|sheet| {
        for (row, line) in csv.lines().enumerate() {
            for (column, cell) in line.split(',').rev().enumerate() {
                sheet.write(u32::try_from(row).unwrap(), u16::try_from(column).unwrap(), cell).unwrap();
            }
        }
    })
}

fn xlsx(fill: impl FnOnce(&mut Worksheet)) -> Vec<u8> {
    let mut book = Workbook::new();
    fill(book.add_worksheet());
    book.save_to_buffer().unwrap()
}

async fn a_bad_row_stops_the_others_unless_it_is_skipped(city: &TestCity) {
    let city = Services::of(city);
    let before = merchants(&city).await;
    let spoiled = csv(3).replace("试店1,餐饮", "试店1,茶馆");
    let refused = import(&city, &spoiled, ImportChoice::default()).await;
    assert_eq!((refused.bad_rows, refused.written), (1, false));
    let bad = &refused.bad[0];
    assert_eq!((bad.row, bad.column.as_str(), bad.value.as_str()), (3, "商户类别", "茶馆"));
    assert!(bad.rule.contains("餐饮"), "{}", bad.rule);
    assert_eq!(merchants(&city).await, before);

    let skipped = import(&city, &spoiled, ImportChoice { skip_bad: true, ..ImportChoice::default() }).await;
    assert_eq!((skipped.new_merchants, skipped.bad_rows, skipped.written), (2, 1, true));
    spoiled_files_are_named_by_row_and_column(&city).await;
}

/// Files that go wrong in practice: what is said of each, and that nothing is written.
async fn spoiled_files_are_named_by_row_and_column(city: &Services<'_>) {
    let before = merchants(city).await;
    let sheet = csv(2);
    let line = |number: usize, from: &str, to: &str| {
        let lines: Vec<String> = sheet
            .lines()
            .enumerate()
            .map(|(n, line)| if n + 1 == number { line.replace(from, to) } else { line.to_owned() })
            .collect();
        lines.join("\n").into_bytes()
    };
    let utf16: Vec<u8> =
        [0xFF, 0xFE].into_iter().chain(sheet.encode_utf16().flat_map(u16::to_le_bytes)).collect();
    let merged = xlsx(|page| {
        table(page, &sheet);
        page.merge_range(1, 1, 2, 1, "试店", &Format::new()).unwrap();
    });
    let formula = xlsx(|page| {
        table(page, &sheet);
        page.write_formula(2, 1, Formula::new("=A1&\"店\"")).unwrap();
    });
    let cases: [(&str, Vec<u8>, usize, &str, &str); 20] = [
        ("a missing column", line(1, "商户类别", ""), 0, "", "商户类别"),
        ("an unknown heading", line(1, "地址", "住址"), 1, "F", "不认识"),
        ("a heading twice", line(1, "地址", "区县"), 1, "F", "重复"),
        ("a wrong code", line(2, "91210302TEM", "91210303TEM"), 2, "统一社会信用代码", "last sign"),
        ("a short code", line(2, "91210302TEM", "9121030TEM"), 2, "统一社会信用代码", "18"),
        ("no name", line(2, "试店0", ""), 2, "商户名称", "必填"),
        ("a long name", line(2, "试店0", &"店".repeat(81)), 2, "商户名称", "80"),
        ("a huge cell", line(2, "试店0", &"店".repeat(1_800_000)), 2, "商户名称", "1000"),
        ("an unknown district", line(3, "铁东区", "和平区"), 3, "区县", "铁西区"),
        ("odd hours", line(3, "每天 09:00-21:00", "全天候"), 3, "营业时间", "09:00-21:00"),
        ("a comma too many", line(3, "每天 09:00-21:00", "每天 09:00-21:00,多了"), 3, "H", "表头"),
        (
            "two rows of headings",
            format!("{}{}", sheet.lines().next().unwrap().to_owned() + "\n", sheet).into_bytes(),
            2,
            "统一社会信用代码",
            "表头",
        ),
        (
            "an outlet twice",
            format!("{sheet}{}\n", sheet.lines().nth(1).unwrap()).into_bytes(),
            4,
            "门店名称",
            "重复",
        ),
        (
            "a merchant of two names",
            format!("{sheet}{}\n", sheet.lines().nth(1).unwrap().replace("试店0", "另名")).into_bytes(),
            4,
            "商户名称",
            "不一致",
        ),
        ("a wrong encoding", utf16, 0, "", "UTF-16"),
        ("no encoding at all", [sheet.as_bytes(), &[0xFF, 0xFF, b'\n']].concat(), 0, "", "4"),
        ("a renamed .xls", [b"\xD0\xCF\x11\xE0".as_slice(), &[0; 600]].concat(), 0, "", ".xls"),
        ("a broken .xlsx", b"PK\x03\x04 and nothing".to_vec(), 0, "", "XLSX"),
        ("merged cells", merged, 2, "商户名称", "合并"),
        ("a formula", formula, 3, "商户名称", "公式"),
    ];
    for (what, file, row, column, rule) in cases {
        let report = import(city, file, ImportChoice::default()).await;
        let bad = report.bad.first().unwrap_or_else(|| panic!("{what} went through"));
        assert_eq!((bad.row, bad.column.as_str()), (row, column), "{what}: {bad:?}");
        assert!(bad.rule.contains(rule), "{what}: {bad:?}");
        assert!(!report.written, "{what}");
    }
    assert_eq!(merchants(city).await, before);
}

fn table(page: &mut Worksheet, csv: &str) {
    for (row, line) in csv.lines().enumerate() {
        for (column, cell) in line.split(',').enumerate() {
            page.write(u32::try_from(row).unwrap(), u16::try_from(column).unwrap(), cell).unwrap();
        }
    }
}

async fn ten_thousand_rows_are_brought_in(city: &TestCity) {
    let city = Services::of(city);
    let report = import(&city, csv(10_000), ImportChoice::default()).await;
    assert_eq!((report.new_merchants, report.new_outlets), (10_000, 10_000), "{:?}", report.bad.first());
    let again = import(&city, csv(10_000), ImportChoice::default()).await;
    assert_eq!((again.unchanged, again.written), (20_000, false));
}
