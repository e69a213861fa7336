package examtable

import (
	"fmt"
	"strings"

	"github.com/rasoat/rasoat/services/recordfeed/rows"
)

// schema makes the tables and views, one statement each, in order. Their text is kept by SQLite, comments included, so
// that ".schema" explains every column; and a file whose text differs is one of another layout.
func schema(l *rows.Layout) []string {
	return []string{
		`CREATE TABLE records ( -- a row a pupil: the newest version; a record that was withdrawn keeps its row
` + definitions(l.Pupil, "pupil") + `
	digest TEXT NOT NULL, -- SHA-256 of the version as it was sent: what a cut-off is compared with
	PRIMARY KEY (pupil)
) WITHOUT ROWID`,
		`CREATE TABLE results ( -- a row a pupil and grade; marks and averages are 0 to 10 with one decimal, or Đ, CĐ, Miễn
	pupil TEXT NOT NULL, -- as in records
` + definitions(l.Results, "grade") + `
	PRIMARY KEY (pupil, grade)
) WITHOUT ROWID`,
		"CREATE INDEX records_by_school ON records (province, school, class)",
		"CREATE INDEX records_by_code ON records (code)",
		"CREATE INDEX records_by_id_number ON records (id_number)",
		pupils(l),
		marks(l),
	}
}

// types are those of SQLite. A column of marks has none, so that it keeps numbers as numbers and words as words.
var types = map[rows.Kind]string{
	rows.Text: " TEXT", rows.Code: " TEXT", rows.Date: " TEXT", rows.Time: " TEXT", rows.Number: " INTEGER", rows.Mark: "",
}

func definitions(columns []rows.Column, key string) string {
	var b strings.Builder
	for _, c := range columns {
		null := ""
		if c.Name == key || c.Name == "version" || c.Name == "state" {
			null = " NOT NULL"
		}
		fmt.Fprintf(&b, "\t%s%s%s, -- %s\n", c.Name, types[c.Kind], null, c.About)
	}
	return strings.TrimSuffix(b.String(), "\n")
}

// pupils is the view of the records in force, with the year of each grade beside the person.
func pupils(l *rows.Layout) string {
	var columns []string
	for _, c := range l.Pupil {
		if c.Name != "state" && c.Name != "reason" {
			columns = append(columns, "r."+c.Name)
		}
	}
	var joins string
	for _, grade := range rows.Grades {
		for _, name := range []string{"average", "rating", "conduct"} {
			columns = append(columns, fmt.Sprintf("y%d.%s_year AS %s_%d", grade, name, name, grade))
		}
		joins += fmt.Sprintf("\n\tLEFT JOIN results y%d ON y%d.pupil = r.pupil AND y%d.grade = %d", grade, grade, grade, grade)
	}
	return "CREATE VIEW pupils AS -- the records in force, with the averages and ratings of the years\n\tSELECT " + strings.Join(columns, ", ") +
		"\n\tFROM records r" + joins + "\n\tWHERE r.state = 'verified'"
}

// marks is the view of one row a pupil, grade and subject: numbers in one column of a term, words in another.
func marks(l *rows.Layout) string {
	var parts []string
	for _, m := range l.Marks {
		code := m.Subject.Code
		columns := []string{"pupil", "grade", "'" + code + "' AS subject", "'" + strings.ReplaceAll(m.Subject.Name, "'", "''") + "' AS subject_name"}
		var any []string
		for _, term := range rows.Terms {
			c := code + "_" + term
			columns = append(columns,
				fmt.Sprintf("CASE WHEN typeof(%s) <> 'text' THEN %s END AS %s", c, c, term),
				fmt.Sprintf("CASE WHEN typeof(%s) = 'text' THEN %s END AS %s_word", c, c, term))
			any = append(any, c)
		}
		parts = append(parts, "\tSELECT "+strings.Join(columns, ", ")+"\n\tFROM results WHERE coalesce("+strings.Join(any, ", ")+") IS NOT NULL")
	}
	return "CREATE VIEW marks AS -- a row a pupil, grade and subject; s1, s2, year: marks from 0 to 10; …_word: Đ, CĐ or Miễn instead\n" +
		strings.Join(parts, "\n\tUNION ALL\n")
}
