package main

import (
	"context"
	"errors"
	"fmt"
	"io"

	operatorpb "github.com/rasoat/rasoat/proto/rasoat/operator/v1"
	"github.com/rasoat/rasoat/services/internal/fault"
	"github.com/rasoat/rasoat/services/internal/rpc"
	"github.com/spf13/cobra"
	"google.golang.org/protobuf/encoding/protojson"
)

func (a *app) rebuildCommand() *cobra.Command {
	var force bool
	c := &cobra.Command{
		Use:   "rebuild <service>",
		Short: "Dựng lại dữ liệu của một dịch vụ từ nhật ký / Make what a service keeps anew from the log",
		Long: `Dựng lại dữ liệu của một dịch vụ (reporting, validation, matching) từ nhật ký trong khi dữ liệu cũ vẫn phục vụ, so sánh hai
bản rồi chuyển sang bản mới. Nếu có khác biệt thì in ra và không chuyển, trừ khi có --force. Lệnh bị ngắt giữa chừng không đổi gì.

Make what a service keeps (reporting, validation, matching) anew from the log while the old serves, compare the two, and switch to
the new. Differences are printed and nothing is switched, unless --force is given. A rebuild that is broken off has changed nothing.

Mỗi khác biệt có loại / each difference is of a kind:
  missing  bản đang phục vụ thiếu / what serves lacks it
  surplus  bản đang phục vụ thừa / what serves has it and the log does not
  older    bản đang phục vụ cũ hơn / what serves is older than the log
  newer    bản đang phục vụ mới hơn / what serves is newer than the log
  content  cùng phiên bản, khác nội dung / the same revision with another content

Mã thoát / exit codes: 0 không có khác biệt / nothing differs; 1 có khác biệt / something differs; 2 sai cách dùng / wrong usage; 3 không tới được
dịch vụ / the service cannot be reached.`,
		Example: `  rasoat rebuild reporting
  rasoat rebuild matching --server matching.example:443 --tls
  rasoat rebuild reporting --force --json | jq .differing`,
		Args: func(c *cobra.Command, args []string) error {
			if len(args) != 1 {
				return usage(c, "Nêu một dịch vụ: reporting, validation hoặc matching", "Name one service: reporting, validation or matching")
			}
			return nil
		},
		RunE: func(c *cobra.Command, args []string) error {
			return a.rebuild(c.Context(), &operatorpb.RebuildRequest{Service: args[0], Force: force})
		},
	}
	c.Flags().BoolVar(&force, "force", false, "switch although something differs")
	a.serverFlags(c)
	return c
}

func (a *app) rebuild(ctx context.Context, req *operatorpb.RebuildRequest) error {
	conn, err := a.connect()
	if err != nil {
		return err
	}
	defer func() { _ = conn.Close() }()
	stream, err := operatorpb.NewOperatorServiceClient(conn).Rebuild(rpc.At(ctx, req.GetService()), req)
	if err != nil {
		return rpc.FromStatus(err)
	}
	b := a.bar(req.GetService())
	last := &operatorpb.RebuildResponse{}
	for !last.GetDone() {
		if last, err = stream.Recv(); err != nil {
			b.finish()
			if errors.Is(err, io.EOF) {
				return fault.New(fault.Internal, "rasoat.rebuild", "Dịch vụ ngừng trả lời giữa chừng.", "the service broke off before it was done")
			}
			return rpc.FromStatus(err)
		}
		b.rebuilt(last)
	}
	b.finish()
	if err := a.printRebuilt(last); err != nil {
		return err
	}
	if last.GetDiffering() > 0 {
		return exitWith(exitFindings)
	}
	return nil
}

// rebuilt shows how far a rebuild is.
func (b *bar) rebuilt(r *operatorpb.RebuildResponse) {
	text := map[string][2]string{
		"waiting": {"chờ", "waiting"}, "gathering": {"đọc nhật ký", "gathering"}, "comparing": {"so sánh", "comparing"}, "switching": {"chuyển", "switching"},
	}[r.GetStep()]
	b.describe(fmt.Sprintf("%s %d", b.app.text(text[0], text[1]), r.GetProcessed()))
	if r.GetTotal() > 0 {
		b.step(min(float64(r.GetProcessed())/float64(r.GetTotal()), 1))
	}
}

// printRebuilt prints the outcome and the first hundred differences. Their ids are opaque references.
func (a *app) printRebuilt(r *operatorpb.RebuildResponse) error {
	if a.json {
		out, err := protojson.MarshalOptions{EmitUnpopulated: true, UseProtoNames: true}.Marshal(r)
		if err != nil {
			return err
		}
		a.printf("%s\n", out)
		return nil
	}
	if r.GetDiffering() > 0 {
		var rows [][]string
		for _, d := range r.GetDifferences() {
			rows = append(rows, []string{d.GetCollection(), d.GetId(), d.GetFacet(), d.GetKind()})
		}
		a.table([]fault.Text{{Vi: "Tập hợp", En: "Collection"}, {Vi: "Mã", En: "Id"}, {Vi: "Mặt", En: "Facet"}, {Vi: "Loại", En: "Kind"}}, rows)
		n := r.GetDiffering()
		a.printf("%s\n", a.text(fmt.Sprintf("%d tài liệu khác với nhật ký.", n), fmt.Sprintf("%d documents differ from the log.", n)))
	} else {
		a.printf("%s\n", a.text("Không có khác biệt nào.", "Nothing differs."))
	}
	if r.GetSwitched() {
		a.printf("%s\n", a.text("Đã chuyển sang dữ liệu dựng lại.", "What was made anew serves now."))
	} else {
		a.printf("%s\n", a.text("Chưa chuyển: dữ liệu cũ vẫn phục vụ (--force để chuyển).", "Not switched: the old serves on (--force switches)."))
	}
	return nil
}
