package main

import (
	"context"
	"io"
	"os"
	"path/filepath"

	"github.com/rasoat/rasoat/services/drive"
	"github.com/rasoat/rasoat/services/internal/commandline"
	"github.com/rasoat/rasoat/services/internal/fault"
	"github.com/rasoat/rasoat/services/internal/output"
	"github.com/rasoat/rasoat/services/sandbox"
	"github.com/rasoat/rasoat/services/student"
	"github.com/rasoat/rasoat/services/workbook"
	"github.com/spf13/cobra"
)

// order is what the generate command was asked for.
type order struct {
	out, format string
	pupils      int
	schools     int
	faults      int
	shifted     int
	seed        uint64
	truth       bool
	rules       bool
	linkage     string
	onlyFaulty  bool
}

func (a *app) generateCommand() *cobra.Command {
	var o order
	c := &cobra.Command{
		Use:   "generate",
		Short: "Tạo dữ liệu giả của cả nước để thử / Make a synthetic nation to try everything with",
		Long: `Viết vào một thư mục: mỗi trường một thư mục con (bảng tính hoặc NDJSON) và thư mục drive của đợt mẫu có danh mục các trường đó.
Không ai trong dữ liệu này có thật. Cùng --seed và --pupils thì cùng dữ liệu.

Writes into a folder: one sub-folder a school (workbooks or NDJSON), and the folder drive of a sample drive whose directory
has these schools. Nobody in it exists. The same --seed and --pupils give the same data.

` + exitCodes,
		Example: `  rasoat generate --out nation --pupils 2000
  rasoat generate --out nation --pupils 100000 --format ndjson --faults 0
  rasoat generate --out faults --pupils 20000 --rule-faults && rasoat check faults/rules/ID_SHIFTED.ndjson
  rasoat generate --linkage pairs --pupils 100000 --faults 100 --only-faulty
  rasoat submit nation/01/01000701/*.xlsx --school 01/01000701 --drive-dir nation/drive`,
		Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error { return a.generate(c, o) },
	}
	f := c.Flags()
	commandline.OutputFolder(c, &o.out, "out", "folder to write into (required)")
	f.StringVar(&o.format, "format", "xlsx", "xlsx or ndjson")
	f.IntVar(&o.pupils, "pupils", 2000, "pupils of grade 12 in the nation")
	f.IntVar(&o.schools, "schools", 0, "write only the first so many schools; 0 for all")
	f.IntVar(&o.faults, "faults", sandbox.DefaultFaults, "pupils in a thousand about whom something wrong is reported")
	f.IntVar(&o.shifted, "shifted", 0, "classes in a thousand whose column of ID numbers moved by a row")
	f.Uint64Var(&o.seed, "seed", 1, "seed of the nation")
	f.BoolVar(&o.truth, "truth", false, "write truth.jsonl beside each school: what is wrong, and what the drive ought to make of it")
	f.BoolVar(&o.rules, "rule-faults", false, "write instead, for each rule of validation, a school with the one fault that the rule finds, and the truth")
	commandline.OutputFolder(c, &o.linkage, "linkage", "write instead into this folder population.csv, profiles.csv and truth.csv, for evaluate and reconcile")
	f.BoolVar(&o.onlyFaulty, "only-faulty", false, "with --linkage: profiles only of pupils whom the registry does not confirm")
	a.driveFlag(c)
	return c
}

func (a *app) generate(c *cobra.Command, o order) error {
	switch {
	case o.out == "" && o.linkage == "":
		return usage(c, "Thiếu --out hoặc --linkage", "--out or --linkage is missing")
	case o.onlyFaulty && o.linkage == "":
		return usage(c, "--only-faulty đi cùng --linkage", "--only-faulty goes with --linkage")
	case o.format != "xlsx" && o.format != "ndjson":
		return usage(c, "--format phải là xlsx hoặc ndjson", "--format is xlsx or ndjson")
	case o.pupils < 1 || o.pupils > sandbox.MaxPupils:
		return usage(c, "--pupils phải từ 1 đến 100000000", "--pupils is from 1 to 100000000")
	}
	d, err := a.drive()
	if err != nil {
		return err
	}
	if o.faults == 0 {
		o.faults = -1 // to the sandbox, 0 is the default
	}
	nation := sandbox.New(sandbox.Config{Seed: o.seed, Pupils: o.pupils, Faults: o.faults, Shifted: o.shifted, Drive: d})
	if o.linkage != "" {
		return a.linkageFiles(c, nation, o)
	}
	sample := drive.Sample(nation.Directory())
	if err := sample.WriteDir(filepath.Join(o.out, "drive")); err != nil {
		return err
	}
	if o.rules {
		files, err := a.ruleFaults(sample, sandbox.New(sandbox.Config{Seed: o.seed, Pupils: o.pupils, Faults: -1, Drive: d}), o.out)
		if err != nil {
			return err
		}
		a.printf("%s: %d  %s\n", a.text("Tệp", "Files"), files, filepath.Join(o.out, "rules"))
		return nil
	}
	schools := nation.Schools()
	if o.schools > 0 {
		schools = schools[:min(o.schools, len(schools))]
	}
	bar := a.bar("generate")
	defer bar.finish()
	pupils := 0
	for i, s := range schools {
		if c.Context().Err() != nil {
			return fault.Wrap(fault.Unavailable, "rasoat.generate", c.Context().Err())
		}
		if err := writeSchool(c.Context(), nation, sample, o, i, s); err != nil {
			return err
		}
		pupils += s.End - s.First
		bar.step(float64(i+1) / float64(len(schools)))
	}
	bar.finish()
	if a.json {
		return a.printJSON(map[string]any{"out": o.out, "schools": len(schools), "pupils": pupils, "drive": sample.ID})
	}
	a.printf("%s: %s  %s: %d  %s: %d\n", a.text("Thư mục", "Folder"), o.out, a.text("trường", "schools"), len(schools), a.text("học sinh", "pupils"), pupils)
	if len(schools) > 0 {
		s := schools[0]
		a.printf("%s rasoat submit %s --school %s/%s --drive-dir %s\n", a.text("Gửi thử:", "To hand in:"),
			filepath.Join(o.out, s.Province, s.Code, "*."+o.format), s.Province, s.Code, filepath.Join(o.out, "drive"))
	}
	return nil
}

// writeSchool writes what one school reports.
func writeSchool(ctx context.Context, n *sandbox.Nation, d *drive.Drive, o order, i int, s sandbox.SchoolRange) error {
	dir := filepath.Join(o.out, s.Province, s.Code)
	if err := os.MkdirAll(dir, 0o750); err != nil {
		return fault.Wrap(fault.Invalid, "rasoat.generate", err)
	}
	if o.truth {
		if err := writeFile(filepath.Join(dir, "truth.jsonl"), func(w io.Writer) error { return n.WriteTruth(w, i) }); err != nil {
			return err
		}
	}
	if o.format == "ndjson" {
		return writeFile(filepath.Join(dir, "pupils.ndjson"), func(w io.Writer) error { return sandbox.WriteNDJSON(w, n.Submissions(i)) })
	}
	pupils, results := rowsOf(ctx, n, i)
	if err := writeFile(filepath.Join(dir, "hoso.xlsx"), func(w io.Writer) error { return workbook.WriteProfiles(w, d, pupils) }); err != nil {
		return err
	}
	return writeFile(filepath.Join(dir, "ketqua.xlsx"), func(w io.Writer) error { return workbook.WriteResults(w, d, results) })
}

// rowsOf turns what a school reports into rows of its two workbooks.
func rowsOf(ctx context.Context, n *sandbox.Nation, school int) ([]workbook.Pupil, []workbook.Result) {
	var pupils []workbook.Pupil
	var results []workbook.Result
	for class := range n.Classes(school) {
		if ctx.Err() != nil {
			break
		}
		at := map[student.Code]int{}
		row := func(code student.Code) *workbook.Pupil {
			i, ok := at[code]
			if !ok {
				i = len(pupils)
				at[code] = i
				pupils = append(pupils, workbook.Pupil{})
			}
			return &pupils[i]
		}
		for _, r := range n.ClassRecords(school, class) {
			switch {
			case r.Enrolled != nil:
				p := row(r.Enrolled.Code)
				p.Enrolled = *r.Enrolled
				if p.Profile.Code == "" {
					p.Profile.Code, p.Profile.Class = r.Enrolled.Code, r.Enrolled.Class
				}
			case r.Profile != nil:
				row(r.Profile.Code).Profile = *r.Profile
			case r.Results != nil:
				results = append(results, workbook.Result{Results: *r.Results, FullName: row(r.Results.Code).Profile.FullName})
			}
		}
	}
	return pupils, results
}

// writeFile writes a file of the folder of --out, which was empty, or may be written over.
func writeFile(path string, write func(io.Writer) error) error {
	return output.Write(path, true, write)
}
