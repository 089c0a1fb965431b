//! What carried sessions whose rows don't say so: those of before the column was there, in a database or in a backup.

use sea_orm_migration::prelude::*;
use sea_orm_migration::sea_orm::ConnectionTrait;

/// Rows read at a time.
const PAGE: u64 = 1_000;

/// Writes it into each row of a session that began, has ended and does not have it.
///
/// # Errors
/// The database failed.
pub async fn complete(database: &impl ConnectionTrait) -> Result<(), DbErr> {
    let mut after = String::new();
    loop {
        let mut page = Query::select();
        page.columns(["sid", "paths"]).from("sessions").and_where(Expr::col("sid").gt(after.as_str()));
        page.and_where(Expr::col("verdict_at").is_not_null()).and_where(Expr::col("end_reason").ne("refused"));
        page.and_where(Expr::col("carried").is_null()).order_by("sid", Order::Asc).limit(PAGE);
        let rows = database.query_all(&page).await?;
        let (mut direct, mut relayed, mut both) = (Vec::new(), Vec::new(), Vec::new());
        for row in &rows {
            let (sid, paths): (String, String) = (row.try_get_by_index(0)?, row.try_get_by_index(1)?);
            after.clone_from(&sid);
            match course(&paths) {
                Course::Direct => direct.push(sid),
                Course::Relayed => relayed.push(sid),
                Course::Both => both.push(sid),
            }
        }
        if rows.is_empty() {
            return Ok(());
        }
        for (word, sids) in [("direct", direct), ("relayed", relayed), ("both", both)] {
            if !sids.is_empty() {
                let mut update = Query::update();
                update.table("sessions").value("carried", word).and_where(Expr::col("sid").is_in(sids));
                database.execute(&update).await?;
            }
        }
    }
}

#[derive(Debug, PartialEq, Eq)]
enum Course {
    /// It came to a direct path and stayed on such.
    Direct,
    Relayed,
    /// It came to a direct path and had to be relayed again.
    Both,
}

/// The course of a session by the column of its paths, `SIDE:PATH` each: the side that told more of them counts. Every
/// session begins on the relay; that does not.
fn course(told: &str) -> Course {
    let told_by = |side: &str| {
        let words = told.split_whitespace().filter_map(|word| word.split_once(':'));
        let mut paths: Vec<&str> = words.filter(|(by, _)| *by == side).map(|(_, path)| path).collect();
        paths.dedup();
        paths
    };
    let paths = ["customer", "operator"].map(told_by).into_iter().max_by_key(Vec::len).unwrap_or_default();
    let is_direct = |path: &&str| path.starts_with("direct_");
    let Some(first) = paths.iter().position(is_direct) else { return Course::Relayed };
    if paths.iter().skip(first).all(is_direct) { Course::Direct } else { Course::Both }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_side_that_told_more_counts_and_the_beginning_does_not() {
        for (told, answer) in [
            ("", Course::Relayed),
            ("customer:relay operator:turn ", Course::Relayed),
            ("customer:relay customer:direct_udp operator:relay ", Course::Direct),
            ("customer:direct_tcp customer:relay operator:direct_tcp ", Course::Both),
            ("customer:relay customer:relay operator:relay operator:direct_udp ", Course::Direct),
        ] {
            assert_eq!(course(told), answer, "{told}");
        }
    }
}
