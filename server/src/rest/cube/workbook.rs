//! A cut as a workbook: the cut, and what its figures mean.

use domain::shapes::{CubeShape, CubeSums};
use domain::{Lang, StatsColumn};
use rust_xlsxwriter::{DocProperties, ExcelDateTime, Format, FormatAlign, Workbook, Worksheet, XlsxError};

use super::{Figure, figures, headings, names};

/// How figures look.
struct Looks {
    head: Format,
    count: Format,
    money: Format,
    rate: Format,
    text: Format,
}

/// The finished file.
pub(super) fn of(cube: &CubeShape, lang: Lang) -> Result<Vec<u8>, XlsxError> {
    let bold = Format::new().set_bold();
    let looks = Looks {
        head: bold.set_text_wrap().set_align(FormatAlign::Top),
        count: Format::new().set_num_format("#,##0"),
        money: Format::new().set_num_format("#,##0.00"),
        rate: Format::new().set_num_format("0.00"),
        text: Format::new().set_text_wrap().set_align(FormatAlign::Top),
    };
    let mut workbook = Workbook::new();
    let made_at = ExcelDateTime::parse_from_str(cube.as_of.get(..19).unwrap_or(&cube.as_of))?;
    // The server's time and not the machine's: the same cut is the same file.
    workbook.set_properties(&DocProperties::new().set_creation_datetime(&made_at));
    write_cut(workbook.add_worksheet(), cube, lang, &looks)?;
    write_definitions(workbook.add_worksheet(), lang, &looks.head, &looks.text)?;
    workbook.save_to_buffer()
}

fn write_cut(sheet: &mut Worksheet, cube: &CubeShape, lang: Lang, looks: &Looks) -> Result<(), XlsxError> {
    sheet.set_name(lang.pick("统计", "Statistics"))?.set_landscape();
    for (column, text) in (0..).zip(headings(cube, lang)) {
        sheet.write_string_with_format(0, column, text, &looks.head)?;
        sheet.set_column_width(column, if usize::from(column) < cube.by.len() { 24 } else { 14 })?;
    }
    sheet.set_freeze_panes(1, 0)?;
    let mut row = 1;
    for item in &cube.items {
        for (column, name) in (0..).zip(names(item, lang)) {
            sheet.write_string(row, column, name)?;
        }
        write_sums(sheet, row, cube, [Some(&item.sums), item.compared.as_ref()], looks)?;
        row += 1;
    }
    sheet.write_string_with_format(row, 0, lang.pick("合计", "Total"), &looks.head)?;
    write_sums(sheet, row, cube, [Some(&cube.total), cube.compared_total.as_ref()], looks)?;
    sheet.write_string(row + 2, 0, lang.pick("统计时间", "As of"))?;
    sheet.write_string(row + 2, 1, &cube.as_of)?;
    Ok(())
}

fn write_sums(
    sheet: &mut Worksheet,
    row: u32,
    cube: &CubeShape,
    sums: [Option<&CubeSums>; 2],
    looks: &Looks,
) -> Result<(), XlsxError> {
    let first = u16::try_from(cube.by.len()).unwrap_or(0);
    for (column, figure) in (first..).zip(sums.into_iter().flatten().flat_map(figures)) {
        match figure {
            Figure::Count(count) => {
                sheet.write_number_with_format(row, column, float(count), &looks.count)?;
            }
            Figure::Fen(fen) => {
                sheet.write_number_with_format(row, column, float(fen) / 100.0, &looks.money)?;
            }
            Figure::Rate(Some(rate)) => {
                sheet.write_number_with_format(row, column, rate, &looks.rate)?;
            }
            Figure::Rate(None) => {}
        }
    }
    Ok(())
}

/// A workbook's numbers are floating: up to 2^53 fen, ninety trillion yuan, they are exact to the fen.
pub(in crate::rest) fn float(number: i64) -> f64 {
    #[expect(clippy::cast_precision_loss, reason = "a season's sums stay below 2^53")]
    let float = number as f64;
    float
}

/// A sheet of what each figure of the tallies counts.
pub(in crate::rest) fn write_definitions(
    sheet: &mut Worksheet,
    lang: Lang,
    head: &Format,
    text: &Format,
) -> Result<(), XlsxError> {
    sheet.set_name(lang.pick("口径", "Definitions"))?;
    let headings = [("指标", 20), ("口径", 60), ("Figure", 28), ("What it counts", 70)];
    for (column, (heading, width)) in (0..).zip(headings) {
        sheet.write_string_with_format(0, column, heading, head)?;
        sheet.set_column_width(column, width)?;
    }
    for (row, column) in (1..).zip(StatsColumn::ALL) {
        let texts = [Lang::Zh, Lang::En].map(|lang| [column.title(lang), column.meaning(lang)]);
        for (place, written) in (0..).zip(texts.into_iter().flatten()) {
            sheet.write_string_with_format(row, place, written, text)?;
        }
    }
    Ok(())
}
