//! The bank's file of a batch: one form for everybody, whatever their language, so that it is always the same bytes.

use backend::SettledFile;
use domain::{Fen, SettledMerchant};
use rust_xlsxwriter::{DocProperties, ExcelDateTime, Format, Workbook, XlsxError};

use crate::rest::cube::float;
use crate::rest::table::{Table, yuan};

const HEADINGS: [&str; 7] = [
    "付款编号 reference",
    "批次 batch",
    "商户编号 merchant_id",
    "统一社会信用代码 credit_code",
    "收款人 payee",
    "金额(元) amount_cny",
    "用途 purpose",
];
const TOTAL: &str = "合计 total";
const HASH: &str = "SHA-256";
/// Which column the amount stands in.
const AMOUNT: u16 = 5;

/// The merchants that are paid, each with its amount.
fn payments(file: &SettledFile) -> impl Iterator<Item = (&SettledMerchant, Fen)> {
    let due = file.batch.merchants.iter().map(|of| (of, of.due().pay));
    due.filter(|(_, pay)| *pay > Fen::ZERO)
}

/// A payment's texts; the amount has a place of its own.
fn texts(file: &SettledFile, of: &SettledMerchant) -> [String; 7] {
    let batch = &file.batch;
    [
        of.reference(batch.id),
        batch.id.to_string(),
        of.id.to_string(),
        of.credit_code.clone(),
        of.name.clone(),
        String::new(),
        format!("消费券结算 {}–{}", batch.from, batch.to),
    ]
}

fn count(file: &SettledFile) -> String {
    format!("{} 笔 payments", payments(file).count())
}

/// As a table.
pub(super) fn csv(file: &SettledFile) -> String {
    let mut table = Table::headed(&HEADINGS);
    for (of, pay) in payments(file) {
        let mut cells = texts(file, of);
        cells[usize::from(AMOUNT)] = yuan(pay.get());
        table.row(&cells);
    }
    let total = yuan(file.batch.bank_file().sum().get());
    let counted = count(file);
    table.row(&[TOTAL, "", "", "", counted.as_str(), total.as_str(), ""]);
    table.row(&[HASH, "", "", "", file.hash.as_str(), "", ""]);
    table.finish()
}

/// As a workbook.
pub(super) fn workbook(file: &SettledFile) -> Result<Vec<u8>, XlsxError> {
    let (bold, money) = (Format::new().set_bold(), Format::new().set_num_format("#,##0.00"));
    let total_money = bold.clone().set_num_format("#,##0.00");
    let mut workbook = Workbook::new();
    // The week's last day and not the moment: the same batch is the same file.
    let made_at = ExcelDateTime::parse_from_str(&file.batch.to.to_string())?;
    workbook.set_properties(&DocProperties::new().set_creation_datetime(&made_at));
    let sheet = workbook.add_worksheet();
    sheet.set_name("付款 payments")?.set_landscape();
    for (column, (heading, width)) in (0..).zip(HEADINGS.into_iter().zip([20, 12, 20, 30, 30, 18, 40])) {
        sheet.write_string_with_format(0, column, heading, &bold)?;
        sheet.set_column_width(column, width)?;
    }
    sheet.set_freeze_panes(1, 0)?;
    let mut row = 1;
    for (of, pay) in payments(file) {
        for (column, text) in (0..).zip(texts(file, of)).filter(|(column, _)| *column != AMOUNT) {
            sheet.write_string(row, column, text)?;
        }
        sheet.write_number_with_format(row, AMOUNT, float(pay.get()) / 100.0, &money)?;
        row += 1;
    }
    let total = float(file.batch.bank_file().sum().get()) / 100.0;
    sheet.write_string_with_format(row, 0, TOTAL, &bold)?;
    sheet.write_string(row, 4, count(file))?;
    sheet.write_number_with_format(row, AMOUNT, total, &total_money)?;
    sheet.write_string_with_format(row + 1, 0, HASH, &bold)?;
    sheet.write_string(row + 1, 4, &file.hash)?;
    workbook.save_to_buffer()
}
