package main

import (
	"cmp"
	"io"
	"slices"
	"strings"

	reportingpb "github.com/rasoat/rasoat/proto/rasoat/reporting/v1"
	"github.com/rasoat/rasoat/services/drive"
	"github.com/rasoat/rasoat/services/internal/commandline"
	"github.com/rasoat/rasoat/services/internal/fault"
	"github.com/rasoat/rasoat/services/student"
	"github.com/rasoat/rasoat/services/student/wire"
	"github.com/rasoat/rasoat/services/validation"
	"github.com/rasoat/rasoat/services/workbook"
	"github.com/spf13/cobra"
)

// form is the workbook that the template command was asked for.
type form struct {
	kind, school, class, out string
	parts                    []string
	offline                  bool
}

func (a *app) templateCommand() *cobra.Command {
	var o form
	c := &cobra.Command{
		Use:   "template",
		Short: "Tạo bảng tính mẫu để điền / Write a workbook to be filled in",
		Long: `Viết bảng tính có danh sách chọn, cột mã và số ở dạng văn bản, và các quy tắc trong ghi chú của tiêu đề cột. Khi liên lạc được với hệ
thống, danh sách lớp và các giá trị đang có được điền sẵn; lớp không có trong danh sách của trường là lỗi, trừ khi có --offline. Mẫu hồ sơ có cột trạng
thái để đưa học sinh rời trường ra khỏi danh sách.

Writes a workbook with drop-downs, codes and numbers as text, and the rules of each column in its header's comment. When the system can be
reached, the class's roster and the values held are filled in; a class that is not on the school's roster is an error, unless --offline is given.
The form of profiles has the columns of the state, by which a pupil who leaves the school is taken off the roster.

` + exitCodes,
		Example: `  rasoat template --kind profile --class 12A1 --school 01/01000701 --out 12A1.xlsx
  rasoat template --kind results --class 12A1 --part results/12/2 --school 01/01000701 --out 12A1-hk2.xlsx
  rasoat template --kind results --class 12A1 --offline --out mau.xlsx`,
		Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error { return a.template(c, o) },
	}
	f := c.Flags()
	f.StringVar(&o.kind, "kind", "profile", "profile or results")
	f.StringVar(&o.school, "school", "", "school, as 01/01000701; for the roster and the values held")
	f.StringVar(&o.class, "class", "", "class, as 12A1 (required)")
	f.StringSliceVar(&o.parts, "part", nil, "of results: results/10, results/11, results/12/1, results/12/2; all when empty")
	commandline.OutputFile(c, &o.out, "out", "file to write (required)", ".xlsx")
	f.BoolVar(&o.offline, "offline", false, "do not ask the system: an empty form")
	a.serverFlags(c)
	a.driveFlag(c)
	return c
}

func (a *app) template(c *cobra.Command, o form) error {
	t := workbook.Template{Kind: workbook.Profiles, Class: o.class}
	switch {
	case o.out == "" || o.class == "":
		return usage(c, "Thiếu --out hoặc --class", "--out or --class is missing")
	case o.kind == "results":
		t.Kind = workbook.Results
	case o.kind != "profile":
		return usage(c, "--kind phải là profile hoặc results", "--kind is profile or results")
	}
	d, err := a.drive()
	if err != nil {
		return err
	}
	if t.Parts, err = resultsParts(c, o.parts); err != nil {
		return err
	}
	if !o.offline && o.school != "" {
		if d, err = a.fillIn(c, o, &t, d); err != nil {
			return err
		}
	}
	t.Rules = a.rulesByPath(d, t.Kind)
	if err := commandline.WriteFile(c, o.out, func(w io.Writer) error { return workbook.WriteTemplate(w, d, t) }); err != nil {
		return err
	}
	if a.json {
		return a.printJSON(map[string]any{"out": o.out, "pupils": len(t.Pupils)})
	}
	a.printf("%s: %s  %s: %d\n", a.text("Đã viết", "Written"), o.out, a.text("học sinh", "pupils"), len(t.Pupils))
	return nil
}

func resultsParts(c *cobra.Command, names []string) ([]student.Part, error) {
	if len(names) == 0 {
		return student.Parts[2:], nil
	}
	var parts []student.Part
	for _, name := range names {
		p := student.Part(name)
		if !p.Valid() || p.Kind() != student.KindResults {
			return nil, usage(c, "Không có phần kết quả "+name, "There is no results part "+name)
		}
		parts = append(parts, p)
	}
	return parts, nil
}

// fillIn puts the roster of the class and what is held of it into the template, and returns the drive that it is for. When the system is away
// the form stays empty, and that is said.
func (a *app) fillIn(c *cobra.Command, o form, t *workbook.Template, own *drive.Drive) (*drive.Drive, error) {
	from, err := sender(c, "", o.school)
	if err != nil {
		return nil, err
	}
	conn, err := a.connect()
	if err != nil {
		return nil, err
	}
	defer func() { _ = conn.Close() }() // every answer is in
	held, err := a.held(c.Context(), reportingpb.NewReportingServiceClient(conn), from)
	if fault.Is(err, fault.Unavailable) {
		a.errorf("%s\n", a.text("Không liên lạc được với hệ thống: bảng tính để trống.", "The system cannot be reached: the form is empty."))
		return own, nil
	}
	if err != nil {
		return nil, err
	}
	if classes := held.classes(); len(classes) > 0 && !slices.Contains(classes, o.class) {
		return nil, noSuchClass(o, classes)
	}
	for code, pupil := range held {
		parts := pupil.parts
		entry := parts[student.Enrolment]
		if entry == nil || entry.GetEnrolment().GetClass() != o.class {
			continue
		}
		enrolled := wire.FromRecord(entry).Enrolled
		p := workbook.Pupil{Enrolled: *enrolled, Profile: student.Profile{Code: code, Class: o.class}}
		if profile := parts[student.ProfilePart]; profile != nil {
			p.Profile = *wire.FromRecord(profile).Profile
		}
		t.Pupils = append(t.Pupils, p)
		for _, part := range student.Parts[2:] {
			if r := parts[part]; r != nil {
				t.Results = append(t.Results, workbook.Result{Results: *wire.FromRecord(r).Results, FullName: p.Profile.FullName})
			}
		}
	}
	slices.SortFunc(t.Pupils, func(x, y workbook.Pupil) int { return cmp.Compare(x.Profile.Code, y.Profile.Code) })
	return a.driveOf(c.Context(), conn, o.school)
}

// noSuchClass refuses a form for a class that nobody of the school is in. A school without a roster has an empty form.
func noSuchClass(o form, classes []string) error {
	list := strings.Join(classes, ", ")
	return fault.New(fault.NotFound, "rasoat.template",
		"Danh sách của trường "+o.school+" không có lớp "+o.class+". Các lớp hiện có: "+list+". Lớp mới thì thêm --offline để lấy mẫu trống.",
		"The roster of the school "+o.school+" has no class "+o.class+". Its classes are: "+list+". For a new class add --offline, which writes an empty form.")
}

// rulesByPath tells of a column what its rules ask: the message and the remedy of each, in the language of the command.
func (a *app) rulesByPath(d *drive.Drive, kind workbook.Kind) func(string) []string {
	of := student.KindProfile
	if kind == workbook.Results {
		of = student.KindResults
	}
	return func(path string) []string {
		_, field, _ := strings.Cut(path, ".")
		var lines []string
		if path == "enrolment.state" {
			lines = append(lines, a.say(workbook.Leaving))
		}
		for _, r := range validation.RulesIn(d) {
			severity := r.SeverityIn(d)
			if r.Part == of && severity != validation.Off && severity != validation.Info && r.Concerns(field) {
				lines = append(lines, a.severity(severity)+" "+r.Code+": "+a.say(r.Advice(d.Catalogue, field)))
			}
		}
		return lines
	}
}
