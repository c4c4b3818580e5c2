//! Where things are: read from `[workspace.metadata.leptos]` of the workspace's manifest.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use serde::Deserialize;

/// The workspace and the names its manifest gives to the parts of the build.
#[derive(Debug)]
pub(crate) struct Project {
    /// The folder of the workspace's manifest.
    pub(crate) root: PathBuf,
    /// The name of the binary.
    pub(crate) name: String,
    /// The package that holds the binary.
    pub(crate) server: String,
    /// The package that becomes the page's wasm, with the features it needs there.
    pub(crate) page: String,
    pub(crate) page_features: Vec<String>,
    pub(crate) wasm_profile: String,
    /// The stem of the page's assets, before its hash.
    pub(crate) output_name: String,
    /// The folder of hashed assets inside the site, and the first part of their paths.
    pub(crate) pkg: String,
    site_root: String,
}

#[derive(Deserialize)]
struct Manifest {
    workspace: Workspace,
}

#[derive(Deserialize)]
struct Workspace {
    metadata: Metadata,
}

#[derive(Deserialize)]
struct Metadata {
    leptos: Leptos,
}

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
struct Leptos {
    name: String,
    bin_package: String,
    lib_package: String,
    output_name: String,
    site_root: String,
    site_pkg_dir: String,
    lib_features: Vec<String>,
    lib_profile_release: String,
}

impl Project {
    /// The project this program was started in.
    pub(crate) fn find() -> Result<Self> {
        let own = std::env::var_os("CARGO_MANIFEST_DIR").context("start me with `cargo start`")?;
        let root = Path::new(&own).ancestors().nth(2).context("app/bundle is not in a workspace")?;
        let path = root.join("Cargo.toml");
        let text = fs::read_to_string(&path).with_context(|| format!("cannot read {}", path.display()))?;
        Self::parse(root, &text).with_context(|| format!("cannot understand {}", path.display()))
    }

    fn parse(root: &Path, manifest: &str) -> Result<Self> {
        let leptos = toml::from_str::<Manifest>(manifest)?.workspace.metadata.leptos;
        Ok(Self {
            root: root.to_path_buf(),
            name: leptos.name,
            server: leptos.bin_package,
            page: leptos.lib_package,
            page_features: leptos.lib_features,
            wasm_profile: leptos.lib_profile_release,
            output_name: leptos.output_name,
            pkg: leptos.site_pkg_dir,
            site_root: leptos.site_root,
        })
    }

    /// The one folder that every inner build writes to.
    pub(crate) fn target(&self) -> PathBuf {
        self.root.join("target")
    }

    /// The folder of the finished assets.
    pub(crate) fn site_root(&self) -> PathBuf {
        self.root.join(&self.site_root)
    }

    /// The finished binary.
    pub(crate) fn binary(&self) -> PathBuf {
        self.target().join("release").join(&self.name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_workspace_names_every_part() {
        let manifest = include_str!("../../../Cargo.toml");
        let project = Project::parse(Path::new("/project"), manifest).unwrap();
        assert_eq!(project.binary(), Path::new("/project/target/release/yuehui"));
        assert_eq!(project.site_root(), Path::new("/project/target/site"));
        assert_eq!(project.page_features, ["hydrate"]);
        assert_eq!(project.pkg, "pkg");
    }

    #[test]
    fn a_missing_name_is_told() {
        let error = Project::parse(Path::new("/"), "[workspace.metadata.leptos]\nname = \"x\"");
        assert!(error.unwrap_err().to_string().contains("bin-package"));
    }
}
