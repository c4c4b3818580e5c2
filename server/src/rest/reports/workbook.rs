//! A report as a workbook: its districts and days, its definitions as they were, and what proves it.

use domain::shapes::{ReportFigures, ReportShape, StatsRow};
use domain::{Lang, StatsColumn};
use rust_xlsxwriter::{DocProperties, ExcelDateTime, Format, FormatAlign, Workbook, Worksheet, XlsxError};

use crate::rest::cube::float;

const COLUMNS: [&str; 6] = ["released", "claimed", "redeemed", "subsidy", "order", "residents"];

struct Looks {
    head: Format,
    count: Format,
    money: Format,
    text: Format,
}

/// The finished file.
pub(super) fn of(report: &ReportShape, lang: Lang) -> Result<Vec<u8>, XlsxError> {
    let looks = Looks {
        head: Format::new().set_bold().set_text_wrap().set_align(FormatAlign::Top),
        count: Format::new().set_num_format("#,##0"),
        money: Format::new().set_num_format("#,##0.00"),
        text: Format::new().set_text_wrap().set_align(FormatAlign::Top),
    };
    let mut workbook = Workbook::new();
    let as_of = &report.figures.as_of;
    let made_at = ExcelDateTime::parse_from_str(as_of.get(..19).unwrap_or(as_of))?;
    workbook.set_properties(&DocProperties::new().set_creation_datetime(&made_at));
    write_districts(workbook.add_worksheet(), &report.figures, lang, &looks)?;
    write_days(workbook.add_worksheet(), &report.figures, lang, &looks)?;
    write_definitions(workbook.add_worksheet(), &report.figures, lang, &looks)?;
    write_proof(workbook.add_worksheet(), report, lang, &looks)?;
    workbook.save_to_buffer()
}

fn write_head(
    sheet: &mut Worksheet,
    first: &str,
    names: &[&str],
    lang: Lang,
    looks: &Looks,
) -> Result<(), XlsxError> {
    sheet.write_string_with_format(0, 0, first, &looks.head)?;
    sheet.set_column_width(0, 24)?;
    for (column, name) in (1..).zip(names) {
        sheet.write_string_with_format(0, column, StatsColumn::named(name).title(lang), &looks.head)?;
        sheet.set_column_width(column, 16)?;
    }
    sheet.set_freeze_panes(1, 1)?;
    Ok(())
}

fn write_districts(
    sheet: &mut Worksheet,
    figures: &ReportFigures,
    lang: Lang,
    looks: &Looks,
) -> Result<(), XlsxError> {
    sheet.set_name(lang.pick("分区县", "Districts"))?.set_landscape();
    write_head(sheet, lang.pick("区县", "District"), &COLUMNS, lang, looks)?;
    for (row, of) in (1..).zip(figures.districts.items.iter().chain([&figures.districts.total])) {
        sheet.write_string(row, 0, lang.of(&of.name, &of.name_en))?;
        write_row(sheet, row, of, looks)?;
    }
    Ok(())
}

fn write_row(sheet: &mut Worksheet, row: u32, of: &StatsRow, looks: &Looks) -> Result<(), XlsxError> {
    let counts = [(1, of.released), (2, of.claimed), (3, of.redeemed), (6, of.residents)];
    for (column, count) in counts {
        sheet.write_number_with_format(row, column, float(count), &looks.count)?;
    }
    for (column, fen) in [(4, of.subsidy_fen), (5, of.order_fen)] {
        sheet.write_number_with_format(row, column, float(fen.get()) / 100.0, &looks.money)?;
    }
    Ok(())
}

fn write_days(
    sheet: &mut Worksheet,
    figures: &ReportFigures,
    lang: Lang,
    looks: &Looks,
) -> Result<(), XlsxError> {
    sheet.set_name(lang.pick("按日", "Days"))?;
    let columns = ["claimed", "redeemed", "subsidy", "order"];
    write_head(sheet, lang.pick("营业日", "Business day"), &columns, lang, looks)?;
    for (row, day) in (1..).zip(&figures.days) {
        sheet.write_string(row, 0, &day.day)?;
        sheet.write_number_with_format(row, 1, float(day.claimed), &looks.count)?;
        sheet.write_number_with_format(row, 2, float(day.redeemed), &looks.count)?;
        sheet.write_number_with_format(row, 3, float(day.subsidy_fen.get()) / 100.0, &looks.money)?;
        sheet.write_number_with_format(row, 4, float(day.order_fen.get()) / 100.0, &looks.money)?;
    }
    Ok(())
}

fn write_definitions(
    sheet: &mut Worksheet,
    figures: &ReportFigures,
    lang: Lang,
    looks: &Looks,
) -> Result<(), XlsxError> {
    sheet.set_name(lang.pick("口径", "Definitions"))?;
    for (column, width) in [(0, 20), (1, 60), (2, 28), (3, 70)] {
        sheet.set_column_width(column, width)?;
    }
    for (row, definition) in (0..).zip(&figures.definitions) {
        let texts = [&definition.title, &definition.meaning, &definition.title_en, &definition.meaning_en];
        for (column, text) in (0..).zip(texts) {
            sheet.write_string_with_format(row, column, text, &looks.text)?;
        }
    }
    Ok(())
}

fn write_proof(
    sheet: &mut Worksheet,
    report: &ReportShape,
    lang: Lang,
    looks: &Looks,
) -> Result<(), XlsxError> {
    sheet.set_name(lang.pick("凭据", "Proof"))?;
    sheet.set_column_width(0, 20)?;
    sheet.set_column_width(1, 70)?;
    let ledger = &report.figures.ledger;
    let texts = [
        (lang.pick("报告", "Report"), report.item.kind.word(lang).to_owned()),
        (lang.pick("统计时间", "As of"), report.figures.as_of.clone()),
        (lang.pick("台账区块", "Ledger block"), ledger.sequence.to_string()),
        (lang.pick("台账摘要", "Ledger head"), ledger.hash.clone()),
        (lang.pick("数据摘要（SHA-256）", "Hash of the figures (SHA-256)"), report.item.hash.clone()),
    ];
    for (row, (name, text)) in (0..).zip(texts) {
        sheet.write_string_with_format(row, 0, name, &looks.head)?;
        sheet.write_string(row, 1, text)?;
    }
    Ok(())
}
