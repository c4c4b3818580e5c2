use super::*;

fn city() -> Index {
    let mut index = Index::default();
    index.add(0, Field::Name, "海城烧烤一条龙");
    index.add(0, Field::Name, "Haicheng Grill Dragon");
    index.add(0, Field::Title, "夜宵烤串第二份半价");
    index.add(0, Field::Text, "海城市");
    index.add_sentences(0, "凭健康码进店，海参除外。");
    index.add(1, Field::Name, "钢城 KTV 欢唱");
    index.add(1, Field::Title, "烧烤拼盘满80减20");
    index.add_sentences(1, "Late-night rooms at half price in Tai'an");
    index.add(2, Field::Name, "中街音乐餐厅");
    index.add(2, Field::Title, "午市套餐");
    index.add_sentences(2, "人均50元，有烧烤。");
    index
}

fn found(index: &Index, text: &str) -> Vec<(usize, Rank)> {
    let ranks = index.search(&Wanted::read(text)).into_iter().enumerate();
    ranks.filter_map(|(row, rank)| rank.map(|rank| (row, rank))).collect()
}

#[test]
fn it_is_found_in_chinese_pinyin_initials_and_english() {
    let index = city();
    for text in [
        "海城烧烤",
        "海 城",
        "haicheng",
        "HaiCheng",
        "hai cheng",
        "haichengshaokao",
        "haic",
        "hcs",
        "HCSK",
        "ｈｃｓ",
        "海城shaokao",
        "海城 sk",
        "grill",
        "grilldragon",
        "dragon haicheng",
        "一条龙",
    ] {
        let found = found(&index, text);
        assert!(matches!(found[..], [(0, Rank::Beginning | Rank::Name)]), "{text}: {found:?}");
    }
}

#[test]
fn a_name_comes_before_a_title_and_a_title_before_a_text() {
    for text in ["烧烤", "shaokao", " shao  kao "] {
        assert_eq!(found(&city(), text), [(0, Rank::Name), (1, Rank::Title), (2, Rank::Text)], "{text}");
    }
    for (text, rank) in
        [("海城", Rank::Beginning), ("hcs", Rank::Beginning), ("cs", Rank::Name), ("城", Rank::Name)]
    {
        assert!(found(&city(), text).contains(&(0, rank)), "{text}");
    }
    assert_eq!(found(&city(), "海城 半价"), [(0, Rank::Title)], "the word that is hardest to find");
}

#[test]
fn every_word_must_be_found() {
    assert_eq!(found(&city(), "海城 钢城"), []);
    assert_eq!(found(&city(), "烧烤 满80减20"), [(1, Rank::Title)]);
    assert_eq!(found(&city(), "ktv 包房"), []);
}

#[test]
fn width_case_punctuation_and_second_readings_do_not_matter() {
    for (text, row) in [
        ("ｋｔｖ", 1),
        ("满８０", 1),
        ("man80jian20", 1),
        ("late night", 1),
        ("taian", 1),
        ("yinyue", 2),
        ("yycanting", 2),
        ("yyct", 2),
        ("haishen", 0),
        ("haican", 0),
    ] {
        let rows: Vec<usize> = found(&city(), text).into_iter().map(|(row, _)| row).collect();
        let expected: &[usize] = if text == "yycanting" { &[] } else { &[row] };
        assert_eq!(rows, expected, "{text}");
    }
}

#[test]
fn what_holds_no_letter_finds_nothing() {
    for text in ["", "  ", "！？", "'", "🍢"] {
        assert_eq!(found(&city(), text), [], "{text}");
    }
}

#[test]
fn pinyin_starts_at_a_syllable_and_sentences_have_no_initials() {
    assert_eq!(found(&city(), "engshao"), []);
    assert_eq!(found(&city(), "jkm"), []);
    assert_eq!(found(&city(), "jiankangma"), [(0, Rank::Text)]);
}

#[test]
fn a_large_citys_rows_are_all_searched() {
    let mut index = Index::default();
    for row in 0..20_000 {
        index.add(row, Field::Name, if row % 1000 == 7 { "海城烧烤" } else { "钢城老味道饭庄" });
        index.add(row, Field::Title, "夜宵小锅，第二锅半价");
        index.add(row, Field::Title, "Late hot pot: second pot half price");
        index.add_sentences(row, "收工来一锅：酸菜白肉、牛杂、冻豆腐任选，第二锅半价。");
        index
            .add_sentences(row, "After the late shift: sour cabbage and pork; the second pot at half price.");
    }
    for text in ["hcs", "海城", "haicheng shaokao"] {
        assert_eq!(found(&index, text).len(), 20, "{text}");
    }
    assert_eq!(found(&index, "second pot").len(), 20_000);
}
