package embed

import (
	"database/sql"
	"fmt"

	"github.com/rasoat/rasoat/services/internal/fault"
)

// layout is the number of the layout of the file, which SQLite keeps for us (user_version): 0 had no column for the schema of a facet.
const layout = 1

// schemaColumn is the number of the layout of a facet's value. It stands last, where SQLite adds one to a table that exists without
// rewriting a row, and the number 1 takes no room in a row.
const schemaColumn = "schema INTEGER NOT NULL DEFAULT 1"

// migrate brings a file to this layout in one transaction: it ends with all of it or with nothing. An older version goes on reading
// and writing such a file, as it names the columns that it knows, and the tables that it makes are found here the next time. A
// file of a later layout is refused with Unavailable.
func migrate(write *sql.DB) error {
	tx, err := write.Begin()
	if err != nil {
		return err
	}
	defer tx.Rollback() //nolint:errcheck // after Commit there is nothing to roll back
	var have int
	if err := tx.QueryRow("PRAGMA user_version").Scan(&have); err != nil {
		return err
	}
	if have > layout {
		return fault.New(fault.Unavailable, "sqlite.layout",
			fmt.Sprintf("Tệp dữ liệu do một phiên bản mới hơn tạo (cấu trúc %d, bản này biết đến %d): hãy nâng cấp bản này.", have, layout),
			fmt.Sprintf("the file was made by a newer version (layout %d, this copy knows up to %d): upgrade this copy", have, layout))
	}
	tables, err := older(tx)
	if err != nil {
		return err
	}
	if have == layout && len(tables) == 0 {
		return nil
	}
	for _, table := range tables {
		if _, err := tx.Exec(`ALTER TABLE "` + table + `" ADD COLUMN ` + schemaColumn); err != nil {
			return err
		}
	}
	if _, err := tx.Exec(fmt.Sprintf("PRAGMA user_version = %d", layout)); err != nil {
		return err
	}
	return tx.Commit()
}

// older returns the tables of collections without that column.
func older(tx *sql.Tx) ([]string, error) {
	rows, err := tx.Query(`SELECT name FROM sqlite_schema AS t WHERE type = 'table' AND name GLOB 'c_*'
		AND NOT EXISTS (SELECT 1 FROM pragma_table_info(t.name) AS c WHERE c.name = 'schema')`)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var names []string
	for rows.Next() {
		var name string
		if err := rows.Scan(&name); err != nil {
			return nil, err
		}
		names = append(names, name)
	}
	return names, rows.Err()
}
