package main

import (
	"fmt"
	"io"
	"strconv"
	"time"

	"github.com/rasoat/rasoat/services/internal/commandline"
	"github.com/rasoat/rasoat/services/internal/fault"
	"github.com/rasoat/rasoat/services/matching/linkage"
	"github.com/spf13/cobra"
)

// reconciliation is what the reconcile command was asked for.
type reconciliation struct {
	extract, out, profiles, weights, scope string
	all                                    bool
}

func (a *app) reconcileCommand() *cobra.Command {
	var o reconciliation
	c := &cobra.Command{
		Use:   "reconcile",
		Short: "Tìm trong trích xuất dân cư những người có thể là các học sinh chưa xác định / Find unresolved pupils in an extract of the population",
		Long: `So các học sinh chưa xác định danh tính với tệp trích xuất CSDL quốc gia về dân cư, viết ra các ứng viên để cán bộ kết luận. Không tự chấp nhận
ai. Không có --profiles thì lấy các học sinh đó từ hệ thống. Trích xuất: CSV có cột key,id_number,full_name,date_of_birth,gender,residence; mã nơi
thường trú theo danh mục của đợt, hoặc ghi bằng chữ "xã A, huyện B, tỉnh C". Tệp kết quả chỉ có khoá và mức khớp, không có họ tên, ngày sinh hay số.

Compares the pupils whose identity is unresolved with an extract of the population database and writes candidates for officers to settle. Nobody
is accepted by it. Without --profiles it asks the services for these pupils. The extract: CSV with the columns
key,id_number,full_name,date_of_birth,gender,residence; residences by the codes of the drive's catalogue, or in words. The file of candidates
holds keys and levels, no name, date or number.

` + exitCodes,
		Example: `  rasoat reconcile --extract people.csv --out candidates.csv
  rasoat reconcile --extract people.csv --out candidates.csv --scope 79/79000123
  rasoat reconcile --extract people.csv --out candidates.csv --profiles unresolved.csv --json`,
		Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error { return a.reconcile(c, o) },
	}
	f := c.Flags()
	f.StringVar(&o.extract, "extract", "", "extract of the population (required)")
	commandline.OutputFile(c, &o.out, "out", "file of candidates to write, .csv (required)", ".csv")
	f.StringVar(&o.profiles, "profiles", "", "profiles to look for; the unresolved pupils of the services when empty")
	f.StringVar(&o.weights, "weights", "", "weights; those that are built in when empty")
	f.StringVar(&o.scope, "scope", "", "without --profiles: 79 for a province, 79/79000123 for a school; empty for the nation")
	f.BoolVar(&o.all, "all", false, "write the candidates that are not near enough as well")
	a.serverFlags(c)
	a.driveFlag(c)
	return c
}

// reconciliationJSON is what reconcile --json prints.
type reconciliationJSON struct {
	linkage.Summary
	Population int            `json:"population"`
	Candidates int            `json:"candidates"` // rows of the file
	Compared   int64          `json:"compared"`
	Cut        int64          `json:"cut"`
	Unreadable linkage.Absent `json:"unreadable_cells"` // of both files; they are taken for empty
	Weights    int            `json:"weights_version"`
	Seconds    float64        `json:"seconds"`
	PeakMemory int64          `json:"peak_memory_bytes"`
	Out        string         `json:"out"`
}

func (a *app) reconcile(c *cobra.Command, o reconciliation) error {
	switch {
	case o.extract == "" || o.out == "":
		return usage(c, "Cần --extract và --out", "--extract and --out are needed")
	case o.profiles != "" && o.scope != "":
		return usage(c, "--scope không đi cùng --profiles", "--scope does not go with --profiles")
	case !anyScope.MatchString(o.scope):
		return usage(c, "Phạm vi phải có dạng 79 hoặc 79/79000123", "A scope is like 79 or 79/79000123")
	}
	d, err := a.drive()
	if err != nil {
		return err
	}
	began := time.Now()
	in, err := a.linkageInput(o.extract, o.profiles, o.weights, d.Catalogue)
	if err != nil {
		return err
	}
	if o.profiles == "" {
		if in.profiles, err = a.unresolvedPupils(c.Context(), o.scope, d.Catalogue.Date); err != nil {
			return err
		}
	}
	bar := a.bar("reconcile")
	defer bar.finish()
	in.options.Progress = bar.step
	r, err := linkage.Find(c.Context(), in.profiles, in.population, in.options)
	bar.finish()
	if err != nil {
		return inFile(o.extract, err)
	}
	out := reconciliationJSON{Summary: r.Summary(), Population: r.Population, Compared: r.Compared, Cut: r.Cut, Unreadable: in.absent,
		Weights: r.Weights.Version, Out: o.out}
	out.Unreadable.Add(r.Absent)
	if err := commandline.WriteFile(c, o.out, func(w io.Writer) (err error) {
		out.Candidates, err = linkage.WriteCandidates(w, r, o.all)
		return err
	}); err != nil {
		return err
	}
	out.Seconds, out.PeakMemory = time.Since(began).Seconds(), peakMemory()
	if a.json {
		return a.printJSON(out)
	}
	a.tellReconciliation(out)
	return nil
}

func (a *app) tellReconciliation(r reconciliationJSON) {
	count := func(vi, en string, n int) []string {
		share := "–"
		if r.Profiles > 0 {
			share = percent(float64(n) / float64(r.Profiles))
		}
		return []string{a.text(vi, en), strconv.Itoa(n), share}
	}
	a.table([]fault.Text{{Vi: "Học sinh", En: "Pupils"}, {Vi: "Số", En: "Number"}, {Vi: "Tỷ lệ", En: "Share"}}, [][]string{
		count("có một người khớp, chờ kết luận", "one person fits, to be settled", r.Linked),
		count("cần xem lại", "to be looked at", r.Review),
		count("  trong đó có nhiều ứng viên", "  of these with several candidates", r.Several),
		count("không tìm thấy ai", "nobody was found", r.Nobody),
		count("tổng số", "together", r.Profiles),
	})
	if n := r.Unreadable.Sum(); n > 0 {
		a.printf("%s: %d\n", a.text("Ô không đọc được, coi như để trống", "Cells that could not be read, taken for empty"), n)
	}
	a.printf("%s: %d  %s: %d  %s\n", a.text("Người trong trích xuất", "People in the extract"), r.Population, a.text("ứng viên", "candidates"), r.Candidates,
		fmt.Sprintf("%.1f s  %d MiB  %s", r.Seconds, r.PeakMemory>>20, r.Out))
}
