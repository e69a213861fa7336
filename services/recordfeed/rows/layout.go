package rows

import (
	"github.com/rasoat/rasoat/services/drive"
	"github.com/rasoat/rasoat/services/internal/fault"
	"github.com/rasoat/rasoat/services/recordfeed"
	"github.com/rasoat/rasoat/services/student"
)

// Kind says how the values of a column are written.
type Kind int

// The kinds. A value of any of them is nil when there is none.
const (
	Text   Kind = iota // string
	Code               // string that may look like a number: it has to stay a text
	Number             // int64
	Mark               // student.Mark, or string for the word of a subject without marks
	Date               // string, yyyy-mm-dd or yyyy
	Time               // string, RFC 3339
)

// Column is a column of a table.
type Column struct {
	Name  string
	Kind  Kind
	About string // what it holds
}

// Grades are the grades that a record has results of.
var Grades = []int{10, 11, 12}

// Layout is the columns of the tables of a drive: the subjects of its catalogue decide them.
type Layout struct {
	Pupil   []Column // of the row of a pupil
	Results []Column // of the row of a pupil and a grade; the grade itself is the first
	Marks   []Marks  // where the marks of each subject stand among Results

	drive    *drive.Drive
	pupil    []pupilColumn
	at       map[string]int // the places of the columns in Results, by name
	subjects map[string]int // by code: the place of the first column of its marks
}

// Marks says where the marks of a subject stand.
type Marks struct {
	Subject drive.Subject
	First   int // the column of the first of Terms among Results
}

// Terms are the values of a subject in a year, as the names of its columns end.
var Terms = []string{"s1", "s2", "year", "before_retake"}

var termsAbout = []string{"semester 1", "semester 2", "whole year", "whole year before a retake"}

// For returns the layout for a drive.
func For(d *drive.Drive) *Layout {
	l := &Layout{drive: d, pupil: pupilColumns, at: map[string]int{}, subjects: map[string]int{}}
	for _, c := range pupilColumns {
		l.Pupil = append(l.Pupil, c.Column)
	}
	l.Results = append(l.Results, resultColumns...)
	for i, term := range Terms {
		l.Results = append(l.Results,
			Column{"average_" + term, Mark, "overall average, " + termsAbout[i]},
			Column{"rating_" + term, Text, "academic rating (học lực), " + termsAbout[i]},
			Column{"conduct_" + term, Text, "conduct rating (hạnh kiểm), " + termsAbout[i]})
	}
	for _, s := range d.Catalogue.Subjects() {
		l.subjects[s.Code] = len(l.Results)
		l.Marks = append(l.Marks, Marks{s, len(l.Results)})
		for i, term := range Terms {
			l.Results = append(l.Results, Column{s.Code + "_" + term, Mark, s.Name + ", " + termsAbout[i]})
		}
	}
	l.Results = append(l.Results, Column{"other_subjects", Text, "marks of subjects that the catalogue of this table does not have"})
	for i, c := range l.Results {
		l.at[c.Name] = i
	}
	return l
}

// Default is the layout for the drive of the dispatch.
func Default() *Layout { return For(drive.Default()) }

// resultColumns stand before the averages and the marks.
var resultColumns = []Column{
	{"grade", Number, "10, 11 or 12"},
	{"school_year", Text, "2022-2023"},
	{"programme", Text, "GDPT 2006, GDPT 2018 or GDTX"},
	{"school_studied", Text, "code or name of the school of that year"},
	{"specialised_subject", Text, "code of the specialised subject"},
	{"foreign_language", Text, "N1 English, N2 Russian, N3 French, N4 Chinese, N5 German, N6 Japanese, N7 Korean"},
	{"summer_training", Number, "1: conduct was trained again in summer"},
	{"not_applicable", Text, "why there are no results of the grade"},
}

// OtherLayout refuses a table with other columns: one of an earlier version, of another drive, or something else.
func OtherLayout(op string) error {
	return fault.New(fault.Invalid, op,
		"Tệp có các cột khác: nó do phiên bản trước hoặc cho đợt khác ghi, hoặc không phải bảng hồ sơ. "+
			"Hãy chuyển nó đi nơi khác rồi chạy lại lệnh này: bảng mới sẽ nhận lại mọi hồ sơ từ đầu.",
		"the file has other columns: an earlier version wrote it, or it is for another drive, or it is no table of records. "+
			"Move it away and run the command again: a new table receives every record from the start")
}

// Row is one version of the record of a pupil.
type Row struct {
	Pupil   []any   // in the order of Layout.Pupil
	Results [][]any // in the order of Layout.Results, by grade; none of a withdrawn record
}

// source is what the columns of a pupil are read from.
type source struct {
	recordfeed.Record
	profile student.Profile
	drive   *drive.Drive
}
