//! A statement as a workbook: the statement, and what its figures mean.

use domain::shapes::{Statement, StatementLine, StatementSums};
use domain::{Figure, Lang, StatementColumn};
use rust_xlsxwriter::{DocProperties, ExcelDateTime, Format, FormatAlign, Workbook, Worksheet, XlsxError};

use super::{heading, leading};

/// The figures stand behind these columns.
const LEADING: u16 = 5;

/// How cells look.
struct Looks {
    bold: Format,
    head: Format,
    day: Format,
    count: Format,
    money: Format,
    total_count: Format,
    total_money: Format,
    text: Format,
}

impl Looks {
    fn new() -> Looks {
        let (count, money) = ("#,##0", "#,##0.00");
        let bold = Format::new().set_bold();
        Looks {
            head: bold.clone().set_text_wrap().set_align(FormatAlign::Top),
            day: Format::new().set_num_format("yyyy-mm-dd"),
            count: Format::new().set_num_format(count),
            money: Format::new().set_num_format(money),
            total_count: bold.clone().set_num_format(count),
            total_money: bold.clone().set_num_format(money),
            text: Format::new().set_text_wrap().set_align(FormatAlign::Top),
            bold,
        }
    }
}

/// The finished file.
pub(super) fn of(statement: &Statement, lang: Lang) -> Result<Vec<u8>, XlsxError> {
    let looks = Looks::new();
    let mut workbook = Workbook::new();
    let made_at = ExcelDateTime::parse_from_str(statement.as_of.get(..19).unwrap_or(&statement.as_of))?;
    let name = lang.of(&statement.merchant_name, &statement.merchant_name_en);
    // The server's time and not the machine's: the same statement is the same file.
    workbook.set_properties(&DocProperties::new().set_title(name).set_creation_datetime(&made_at));
    write_statement(workbook.add_worksheet(), statement, lang, &looks)?;
    write_definitions(workbook.add_worksheet(), lang, &looks)?;
    workbook.save_to_buffer()
}

fn write_statement(
    sheet: &mut Worksheet,
    statement: &Statement,
    lang: Lang,
    looks: &Looks,
) -> Result<(), XlsxError> {
    sheet.set_name(lang.pick("对账单", "Statement"))?.set_landscape();
    let headings = leading(lang).map(str::to_owned).into_iter();
    let headings = headings.chain(StatementColumn::ALL.iter().map(|column| heading(column, lang)));
    for (column, text) in (0..).zip(headings) {
        sheet.write_string_with_format(0, column, text, &looks.head)?;
        sheet.set_column_width(column, if column == 3 { 24 } else { 13 })?;
    }
    sheet.set_freeze_panes(1, LEADING - 1)?;
    let mut row = 1;
    for line in &statement.items {
        write_line(sheet, row, line, lang, looks)?;
        row += 1;
    }
    sheet.write_string_with_format(row, 3, lang.pick("合计", "Total"), &looks.bold)?;
    write_sums(sheet, row, &statement.total, (&looks.total_count, &looks.total_money))?;
    write_agreement(sheet, row + 2, statement, lang, looks)
}

fn write_line(
    sheet: &mut Worksheet,
    row: u32,
    line: &StatementLine,
    lang: Lang,
    looks: &Looks,
) -> Result<(), XlsxError> {
    for (column, day) in [(0, &line.from), (1, &line.to)] {
        let day = ExcelDateTime::parse_from_str(day)?;
        sheet.write_datetime_with_format(row, column, &day, &looks.day)?;
    }
    sheet.write_string(row, 2, line.outlet_id.to_string())?;
    sheet.write_string(row, 3, lang.of(&line.outlet_name, &line.outlet_name_en))?;
    let closed = if line.closed { lang.pick("是", "yes") } else { lang.pick("否", "no") };
    sheet.write_string(row, 4, closed)?;
    write_sums(sheet, row, &line.sums, (&looks.count, &looks.money))
}

fn write_sums(
    sheet: &mut Worksheet,
    row: u32,
    sums: &StatementSums,
    (count, money): (&Format, &Format),
) -> Result<(), XlsxError> {
    for (column, figure) in (LEADING..).zip(StatementColumn::ALL.iter().map(|column| (column.figure)(sums))) {
        match figure {
            Figure::Count(number) => sheet.write_number_with_format(row, column, float(number), count)?,
            Figure::Money(fen) => sheet.write_number_with_format(row, column, float(fen) / 100.0, money)?,
        };
    }
    Ok(())
}

/// A workbook's numbers are floating: up to 2^53 fen, ninety trillion yuan, they are exact to the fen.
fn float(number: i64) -> f64 {
    #[expect(clippy::cast_precision_loss, reason = "a season's sums stay below 2^53")]
    let float = number as f64;
    float
}

/// What the statement begins and ends with, and what the ledger says to it.
fn write_agreement(
    sheet: &mut Worksheet,
    row: u32,
    statement: &Statement,
    lang: Lang,
    looks: &Looks,
) -> Result<(), XlsxError> {
    let ledger = &statement.ledger;
    let amounts = [
        (lang.pick("期初累计应付", "Owed in all before"), statement.opening_fen),
        (lang.pick("期末累计应付", "Owed in all at the end"), statement.closing_fen),
        (lang.pick("台账：应付", "Ledger: payable"), ledger.payable_fen),
        (lang.pick("台账：已付", "Ledger: paid"), ledger.paid_fen),
    ];
    for (below, (name, fen)) in (0..).zip(amounts) {
        sheet.write_string_with_format(row + below, 0, name, &looks.bold)?;
        sheet.write_number_with_format(row + below, 3, float(fen) / 100.0, &looks.money)?;
    }
    let agrees =
        if ledger.agrees { lang.pick("一致", "agree") } else { lang.pick("不一致", "disagree") };
    let texts = [
        (lang.pick("与台账", "Ledger and statement"), agrees.to_owned()),
        (lang.pick("台账区块", "Ledger block"), ledger.sequence.to_string()),
        (lang.pick("台账摘要", "Ledger head"), ledger.hash.clone()),
        (lang.pick("统计时间", "As of"), statement.as_of.clone()),
    ];
    for (below, (name, text)) in (4..).zip(texts) {
        sheet.write_string_with_format(row + below, 0, name, &looks.bold)?;
        sheet.write_string(row + below, 3, text)?;
    }
    Ok(())
}

fn write_definitions(sheet: &mut Worksheet, lang: Lang, looks: &Looks) -> Result<(), XlsxError> {
    sheet.set_name(lang.pick("口径", "Definitions"))?;
    for (column, (text, width)) in
        (0..).zip([("指标", 16), ("口径", 60), ("Figure", 24), ("What it counts", 70)])
    {
        sheet.write_string_with_format(0, column, text, &looks.head)?;
        sheet.set_column_width(column, width)?;
    }
    let of = |column: &StatementColumn, lang| (column.title(lang), column.meaning(lang));
    let columns = StatementColumn::ALL.iter().map(|column| (of(column, Lang::Zh), of(column, Lang::En)));
    let terms = StatementColumn::terms(Lang::Zh).into_iter().zip(StatementColumn::terms(Lang::En));
    for (row, ((zh, meaning_zh), (en, meaning_en))) in (1..).zip(columns.chain(terms)) {
        for (column, text) in (0..).zip([zh, meaning_zh, en, meaning_en]) {
            sheet.write_string_with_format(row, column, text, &looks.text)?;
        }
    }
    Ok(())
}
