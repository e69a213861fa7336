package rows_test

import (
	"testing"

	"github.com/rasoat/rasoat/services/drive"
	"github.com/rasoat/rasoat/services/recordfeed/feedtest"
	"github.com/rasoat/rasoat/services/recordfeed/rows"
	"github.com/rasoat/rasoat/services/student"
)

// named gives the values of a row by the names of its columns.
func named(columns []rows.Column, values []any) map[string]any {
	out := map[string]any{}
	for i, c := range columns {
		if values[i] != nil {
			out[c.Name] = values[i]
		}
	}
	return out
}

// Everything that exam registration needs of a pupil has a column of its own.
func TestRow(t *testing.T) {
	l := rows.Default()
	row, err := l.Of(feedtest.Record(t, "p", 7, "12A1"))
	if err != nil || len(row.Results) != 2 {
		t.Fatalf("got %d grades, %v", len(row.Results), err)
	}
	pupil, tenth, twelfth := named(l.Pupil, row.Pupil), named(l.Results, row.Results[0]), named(l.Results, row.Results[1])
	for _, tt := range []struct {
		of   map[string]any
		name string
		want any
	}{
		{pupil, "pupil", "p"}, {pupil, "version", int64(7)}, {pupil, "state", "verified"}, {pupil, "reason", nil},
		{pupil, "stored_at", "2023-04-20T09:30:00+07:00"}, {pupil, "province", "01"}, {pupil, "school", "01000701"}, {pupil, "class", "12A1"},
		{pupil, "code", feedtest.Code}, {pupil, "full_name", feedtest.Name}, {pupil, "date_of_birth", feedtest.Born}, {pupil, "gender", "Nữ"},
		{pupil, "id_kind", "ĐDCN/CCCD"}, {pupil, "id_number", feedtest.IDNumber}, {pupil, "ethnicity", "01"}, {pupil, "ethnicity_name", "Kinh"},
		{pupil, "nationality_name", "Việt Nam"}, {pupil, "residence", "Phường Phúc Xá, Quận Ba Đình, Thành phố Hà Nội"}, {pupil, "identity", "confirmed"},
		{tenth, "grade", int64(10)}, {tenth, "school_year", "2020-2021"}, {tenth, "programme", "GDPT 2006"}, {tenth, "average_year", student.Mark(82)},
		{tenth, "rating_year", "Giỏi"}, {tenth, "conduct_year", "Tốt"}, {tenth, "TOAN_s1", student.Mark(81)}, {tenth, "TOAN_s2", student.Mark(100)},
		{tenth, "TOAN_year", student.Mark(94)}, {tenth, "THEDUC_year", "Đ"}, {tenth, "GDQPAN_year", "Miễn"},
		// Grade 12 comes in two parts and is one row.
		{twelfth, "grade", int64(12)}, {twelfth, "TOAN_s1", student.Mark(85)}, {twelfth, "TOAN_s2", student.Mark(90)}, {twelfth, "TOAN_year", student.Mark(88)},
		{twelfth, "rating_s1", "Giỏi"}, {twelfth, "rating_year", "Giỏi"}, {twelfth, "other_subjects", "XYZ: year=7.0"},
	} {
		if got := tt.of[tt.name]; got != tt.want {
			t.Errorf("%s: got %v, want %v", tt.name, got, tt.want)
		}
	}
	taken, err := l.Of(feedtest.Record(t, "p", 8, ""))
	if err != nil || taken.Results != nil {
		t.Fatalf("a withdrawal: %d grades, %v", len(taken.Results), err)
	}
	got := named(l.Pupil, taken.Pupil)
	if got["state"] != "withdrawn" || got["reason"] != "rejected" || got["school"] != "01000701" || got["full_name"] != nil || got["book"] != nil {
		t.Errorf("a withdrawal: got %v", got)
	}
}

// The same code is another place in another catalogue: codes of that stand for themselves.
func TestResidence(t *testing.T) {
	c := drive.Default().Catalogue
	r := student.Residence{Province: "01", District: "001", Commune: "00001", CatalogueDate: c.Date}
	if got, want := rows.Residence(c, r), "Phường Phúc Xá, Quận Ba Đình, Thành phố Hà Nội"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	r.CatalogueDate = "2025-07-01"
	if got, want := rows.Residence(c, r), "00001, 001, 01"; got != want {
		t.Errorf("of another catalogue: got %q, want %q", got, want)
	}
}
