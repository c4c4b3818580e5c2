//! The folder of finished assets: every file as it is and compressed, and the list of their names.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use brotli::enc::BrotliEncoderParams;
use serde::Serialize;
use sha2::{Digest, Sha256};

use crate::watch::Watch;

/// The list of names at the root of the site, which the server reads.
const NAMES: &str = "names.json";

/// Under which names the pages find their assets.
#[derive(Debug, Serialize)]
pub(crate) struct Names {
    pub(crate) output_name: String,
    pub(crate) css: String,
    pub(crate) scanner: String,
    pub(crate) till: String,
    pub(crate) judge: String,
    pub(crate) picture: String,
    pub(crate) reckon: String,
}

/// A file's name with the hash of what it is made of: the first 16 hexadecimal digits of SHA-256.
pub(crate) fn stem(name: &str, parts: &[&[u8]]) -> String {
    let mut hash = Sha256::new();
    for part in parts {
        hash.update(part);
    }
    format!("{name}.{}", digits(&hash.finalize()))
}

fn digits(hash: &[u8]) -> String {
    hash.iter().take(8).fold(String::new(), |mut digits, byte| {
        let _ = write!(digits, "{byte:02x}");
        digits
    })
}

/// The site while it is being made. Files that are not asked for again go at the end.
#[derive(Debug)]
pub(crate) struct Site {
    root: PathBuf,
    kept: BTreeSet<String>,
    watch: Watch,
}

impl Site {
    pub(crate) fn open(root: PathBuf, watch: Watch) -> Result<Self> {
        fs::create_dir_all(&root).with_context(|| format!("cannot make {}", root.display()))?;
        Ok(Self { root, kept: BTreeSet::new(), watch })
    }

    pub(crate) fn watch(&self) -> Watch {
        self.watch
    }

    /// Keeps a file of an earlier build; false when there is none.
    pub(crate) fn keep(&mut self, name: &str) -> bool {
        let there = self.path(name).is_file() && self.compressed(name).is_file();
        if there {
            self.kept.insert(name.to_owned());
        }
        there
    }

    /// Writes a file and its compressed form, unless the same is there.
    pub(crate) fn put(&mut self, name: &str, content: &[u8]) -> Result<()> {
        let path = self.path(name);
        let same = fs::read(&path).is_ok_and(|old| old == content);
        if !(same && self.keep(name)) {
            write(&self.compressed(name), &compress(content)?)?;
            write(&path, content)?;
        }
        self.kept.insert(name.to_owned());
        Ok(())
    }

    /// Puts every file of `folder` at the root of the site, under its own name: icons and the like.
    pub(crate) fn copy_all(&mut self, folder: &Path) -> Result<()> {
        let Ok(entries) = fs::read_dir(folder) else {
            return Ok(());
        };
        for entry in entries {
            let entry = entry?;
            if entry.file_type()?.is_file() {
                let name = entry.file_name();
                let name = name.to_str().with_context(|| format!("{name:?} is no plain name"))?;
                self.put(name, &fs::read(entry.path())?)?;
            }
        }
        Ok(())
    }

    /// Writes the list of names, removes what no longer belongs, and returns the hash of it all.
    pub(crate) fn finish(&self, names: &Names) -> Result<String> {
        let names = serde_json::to_vec_pretty(names)?;
        if fs::read(self.path(NAMES)).ok().as_ref() != Some(&names) {
            write(&self.path(NAMES), &names)?;
        }
        let mut hash = Sha256::new();
        hash.update(&names);
        for name in &self.kept {
            hash.update(name);
            hash.update(Sha256::digest(fs::read(self.path(name))?));
        }
        self.sweep(&self.root, "")?;
        Ok(digits(&hash.finalize()))
    }

    fn sweep(&self, folder: &Path, prefix: &str) -> Result<()> {
        for entry in fs::read_dir(folder)? {
            let entry = entry?;
            let name = format!("{prefix}{}", entry.file_name().to_string_lossy());
            if entry.file_type()?.is_dir() {
                self.sweep(&entry.path(), &format!("{name}/"))?;
            } else if name != NAMES && !self.kept.contains(name.trim_end_matches(".br")) {
                fs::remove_file(entry.path())?;
            }
        }
        Ok(())
    }

    /// A table of the files with their sizes in bytes.
    pub(crate) fn report(&self) -> Result<String> {
        let mut table = format!("{:>10} {:>10}  file\n", "bytes", "brotli");
        for name in &self.kept {
            let raw = fs::metadata(self.path(name))?.len();
            let compressed = fs::metadata(self.compressed(name))?.len();
            writeln!(table, "{raw:>10} {compressed:>10}  /{name}")?;
        }
        Ok(table)
    }

    fn path(&self, name: &str) -> PathBuf {
        self.root.join(name)
    }

    fn compressed(&self, name: &str) -> PathBuf {
        self.root.join(format!("{name}.br"))
    }
}

/// Brotli at its strongest; it is done once and served for good.
fn compress(content: &[u8]) -> Result<Vec<u8>> {
    let mut compressed = Vec::new();
    let strongest = BrotliEncoderParams { quality: 11, lgwin: 22, ..Default::default() };
    brotli::BrotliCompress(&mut &*content, &mut compressed, &strongest)?;
    Ok(compressed)
}

/// Writes the whole file or none of it.
fn write(path: &Path, content: &[u8]) -> Result<()> {
    let folder = path.parent().context("a file lies in a folder")?;
    let half = folder.join(".half-written");
    fs::create_dir_all(folder)
        .and_then(|()| fs::write(&half, content))
        .and_then(|()| fs::rename(&half, path))
        .with_context(|| format!("cannot write {}", path.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn site(name: &str) -> Site {
        let root = std::env::temp_dir().join(format!("bundle-{name}-{}", std::process::id()));
        Site::open(root, Watch::start()).unwrap()
    }

    fn names() -> Names {
        Names {
            output_name: "a".into(),
            css: "b".into(),
            scanner: "c".into(),
            till: "d".into(),
            judge: "e".into(),
            picture: "f".into(),
            reckon: "g".into(),
        }
    }

    #[test]
    fn a_stem_is_the_name_and_a_hash_of_the_content() {
        assert_eq!(stem("yuehui", &[b"abc"]), "yuehui.ba7816bf8f01cfea");
        assert_eq!(stem("yuehui", &[b"a", b"bc"]), "yuehui.ba7816bf8f01cfea");
        assert_ne!(stem("yuehui", &[b"abd"]), stem("yuehui", &[b"abc"]));
    }

    #[test]
    fn a_file_lies_there_raw_and_compressed() {
        let mut site = site("put");
        let text = "body { color: black }\n".repeat(50);
        site.put("pkg/a.css", text.as_bytes()).unwrap();
        assert!(site.keep("pkg/a.css"));
        let compressed = fs::read(site.compressed("pkg/a.css")).unwrap();
        let mut back = Vec::new();
        brotli::BrotliDecompress(&mut &*compressed, &mut back).unwrap();
        fs::remove_dir_all(&site.root).unwrap();
        assert_eq!(back, text.as_bytes());
        assert!(compressed.len() < text.len() / 10);
    }

    #[test]
    fn what_is_not_asked_for_again_goes() {
        let mut site = site("sweep");
        site.put("pkg/old.js", b"1").unwrap();
        let first = site.finish(&names()).unwrap();
        site.kept.clear();
        site.put("pkg/new.js", b"2").unwrap();
        let second = site.finish(&names()).unwrap();
        let left = (site.keep("pkg/old.js"), site.keep("pkg/new.js"));
        let names_left = site.path(NAMES).is_file();
        fs::remove_dir_all(&site.root).unwrap();
        assert_eq!(left, (false, true));
        assert!(names_left);
        assert_ne!(first, second);
    }
}
