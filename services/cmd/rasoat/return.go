package main

import (
	"bytes"
	"encoding/csv"
	"errors"
	"io"
	"slices"
	"strings"

	reportingpb "github.com/rasoat/rasoat/proto/rasoat/reporting/v1"
	"github.com/rasoat/rasoat/services/internal/fault"
	"github.com/rasoat/rasoat/services/internal/input"
	"github.com/spf13/cobra"
)

// returning is what the return command was told.
type returning struct {
	scope, window, reason, file string
	pupils, parts               []string
	withdraw, list              bool
}

func (a *app) returnCommand() *cobra.Command {
	var w returning
	c := &cobra.Command{
		Use:   "return SCOPE",
		Short: "Trả học sinh lại trường kèm lý do, hoặc xem những gì đã trả lại / Give pupils back to their school, or list what was given back",
		Long: `Trả lại học sinh kèm lý do; hồ sơ đã công bố của các em được rút. Trường thấy lý do trong status --pupils và được sửa đến hạn đính chính. Học sinh
nêu bằng mã của Bộ, mã tham chiếu hoặc ô của tệp, trên dòng lệnh hoặc trong tệp CSV có các cột pupil, reason và, nếu muốn, parts (cách nhau bằng dấu cách).

Gives pupils back with a reason; what stood published of them is withdrawn. The school sees the reason in status --pupils and may correct until
the drive's date for corrections. Pupils are named by the ministry's code, by reference or by a cell of a file, on the command line or in a CSV file with the columns pupil, reason and,
if wanted, parts (separated by spaces).

` + exitCodes,
		Example: `  rasoat return 01/01000701 --window first --pupil q7Zt0c --part results/10 --reason "Điểm Toán khác học bạ"
  rasoat return 01/01000701 --window first --in tralai.csv
  rasoat return 01/01000701 --window first --pupil q7Zt0c --reason "Trả lại nhầm" --withdraw
  rasoat return 01 --list`,
		Args: func(c *cobra.Command, args []string) error {
			if len(args) != 1 || !anyScope.MatchString(args[0]) || args[0] == "" {
				return usage(c, "Nêu trường (01/01000701) hoặc, với --list, tỉnh", "Name a school (01/01000701) or, with --list, a province")
			}
			return nil
		},
		RunE: func(c *cobra.Command, args []string) error {
			w.scope = args[0]
			if w.list {
				return a.listReturned(c, w)
			}
			return a.giveBack(c, w)
		},
	}
	f := c.Flags()
	windowFlag(c, &w.window)
	f.StringArrayVar(&w.pupils, "pupil", nil, "a pupil: "+pupilForms+"; may be repeated")
	f.StringVar(&w.reason, "reason", "", "why, in words")
	f.StringSliceVar(&w.parts, "part", nil, "what the reason is about: enrolment, profile, results/10, …; all of the window when none is named")
	f.StringVar(&w.file, "in", "", "CSV file of pupils and reasons; - for standard input")
	f.BoolVar(&w.withdraw, "withdraw", false, "take returns back")
	f.BoolVar(&w.list, "list", false, "list what was given back and has not changed since")
	a.serverFlags(c)
	return c
}

func (a *app) giveBack(c *cobra.Command, w returning) error {
	if !schoolScope.MatchString(w.scope) {
		return usage(c, "Nêu một trường, như 01/01000701", "Name a school, like 01/01000701")
	}
	pupils, err := a.toReturn(c, w)
	if err != nil {
		return err
	}
	client, closeIt, err := a.approval(c, w.window)
	if err != nil {
		return err
	}
	defer closeIt()
	names := make([]string, len(pupils))
	for i, p := range pupils {
		names[i] = p.GetPupil()
	}
	if names, err = a.resolve(c.Context(), w.scope, names...); err != nil {
		return err
	}
	for i, p := range pupils {
		p.Pupil = names[i]
	}
	done, refused := 0, 0
	const most = 500
	for some := range slices.Chunk(pupils, most) {
		resp, err := call(c.Context(), a, client.Return, &reportingpb.ReturnRequest{Scope: w.scope, Window: w.window, Pupils: some})
		if err != nil {
			return err
		}
		done += int(resp.GetReturned())
		refused += len(resp.GetRefused())
		a.tellRefused("", resp.GetRefused())
	}
	if a.json {
		if err := a.printJSON(map[string]int{"returned": done, "refused": refused}); err != nil {
			return err
		}
	} else {
		said := a.text("Đã trả lại", "Given back")
		if w.withdraw {
			said = a.text("Đã rút việc trả lại", "Taken back")
		}
		a.printf("%s: %d\n", said, done)
	}
	if refused > 0 {
		return exitWith(exitFindings)
	}
	return nil
}

// toReturn gives the pupils that are meant, from the command line and the file.
func (a *app) toReturn(c *cobra.Command, w returning) ([]*reportingpb.Returned, error) {
	parts, err := partsOf(c, w.parts)
	if err != nil {
		return nil, err
	}
	var out []*reportingpb.Returned
	for _, p := range w.pupils {
		out = append(out, &reportingpb.Returned{Pupil: p, Parts: parts, Reason: w.reason, Withdraw: w.withdraw})
	}
	if len(out) > 0 && w.reason == "" {
		return nil, usage(c, "Thiếu --reason", "--reason is missing")
	}
	if w.file != "" {
		rows, err := a.csvRows(c, w.file, "pupil", "reason")
		if err != nil {
			return nil, err
		}
		for _, row := range rows {
			some := parts
			if row["parts"] != "" {
				if some, err = partsOf(c, strings.Fields(row["parts"])); err != nil {
					return nil, err
				}
			}
			out = append(out, &reportingpb.Returned{Pupil: row["pupil"], Parts: some, Reason: row["reason"], Withdraw: w.withdraw})
		}
	}
	if len(out) == 0 {
		return nil, usage(c, "Không có học sinh nào: dùng --pupil hoặc --in", "No pupil was named: use --pupil or --in")
	}
	return out, nil
}

// csvRows reads a CSV file by its headings, which have to include those that are needed; "-" is the standard input.
func (a *app) csvRows(c *cobra.Command, file string, needed ...string) ([]map[string]string, error) {
	in := a.in
	if file != "-" {
		f, err := input.Open(file)
		if err != nil {
			return nil, err
		}
		defer func() { _ = f.Close() }() // read only
		in = f
	}
	text, err := asText(file, in)
	if err != nil {
		return nil, err
	}
	r := csv.NewReader(bytes.NewReader(text))
	r.FieldsPerRecord = -1
	headings, err := r.Read()
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, badCSV(file, err)
	}
	for i := range headings {
		headings[i] = strings.TrimSpace(strings.TrimPrefix(headings[i], "\ufeff"))
	}
	for _, n := range needed {
		if !slices.Contains(headings, n) {
			return nil, usage(c, "Tệp CSV thiếu cột "+n, "The CSV file lacks the column "+n)
		}
	}
	var out []map[string]string
	for {
		record, err := r.Read()
		if errors.Is(err, io.EOF) {
			return out, nil
		}
		if err != nil {
			return nil, badCSV(file, err)
		}
		row := map[string]string{}
		for i, v := range record[:min(len(record), len(headings))] {
			row[headings[i]] = strings.TrimSpace(v)
		}
		out = append(out, row)
	}
}

func (a *app) listReturned(c *cobra.Command, w returning) error {
	client, closeIt, err := a.approval(c, "any")
	if err != nil {
		return err
	}
	defer closeIt()
	var rows [][]string
	shown, windows := a.showing(c.Context(), w.scope), a.titles(c.Context(), w.scope)
	req := &reportingpb.ListReturnedRequest{Scope: w.scope, PageSize: 500}
	for {
		page, err := call(c.Context(), a, client.ListReturned, req)
		if err != nil {
			return err
		}
		for _, r := range page.GetPupils() {
			if a.json {
				if err := a.printProto(r); err != nil {
					return err
				}
			}
			rows = append(rows, []string{r.GetSchool(), r.GetClass(), shown(r.GetPupil()), a.say(windows.of(r.GetWindow())),
				a.parts(r.GetParts()), r.GetReason(), r.GetOfficer(), exactly(r.GetStoredAt())})
		}
		if req.PageToken = page.GetNextPageToken(); req.PageToken == "" {
			break
		}
	}
	if !a.json {
		a.table([]fault.Text{{Vi: "Trường", En: "School"}, {Vi: "Lớp", En: "Class"}, {Vi: "Học sinh", En: "Pupil"}, {Vi: "Đợt", En: "Window"}, {Vi: "Phần", En: "Parts"},
			{Vi: "Lý do", En: "Reason"}, {Vi: "Cán bộ", En: "Officer"}, {Vi: "Lúc", En: "When"}}, rows)
	}
	return nil
}
