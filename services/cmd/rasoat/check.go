package main

import (
	"slices"
	"strconv"

	studentpb "github.com/rasoat/rasoat/proto/rasoat/student/v1"
	"github.com/rasoat/rasoat/services/drive"
	"github.com/rasoat/rasoat/services/intake"
	"github.com/rasoat/rasoat/services/internal/commandline"
	"github.com/rasoat/rasoat/services/internal/fault"
	"github.com/rasoat/rasoat/services/internal/rpc"
	"github.com/rasoat/rasoat/services/portal"
	"github.com/rasoat/rasoat/services/student"
	"github.com/rasoat/rasoat/services/student/wire"
	"github.com/rasoat/rasoat/services/validation"
	"github.com/spf13/cobra"
)

// checking is what the check command was asked for.
type checking struct {
	school, annotate string
	showValues, info bool
	problems         int
}

func (a *app) checkCommand() *cobra.Command {
	var o checking
	c := &cobra.Command{
		Use:   "check FILE",
		Short: "Kiểm tra tệp tại chỗ bằng đúng các quy tắc của đợt / Check a file here by the very rules of the drive",
		Long: `Đọc bảng tính (.xlsx) hoặc NDJSON và kiểm tra ngay trên máy này, không gửi gì đi. --annotate viết lại chính bảng tính đó với
các ô sai được tô màu và ghi chú. Mã thoát 0: không có lỗi hay cảnh báo; 1: có; 2: không đọc được tệp.

Reads a workbook (.xlsx) or NDJSON and checks it on this machine; nothing is sent. --annotate writes the very workbook once more with each
bad cell coloured and commented. Exit code 0: no error and no warning; 1: there are; 2: the file cannot be read.

` + exitCodes,
		Example: `  rasoat check hoso.xlsx --annotate hoso-loi.xlsx
  rasoat check ketqua.xlsx --school 01/01000701 --info
  rasoat check pupils.ndjson --json --show-values`,
		Args: func(c *cobra.Command, args []string) error {
			if len(args) != 1 {
				return usage(c, "Nêu đúng một tệp", "Name one file")
			}
			return nil
		},
		RunE: func(c *cobra.Command, args []string) error { return a.check(c, o, args[0]) },
	}
	f := c.Flags()
	f.StringVar(&o.school, "school", "", "school whose file it is, as 01/01000701; its kind decides the programme where the file does not say")
	commandline.OutputFile(c, &o.annotate, "annotate", "write the workbook with its findings marked into this file", ".xlsx")
	f.BoolVar(&o.showValues, "show-values", false, "show pupil codes and the values found: personal data on your screen")
	f.BoolVar(&o.info, "info", false, "print what is only information as well")
	f.IntVar(&o.problems, "problems", 50, "findings to print; 0 for all")
	a.driveFlag(c)
	return c
}

// finding is one thing found in the file, at its place.
type finding struct {
	pupil      int // which of the pupils of the file, from 1; 0 for none
	record     student.Record
	part       student.Part
	where      string
	found      validation.Finding
	text       fault.Text
	remedy     fault.Text
	unreadable bool // found when reading
}

func (a *app) check(c *cobra.Command, o checking, path string) error {
	d, err := a.drive()
	if err != nil {
		return err
	}
	if err := validation.Fits(d); err != nil {
		return err
	}
	var from portal.Sender
	if m := schoolScope.FindStringSubmatch(o.school); m != nil {
		from.Province, from.School = m[1], m[2]
	}
	all, pupils, err := a.findingsOf(d, from, path)
	if err != nil {
		return err
	}
	if o.annotate != "" {
		if err := a.annotate(c, path, all, o); err != nil {
			return err
		}
	}
	counts := map[validation.Severity]int{}
	for _, f := range all {
		counts[f.found.Severity]++
	}
	if a.json {
		for _, f := range all {
			if err := a.printJSON(f.json(o.showValues)); err != nil {
				return err
			}
		}
	} else {
		a.tellFindings(all, o)
		a.printf("%s: %d  %s: %d  %s: %d  %s: %d\n", a.text("Học sinh", "Pupils"), pupils, a.text("lỗi", "errors"), counts[validation.Error],
			a.text("cảnh báo", "warnings"), counts[validation.Warning], a.text("thông tin", "information"), counts[validation.Info])
		if o.annotate != "" {
			a.printf("%s: %s\n", a.text("Đã ghi bảng tính có đánh dấu", "The marked workbook is"), o.annotate)
		}
	}
	if counts[validation.Error]+counts[validation.Warning] > 0 {
		return exitWith(exitFindings)
	}
	return nil
}

// findingsOf reads the file and judges it.
func (a *app) findingsOf(d *drive.Drive, from portal.Sender, path string) (all []finding, pupils int, err error) {
	source, closeIt, err := a.open(path, d, from)
	if err != nil {
		return nil, 0, err
	}
	defer closeIt()
	bar := a.bar(path)
	defer bar.finish()
	var records []student.Record
	var origins []portal.Origin
	numbers := map[student.Code]int{}
	for entry, err := range source {
		if err != nil {
			return nil, 0, inFile(path, err)
		}
		for _, p := range entry.Problems {
			severity := validation.Warning
			if p.Refused {
				severity = validation.Error
			}
			all = append(all, finding{where: p.Path, text: p.Text, remedy: p.Remedy, unreadable: true, found: validation.Finding{Rule: p.Rule, Version: 1, Severity: severity}})
		}
		for _, r := range entry.Records {
			rec := wire.FromRecord(r)
			if numbers[rec.Code()] == 0 {
				numbers[rec.Code()] = len(numbers) + 1
			}
			if broken := contractFindings(d, r, rec, entry.Origin, numbers[rec.Code()]); len(broken) > 0 {
				all = append(all, broken...)
				continue
			}
			records = append(records, rec)
			origins = append(origins, entry.Origin)
		}
		bar.step(entry.Done)
	}
	for i, found := range validation.CheckAll(d, records) {
		for _, f := range found {
			all = append(all, finding{
				pupil: numbers[records[i].Code()], record: records[i], part: records[i].Part, where: origins[i].Locate(records[i].Part.FieldPath(f.Field)),
				found: f, text: f.Message(), remedy: f.Remedy(),
			})
		}
	}
	return mergeTwice(all), len(numbers), nil
}

// contractFindings are the complaints about a record that no door would take: what submit would be told of it.
func contractFindings(d *drive.Drive, r *studentpb.Record, rec student.Record, at portal.Origin, pupil int) []finding {
	problems := rpc.Validate(r, "")
	if len(problems) == 0 {
		problems = intake.Structure(rec)
	}
	var out []finding
	for _, p := range problems {
		out = append(out, finding{pupil: pupil, record: rec, part: rec.Part, where: at.Locate(p.Path),
			text: named(d.Catalogue, p.Path, p.Rule, p.Text), remedy: p.Remedy,
			found: validation.Finding{Rule: p.Rule, Version: 1, Severity: validation.Error, Field: p.Path}})
	}
	return out
}

// mergeTwice makes one finding of what the reading warned of and a rule says of the same cell: the rule decides, and the
// reading knows best what stands there.
func mergeTwice(all []finding) []finding {
	judged := map[string]bool{}
	for _, f := range all {
		if !f.unreadable && f.found.Severity != validation.Info {
			judged[f.where] = true
		}
	}
	warned := map[string]fault.Text{}
	all = slices.DeleteFunc(all, func(f finding) bool {
		twice := f.unreadable && f.found.Severity == validation.Warning && judged[f.where]
		if twice {
			warned[f.where] = f.text
		}
		return twice
	})
	for i, f := range all {
		if text, ok := warned[f.where]; ok && !f.unreadable && f.found.Severity != validation.Info {
			all[i].text = text
		}
	}
	return all
}

func (a *app) tellFindings(all []finding, o checking) {
	shown, more := 0, 0
	for _, f := range all {
		if f.found.Severity == validation.Info && !o.info {
			continue
		}
		if shown++; o.problems > 0 && shown > o.problems {
			more++
			continue
		}
		mark := map[validation.Severity]string{validation.Error: "✗", validation.Warning: "!", validation.Info: "·"}[f.found.Severity]
		value := ""
		if v := validation.ValueAt(f.record, f.found.Field); o.showValues && v != "" {
			value = " «" + v + "»"
		}
		a.printf("%s %s%s  %s%s\n", mark, f.where, value, a.say(f.text), ruleCode(f.found.Rule))
		if f.remedy != (fault.Text{}) {
			a.printf("    → %s\n", a.say(f.remedy))
		}
	}
	if more > 0 {
		a.printf("  +%d (--problems 0, --json)\n", more)
	}
}

// findingJSON is a line of check --json.
type findingJSON struct {
	Pupil     string   `json:"pupil"` // "#17", the 17th of the file; the pupil code with --show-values
	Part      string   `json:"part"`
	Rule      string   `json:"rule"`
	Version   int      `json:"rule_version"`
	Severity  string   `json:"severity"`
	Field     string   `json:"field"`
	Where     string   `json:"where"` // cell or line
	Value     string   `json:"value"` // its shape, where the value is personal; the value itself with --show-values
	Expected  string   `json:"expected"`
	MessageVi string   `json:"message_vi"`
	MessageEn string   `json:"message_en"`
	RemedyVi  string   `json:"remedy_vi"`
	RemedyEn  string   `json:"remedy_en"`
	Fix       *fixJSON `json:"fix,omitempty"`
}

type fixJSON struct {
	Kind    string `json:"kind"`
	Certain bool   `json:"certain"`
	Value   string `json:"value,omitempty"` // of a name or a number only with --show-values
}

func (f finding) json(showValues bool) findingJSON {
	out := findingJSON{
		Part: string(f.part), Rule: f.found.Rule, Version: f.found.Version, Severity: string(f.found.Severity), Field: f.found.Field, Where: f.where,
		Value: f.found.Reported, Expected: f.found.Expected,
		MessageVi: f.text.Vi, MessageEn: f.text.En, RemedyVi: f.remedy.Vi, RemedyEn: f.remedy.En,
	}
	if f.pupil > 0 {
		out.Pupil = "#" + strconv.Itoa(f.pupil)
	}
	if showValues {
		out.Pupil = f.record.Code().Reveal()
		out.Value = validation.ValueAt(f.record, f.found.Field)
	}
	if fix := f.found.Fix; fix.Kind != "" {
		out.Fix = &fixJSON{Kind: string(fix.Kind), Certain: fix.Certain, Value: fix.Value}
		if mended, ok := validation.Apply(f.record, f.found); ok && showValues {
			out.Fix.Value = validation.ValueAt(mended, f.found.Field)
		}
	}
	return out
}
