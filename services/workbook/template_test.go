package workbook

import (
	"bytes"
	"errors"
	"strings"
	"testing"

	"github.com/rasoat/rasoat/services/drive"
	"github.com/rasoat/rasoat/services/internal/fault"
	"github.com/rasoat/rasoat/services/student"
	"github.com/xuri/excelize/v2"
)

func mustTemplate(t *testing.T, tmpl Template) (*excelize.File, []Row, error) {
	t.Helper()
	d := drive.Default()
	tmpl.Rules = func(path string) []string {
		if strings.Contains(path, "conduct_absent") {
			return nil
		}
		return []string{"quy tắc của " + path}
	}
	var b bytes.Buffer
	if err := WriteTemplate(&b, d, tmpl); err != nil {
		t.Fatal(err)
	}
	f, err := excelize.OpenReader(bytes.NewReader(b.Bytes()))
	if err != nil {
		t.Fatal(err)
	}
	book, err := New(bytes.NewReader(b.Bytes()), int64(b.Len()), d, Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = book.Close() }()
	var rows []Row
	for row, err := range book.Rows() {
		if err != nil {
			return f, rows, err
		}
		rows = append(rows, row)
	}
	return f, rows, nil
}

var held = []Pupil{
	{Profile: student.Profile{Code: "0123456789", Class: "12A1", FullName: "Nguyễn Văn An", BirthDate: student.Date{Year: 2005, Month: 3, Day: 4}, Gender: student.Male,
		Ethnicity: "01", Nationality: "VN", Identity: student.Identity{Kind: student.PersonalID, Number: "001205012345"}, Residence: student.Residence{Province: "01", District: "001", Commune: "00001", CatalogueDate: drive.Default().Catalogue.Date}}},
	{Profile: student.Profile{Code: "0123456790", Class: "12A1", FullName: "Trần Thị Bình"}},
}

func TestProfileTemplate(t *testing.T) {
	f, rows, err := mustTemplate(t, Template{Kind: Profiles, Class: "12A1", Pupils: held})
	if err != nil {
		t.Fatal(err)
	}
	var profiles []student.Profile
	for _, r := range rows {
		for _, rec := range r.Records {
			if rec.Profile != nil {
				profiles = append(profiles, *rec.Profile)
			}
		}
	}
	if len(profiles) != 2 || profiles[0] != held[0].Profile || profiles[1].Code != held[1].Profile.Code {
		t.Errorf("read back: %d profiles", len(profiles))
	}
	comments, err := f.GetComments(ProfilesSheet)
	if err != nil || len(comments) < 10 {
		t.Errorf("%d comments, %v", len(comments), err)
	}
	lists, err := f.GetDataValidations(ProfilesSheet)
	if err != nil || len(lists) != 6 {
		t.Errorf("%d drop-downs, %v", len(lists), err)
	}
	for _, cell := range []string{"C40", "P40", "P3"} { // blank rows take codes and numbers as text
		id, _ := f.GetCellStyle(ProfilesSheet, cell)
		if style, err := f.GetStyle(id); err != nil || style.NumFmt != textFormat {
			t.Errorf("%s is not text: %v", cell, err)
		}
	}
}

func TestResultsTemplate(t *testing.T) {
	m := student.Mark(85)
	known := Result{Results: student.Results{Code: "0123456789", Class: "12A1", Part: student.Results10, SchoolYear: "2020-2021", Programme: student.Upper2006,
		Subjects: []student.Subject{{Code: "TOAN", Semester1: student.Score{Mark: &m}}}}}
	f, rows, err := mustTemplate(t, Template{Kind: Results, Class: "12A1", Pupils: held, Results: []Result{known}, Parts: []student.Part{student.Results10, student.Results121}, Programme: student.Upper2006})
	if err != nil {
		t.Fatal(err)
	}
	var results []student.Results
	for _, r := range rows {
		for _, rec := range r.Records {
			results = append(results, *rec.Results)
		}
	}
	if len(results) != 1 || results[0].Code != "0123456789" || len(results[0].Subjects) != 1 || *results[0].Subjects[0].Semester1.Mark != 85 {
		t.Errorf("read back: %d results", len(results))
	}
	sheets := f.GetSheetList()
	if len(sheets) != 2 {
		t.Fatalf("sheets: %v", sheets)
	}
	for _, sheet := range sheets {
		comments, err := f.GetComments(sheet)
		lists, err2 := f.GetDataValidations(sheet)
		if err != nil || err2 != nil || len(comments) < 12 || len(lists) < 3 {
			t.Errorf("%s: %d comments, %d drop-downs", sheet, len(comments), len(lists))
		}
	}
}

// A form without pupils is a workbook in which nobody stands yet.
func TestEmptyTemplates(t *testing.T) {
	for _, tmpl := range []Template{
		{Kind: Profiles, Class: "12A1"},
		{Kind: Results, Class: "12A1", Parts: []student.Part{student.Results122}, Programme: student.Upper2018},
	} {
		_, _, err := mustTemplate(t, tmpl)
		var e *fault.Error
		if !errors.As(err, &e) || len(e.Fields) == 0 || e.Fields[0].Rule != RuleEmpty {
			t.Errorf("%s: got %v", tmpl.Kind, err)
		}
	}
}
