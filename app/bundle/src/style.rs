//! Makes one style sheet of the files in `style/`.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result};

/// All `*.css` files of `folder` in the order of their names, without comments and indentation.
pub(crate) fn sheet(folder: &Path) -> Result<String> {
    let mut files = Vec::new();
    let entries = fs::read_dir(folder).with_context(|| format!("cannot read {}", folder.display()))?;
    for entry in entries {
        let path = entry?.path();
        if path.extension().is_some_and(|extension| extension == "css") {
            let text =
                fs::read_to_string(&path).with_context(|| format!("cannot read {}", path.display()))?;
            files.push((path, text));
        }
    }
    files.sort();
    Ok(files.iter().map(|(_, text)| slim(text)).collect())
}

/// The same style without comments, indentation and empty lines.
fn slim(text: &str) -> String {
    let mut slim = String::with_capacity(text.len());
    for line in without_comments(text).lines().map(str::trim).filter(|line| !line.is_empty()) {
        slim.push_str(line);
        slim.push('\n');
    }
    slim
}

/// Takes the comments out, but not what looks like one inside a quoted string.
fn without_comments(text: &str) -> String {
    let mut kept = String::with_capacity(text.len());
    let mut quote = None;
    let mut rest = text.chars().peekable();
    while let Some(letter) = rest.next() {
        match quote {
            None if letter == '/' && rest.peek() == Some(&'*') => {
                rest.next();
                skip_comment(&mut rest);
                continue;
            }
            None if letter == '"' || letter == '\'' => quote = Some(letter),
            Some(open) if letter == open => quote = None,
            _ => {}
        }
        kept.push(letter);
        if letter == '\\' {
            kept.extend(rest.next());
        }
    }
    kept
}

fn skip_comment(rest: &mut impl Iterator<Item = char>) {
    let mut before = ' ';
    for letter in rest {
        if before == '*' && letter == '/' {
            return;
        }
        before = letter;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn comments_and_indentation_go() {
        let text = "/* tokens **/\n:root {\n    --gap: 8px; /* one step */\n\n}\n";
        assert_eq!(slim(text), ":root {\n--gap: 8px;\n}\n");
    }

    #[test]
    fn a_string_is_left_alone() {
        let text = r#"a::after { content: "/* \" */"; } b { content: '"/*'; }"#;
        assert_eq!(slim(text), format!("{text}\n"));
    }

    #[test]
    fn an_open_comment_ends_the_file() {
        assert_eq!(slim("a { }\n/* b { }"), "a { }\n");
    }

    #[test]
    fn files_are_joined_by_name() {
        let folder = std::env::temp_dir().join(format!("bundle-style-{}", std::process::id()));
        fs::create_dir_all(&folder).unwrap();
        fs::write(folder.join("10-card.css"), "b { }").unwrap();
        fs::write(folder.join("00-tokens.css"), "a { }").unwrap();
        fs::write(folder.join("note.txt"), "not style").unwrap();
        let sheet = sheet(&folder);
        fs::remove_dir_all(&folder).unwrap();
        assert_eq!(sheet.unwrap(), "a { }\nb { }\n");
    }
}
