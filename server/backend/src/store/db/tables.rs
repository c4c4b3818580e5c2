//! The tables themselves, for a backup: which there are, all their rows, and
//! rows put back. A row is a JSON array that the database itself makes and
//! reads, the same from both: numbers, text and truth as JSON has them, bytes as
//! PostgreSQL writes them (`\x` and hexadecimal digits).
//!
//! Names in these statements come from the database's own catalogue, never from
//! a file.

use super::{Db, Tx};
use crate::store::dialect::{changed, migrations, migrations_to, on};
use crate::store::{ConnectError, StoreError};
use futures::stream::BoxStream;
use sqlx::AssertSqlSafe;
use std::collections::HashSet;

/// Where the database writes down which migrations it has.
const MIGRATIONS: &str = "_sqlx_migrations";

/// What a connection to SQLite keeps while rows are put back, in KB, negative
/// as SQLite has it: each index takes them in an order of its own.
const FILLING_CACHE: &str = "pragma cache_size = -262144";

/// A table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Table {
    pub(crate) name: String,
    /// In their order, without those that the database computes.
    pub(crate) columns: Vec<Column>,
}

/// One of its columns.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Column {
    pub(crate) name: String,
    kind: String,
}

impl Db {
    /// Brings a new database's tables to where another's were: the number of
    /// its last migration.
    pub(crate) async fn migrate_to(&self, last: i64) -> Result<(), ConnectError> {
        self.run(migrations_to(self, last)).await
    }

    /// Brings the tables up to date.
    pub(crate) async fn migrate(&self) -> Result<(), ConnectError> {
        self.run(migrations(self)).await
    }
}

impl Tx {
    /// The number of the last migration; `None` in a database without tables.
    pub(crate) async fn last_migration(&mut self) -> Result<Option<i64>, StoreError> {
        if !self.names().await?.iter().any(|(table, _, _)| table == MIGRATIONS) {
            return Ok(None);
        }
        let (last,): (Option<i64>,) = on!(self, conn => sqlx::query_as(
            "select max(version) from _sqlx_migrations").fetch_one(conn))?;
        Ok(last)
    }

    /// All tables, each after those that it refers to.
    pub(crate) async fn tables(&mut self) -> Result<Vec<Table>, StoreError> {
        let mut tables: Vec<Table> = Vec::new();
        for (table, name, kind) in self.names().await? {
            let column = Column { name, kind };
            match tables.last_mut().filter(|last| last.name == table) {
                Some(last) => last.columns.push(column),
                None => tables.push(Table { name: table, columns: vec![column] }),
            }
        }
        tables.retain(|table| table.name != MIGRATIONS);
        in_order(tables, &self.references().await?)
    }

    /// Tables with their columns: table, column, kind.
    async fn names(&mut self) -> Result<Vec<(String, String, String)>, StoreError> {
        Ok(match self {
            Tx::Sqlite(tx, _) => {
                sqlx::query_as(
                    "select t.name, c.name, lower(c.type)
                       from sqlite_schema t join pragma_table_xinfo(t.name) c
                      where t.type = 'table' and substr(t.name, 1, 7) <> 'sqlite_' and c.hidden = 0
                      order by t.name, c.cid",
                )
                .fetch_all(&mut **tx)
                .await?
            }
            Tx::Postgres(tx, _) => sqlx::query_as(
                "select cast(c.table_name as text), cast(c.column_name as text), cast(c.data_type as text)
                       from information_schema.columns c
                       join information_schema.tables t
                         on t.table_schema = c.table_schema and t.table_name = c.table_name
                      where c.table_schema = current_schema() and t.table_type = 'BASE TABLE'
                        and c.is_generated = 'NEVER'
                      order by c.table_name, c.ordinal_position",
            )
            .fetch_all(&mut **tx)
            .await?,
        })
    }

    /// Which table refers to which.
    async fn references(&mut self) -> Result<Vec<(String, String)>, StoreError> {
        Ok(match self {
            Tx::Sqlite(tx, _) => {
                sqlx::query_as(
                    r#"select t.name, f."table" from sqlite_schema t join pragma_foreign_key_list(t.name) f
                        where t.type = 'table'"#,
                )
                .fetch_all(&mut **tx)
                .await?
            }
            Tx::Postgres(tx, _) => {
                sqlx::query_as(
                    "select cast(own.relname as text), cast(other.relname as text) from pg_constraint c
                       join pg_class own on own.oid = c.conrelid
                       join pg_class other on other.oid = c.confrelid
                       join pg_namespace n on n.oid = c.connamespace
                      where c.contype = 'f' and n.nspname = current_schema()",
                )
                .fetch_all(&mut **tx)
                .await?
            }
        })
    }

    /// All rows of a table, each as a JSON array of its columns.
    pub(crate) fn rows<'t>(&'t mut self, table: &Table) -> BoxStream<'t, Result<String, sqlx::Error>> {
        let columns = table.columns.iter();
        match self {
            Tx::Sqlite(tx, _) => {
                let values: Vec<String> = columns.map(Column::told_by_sqlite).collect();
                let text = format!(r#"select json_array({}) from "{}""#, values.join(", "), table.name);
                sqlx::query_scalar(AssertSqlSafe(text)).fetch(&mut **tx)
            }
            Tx::Postgres(tx, _) => {
                let values: Vec<String> = columns.map(Column::quoted).collect();
                let values = values.join(", ");
                let text =
                    format!(r#"select cast(json_build_array({values}) as text) from "{}""#, table.name);
                sqlx::query_scalar(AssertSqlSafe(text)).fetch(&mut **tx)
            }
        }
    }

    /// Makes ready for many rows.
    pub(crate) async fn begin_filling(&mut self) -> Result<(), StoreError> {
        if let Tx::Sqlite(tx, _) = self {
            sqlx::query(FILLING_CACHE).execute(&mut **tx).await?;
        }
        Ok(())
    }

    /// Puts rows into a table: a JSON array of arrays as [`Tx::rows`] gives them.
    pub(crate) async fn add_rows(&mut self, table: &Table, rows: &str) -> Result<(), StoreError> {
        let names: Vec<String> = table.columns.iter().map(Column::quoted).collect();
        let into = format!(r#"insert into "{}" ({})"#, table.name, names.join(", "));
        let columns = table.columns.iter().enumerate();
        match self {
            Tx::Sqlite(tx, _) => {
                let values: Vec<String> =
                    columns.map(|(place, column)| column.read_by_sqlite(place)).collect();
                let text = format!("{into} select {} from json_each($1)", values.join(", "));
                sqlx::query(AssertSqlSafe(text)).bind(rows).execute(&mut **tx).await?;
            }
            Tx::Postgres(tx, _) => {
                let value =
                    |(place, column): (usize, &Column)| format!("cast(value ->> {place} as {})", column.kind);
                let values: Vec<String> = columns.map(value).collect();
                let values = values.join(", ");
                let text = format!("{into} select {values} from json_array_elements(cast($1 as json))");
                sqlx::query(AssertSqlSafe(text)).bind(rows).execute(&mut **tx).await?;
            }
        }
        Ok(())
    }

    /// Takes out of a table what its migrations put there.
    pub(crate) async fn empty(&mut self, table: &Table) -> Result<(), StoreError> {
        let text = format!(r#"delete from "{}""#, table.name);
        changed!(self, sqlx::query(AssertSqlSafe(text)))?;
        Ok(())
    }
}

impl Table {
    /// The same with these of its columns alone; `None` when one is not there.
    pub(crate) fn with_columns(&self, names: &[String]) -> Option<Table> {
        let find = |name: &String| self.columns.iter().find(|column| column.name == *name).cloned();
        Some(Table { name: self.name.clone(), columns: names.iter().map(find).collect::<Option<_>>()? })
    }
}

impl Column {
    fn quoted(&self) -> String {
        format!(r#""{}""#, self.name)
    }

    fn told_by_sqlite(&self) -> String {
        let name = self.quoted();
        match self.kind.as_str() {
            "bytea" => format!(r"case when {name} is not null then '\x' || lower(hex({name})) end"),
            "boolean" => format!("json(case {name} when 0 then 'false' when 1 then 'true' end)"),
            _ => name,
        }
    }

    fn read_by_sqlite(&self, place: usize) -> String {
        let value = format!("value ->> {place}");
        if self.kind == "bytea" { format!("unhex(substr({value}, 3))") } else { value }
    }
}

/// Each table after those that it refers to.
fn in_order(tables: Vec<Table>, references: &[(String, String)]) -> Result<Vec<Table>, StoreError> {
    let (mut ordered, mut waiting) = (Vec::with_capacity(tables.len()), tables);
    while !waiting.is_empty() {
        let missing: HashSet<String> = waiting.iter().map(|table| table.name.clone()).collect();
        let needs = |table: &Table, other: &str| other != table.name && missing.contains(other);
        let (ready, later): (Vec<Table>, Vec<Table>) = waiting.into_iter().partition(|table| {
            !references.iter().any(|(own, other)| *own == table.name && needs(table, other))
        });
        if ready.is_empty() {
            return Err(StoreError::corrupt("tables that refer to each other"));
        }
        ordered.extend(ready);
        waiting = later;
    }
    Ok(ordered)
}

#[cfg(test)]
mod tests {
    use super::{Table, in_order};

    fn table(name: &str) -> Table {
        Table { name: name.to_owned(), columns: Vec::new() }
    }

    fn pair(own: &str, other: &str) -> (String, String) {
        (own.to_owned(), other.to_owned())
    }

    #[test]
    fn a_table_comes_after_those_that_it_refers_to() {
        let references = [pair("a", "c"), pair("c", "b"), pair("b", "b")];
        let ordered = in_order(["a", "b", "c", "d"].map(table).to_vec(), &references).unwrap();
        let names: Vec<&str> = ordered.iter().map(|table| table.name.as_str()).collect();
        assert_eq!(names, ["b", "d", "c", "a"]);
    }

    #[test]
    fn a_circle_is_told() {
        let references = [pair("a", "b"), pair("b", "a")];
        assert!(in_order(["a", "b"].map(table).to_vec(), &references).is_err());
    }
}
