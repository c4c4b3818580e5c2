//! The `yuehui` program as people start it.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on stops")]

mod program;

use program::{Folder, get, run, serve, text};
use std::os::unix::fs::PermissionsExt;
use std::process::{Child, Command};

/// Asks it to stop, as a service manager does, and waits until it has.
fn stop(mut child: Child) {
    let asked = Command::new("kill").arg(child.id().to_string()).status().unwrap();
    assert!(asked.success());
    assert!(child.wait().unwrap().success(), "it ends well when it is asked to");
}

#[test]
fn a_newcomer_is_told_where_to_go_and_as_whom() {
    let folder = Folder::new("newcomer");
    let (child, address, said) = serve(&folder.0, &[]);
    let said = said.join("\n");
    for word in
        ["13900000001", "13800000002", "13700000001", "2021-06-18T09:58:0", "演示数据", "data/yuehui.db"]
    {
        assert!(said.contains(word), "{word} in {said}");
    }
    let season = get(&address, "/api/v1/season");
    assert!(
        season.starts_with("HTTP/1.1 200 OK") && season.contains("\"now\":\"2021-06-18T09:58:"),
        "{season}"
    );
    stop(child);
    let verified = run(&folder.0, &["verify"]);
    assert!(verified.status.success(), "{}", text(&verified.stderr));
    assert!(text(&verified.stdout).contains("everything agrees"));
}

#[test]
fn a_bureau_begins_with_an_empty_house_and_an_organizer() {
    let folder = Folder::new("bureau");
    let (child, address, said) = serve(&folder.0, &["--no-demo"]);
    assert!(!said.join("\n").contains("13700000001"), "{said:?}");
    assert!(get(&address, "/api/v1/season").contains("\"demo\":false"));
    assert!(get(&address, "/api/v1/merchants").contains("\"items\":[]"));
    stop(child);
    let add = |arguments: &[&str]| run(&folder.0, &[&["user", "add"], arguments].concat());
    let added =
        add(&["--phone", "13700009999", "--name", "王科长", "--role", "district", "--district", "210381"]);
    assert!(added.status.success(), "{}", text(&added.stderr));
    assert!(text(&added.stdout).contains("137****9999") && !text(&added.stdout).contains("13700009999"));
    for wrong in [
        &["--phone", "1", "--name", "n", "--role", "city"][..],
        &["--phone", "13700009999", "--name", "n", "--role", "resident"],
        &["--phone", "13700009999", "--name", "n", "--role", "district"],
        &["--phone", "13700009999", "--name", " ", "--role", "city"],
    ] {
        let refused = add(wrong);
        assert!(!refused.status.success() && !refused.stderr.is_empty(), "{wrong:?}");
    }
}

#[test]
fn the_merchants_of_a_spreadsheet_are_brought_in() {
    let folder = Folder::new("import");
    stop(serve(&folder.0, &[]).0);
    let template = run(&folder.0, &["import", "merchants", "--template"]);
    assert!(text(&template.stdout).contains("统一社会信用代码,"));
    let fits = |sign: &char| format!("91210302TEM000001{sign}").parse::<domain::CreditCode>().is_ok();
    let sign = "0123456789ABCDEFGHJKLMNPQRTUWXY".chars().find(fits).unwrap();
    let import = |district: &str, more: &[&str]| {
        let sheet = format!(
            "统一社会信用代码,商户名称,商户类别,门店名称,区县,地址,营业时间\n\
             91210302TEM000001{sign},试店,餐饮,总店,{district},一路1号,每天 09:00-21:00\n"
        );
        std::fs::write(folder.0.join("商户.csv"), sheet).unwrap();
        run(&folder.0, &[&["import", "merchants", "商户.csv"], more].concat())
    };
    let bad = import("和平区", &[]);
    let told = text(&bad.stderr);
    assert!(!bad.status.success() && told.contains("row 2, 区县, \"和平区\""), "{told}");
    let runs: [(&[&str], &str); 3] = [
        (&["--dry-run"], "a dry run"),
        (&[], "1 merchants, 1 outlets"),
        (&[], "everything is there already"),
    ];
    for (more, word) in runs {
        let done = import("铁东区", more);
        let said = text(&done.stdout);
        assert!(done.status.success() && said.contains(word), "{said} {}", text(&done.stderr));
    }
}

#[test]
fn a_season_is_backed_up_while_it_is_served_and_restored_elsewhere() {
    let folder = Folder::new("backup");
    let (child, _, _) = serve(&folder.0, &[]);
    let backup = || run(&folder.0, &["backup", "season.backup"]);
    let written = backup();
    assert!(written.status.success(), "{}", text(&written.stderr));
    let head = text(&written.stdout).lines().find(|line| line.starts_with("head")).unwrap().to_owned();
    let mode = std::fs::metadata(folder.0.join("season.backup")).unwrap().permissions().mode();
    assert_eq!((mode & 0o777, folder.0.join("season.backup.part").exists()), (0o600, false));
    let again = backup();
    assert!(!again.status.success() && text(&again.stderr).contains("exists already"));
    stop(child);
    let restore = || run(&folder.0, &["restore", "season.backup", "--data", "elsewhere"]);
    let refused = restore();
    assert!(!refused.status.success() && text(&refused.stderr).contains("elsewhere/secret.key"));
    std::fs::copy(folder.0.join("data/secret.key"), folder.0.join("elsewhere/secret.key")).unwrap();
    let restored = restore();
    let said = text(&restored.stdout);
    assert!(restored.status.success(), "{}", text(&restored.stderr));
    assert!(said.contains(&head) && said.contains("everything agrees"), "{said}");
    let refused = restore();
    assert!(!refused.status.success() && text(&refused.stderr).contains("holds something already"));
}

#[test]
fn what_cannot_be_done_is_said_in_a_sentence() {
    let folder = Folder::new("sentence");
    let mistakes: [(&[&str], &str); 6] = [
        (&["serve", "--clock", "noon"], "system"),
        (&["serve", "--seeds", "nowhere", "--listen", "127.0.0.1:0"], "nowhere"),
        (&["serve", "--listen", "127.0.0.1:0", "--database", "mysql://x"], "postgres://"),
        (&["settle"], "unrecognized"),
        (&["backup", "season.backup"], "right data folder"),
        (&["restore", "season.backup"], "season.backup cannot be read"),
    ];
    for (arguments, word) in mistakes {
        let output = run(&folder.0, arguments);
        let said = text(&output.stderr);
        assert!(
            !output.status.success() && said.contains(word) && !said.contains("panicked"),
            "{arguments:?}: {said}"
        );
    }
}

#[test]
fn the_document_is_printed() {
    let printed = run(&std::env::temp_dir(), &["openapi"]);
    let document: serde_json::Value = serde_json::from_slice(&printed.stdout).expect("JSON");
    assert_eq!(document["openapi"], "3.1.0");
    assert!(document["paths"]["/api/v1/rounds/{id}/claims"]["post"].is_object());
}
