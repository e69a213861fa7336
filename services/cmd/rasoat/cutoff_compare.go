package main

import (
	"context"
	"encoding/hex"
	"strconv"

	reportingpb "github.com/rasoat/rasoat/proto/rasoat/reporting/v1"
	"github.com/rasoat/rasoat/services/internal/fault"
	"github.com/rasoat/rasoat/services/recordfeed"
	"github.com/spf13/cobra"
)

func hexOf(b []byte) string { return hex.EncodeToString(b) }

func (a *app) cutoffCompare() *cobra.Command {
	var into, file string
	c := &cobra.Command{
		Use: "compare ID", Short: "Đối chiếu bảng của mình với một lần chốt / Compare one's own table with a cut-off",
		Long: `Đếm và tính digest của bảng, so với bản chốt theo trường, rồi nêu từng học sinh khác. Bản mới hơn lần chốt là chỉnh sửa sau chốt, không phải
sai lệch. Không gửi thông tin cá nhân.
Counts the table and its digests, compares them with the cut-off by school, then tells each pupil who differs. A version newer than the
cut-off is a correction after it, and no difference. Sends nothing personal.

` + exitCodes,
		Example: "  rasoat cutoff compare dang-ky-thi --into sqlite --file exam.sqlite", Args: oneID,
		RunE: func(c *cobra.Command, args []string) error {
			if file == "" {
				return usage(c, "Thiếu --file", "--file is missing")
			}
			held, err := heldIn(c.Context(), into, file)
			if err != nil {
				return err
			}
			return a.feed(func(feed reportingpb.FeedServiceClient) error {
				return a.reconcileCutOff(c.Context(), feed, args[0], held)
			})
		},
	}
	c.Flags().StringVar(&into, "into", sqliteFormat, "format of the table: sqlite, csv or ndjson")
	c.Flags().StringVar(&file, "file", "", "file of the table")
	a.serverFlags(c)
	return c
}

// heldIn reads what a table holds.
func heldIn(ctx context.Context, format, file string) (map[string]recordfeed.Held, error) {
	table, err := readTable(format, file)
	if err != nil {
		return nil, err
	}
	defer table.Close()
	out := map[string]recordfeed.Held{}
	return out, table.Each(ctx, func(h recordfeed.Held) error { out[h.Pupil] = h; return nil })
}

// reconcileCutOff asks first for the schools that differ, then for the pupils of each.
func (a *app) reconcileCutOff(ctx context.Context, feed reportingpb.FeedServiceClient, id string, held map[string]recordfeed.Held) error {
	list, err := call(ctx, a, feed.ListCutOffs, &reportingpb.ListCutOffsRequest{})
	if err != nil {
		return err
	}
	var cut *reportingpb.CutOff
	for _, c := range list.GetCutOffs() {
		if c.GetId() == id {
			cut = c
		}
	}
	var count recordfeed.Count
	bySchool := map[string][]*reportingpb.Holding{}
	for _, h := range held {
		if h.Version <= cut.GetSequence() {
			count.Add(h)
		}
		place := h.Province + "/" + h.School
		bySchool[place] = append(bySchool[place], &reportingpb.Holding{Pupil: h.Pupil, Version: h.Version, Digest: h.Digest[:]})
	}
	schools, err := call(ctx, a, feed.CompareCutOff, &reportingpb.CompareCutOffRequest{Id: id, Schools: count.Schools()})
	if err != nil {
		return err
	}
	var rows [][]string
	corrected := map[string]bool{}
	for _, school := range schools.GetDiffering() {
		resp, err := call(ctx, a, feed.CompareCutOff, &reportingpb.CompareCutOffRequest{Id: id, HoldingsOf: school, Holdings: bySchool[school]})
		if err != nil {
			return err
		}
		for _, d := range resp.GetPupils() {
			if held[d.GetPupil()].Version > cut.GetSequence() {
				corrected[d.GetPupil()] = true
				continue
			}
			rows = append(rows, []string{school, d.GetPupil(), d.GetKind(), strconv.FormatUint(d.GetHolds(), 10), strconv.FormatUint(d.GetShouldHold(), 10)})
		}
	}
	if a.json {
		err = a.printJSON(map[string]any{"id": id, "sequence": cut.GetSequence(), "verified": count.Total.Verified, "withdrawn": count.Total.Withdrawn,
			"digest": count.Total.Digest.String(), "corrected_since": len(corrected), "differences": rows})
	} else {
		if len(rows) > 0 {
			a.table([]fault.Text{{Vi: "Trường", En: "School"}, {Vi: "Học sinh", En: "Pupil"}, {Vi: "Khác ở", En: "Differs in"}, {Vi: "Đang giữ", En: "Holds"}, {Vi: "Phải giữ", En: "Should hold"}}, rows)
		}
		a.printf("%s: %d  %s: %d\n", a.text("Sai lệch", "Differences"), len(rows), a.text("Chỉnh sửa sau chốt", "Corrected since"), len(corrected))
	}
	if err == nil && len(rows) > 0 {
		return exitWith(exitFindings)
	}
	return err
}
