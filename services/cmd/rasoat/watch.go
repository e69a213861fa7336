package main

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/nats-io/nats.go/jetstream"
	reportingpb "github.com/rasoat/rasoat/proto/rasoat/reporting/v1"
	"github.com/rasoat/rasoat/services/internal/commandline"
	"github.com/rasoat/rasoat/services/internal/eventlog"
	"github.com/rasoat/rasoat/services/internal/fault"
	"github.com/rasoat/rasoat/services/internal/rpc"
	"github.com/rasoat/rasoat/services/recordfeed"
	"github.com/rasoat/rasoat/services/reporting"
	"github.com/rasoat/rasoat/services/reporting/export"
	"github.com/rasoat/rasoat/services/student/wire"
	"github.com/spf13/cobra"
	"google.golang.org/protobuf/proto"
)

// watching is what the watch command was told.
type watching struct {
	broker
	once, digest bool

	into, file, name string // of a table that is kept in step
	fromStart        bool
}

func (a *app) watchCommand() *cobra.Command {
	var w watching
	parent := &cobra.Command{
		Use:   "watch",
		Short: "Theo dõi hồ sơ đã xác thực / Follow the verified records",
		Example: `  rasoat watch records --nats nats://127.0.0.1:4222
  rasoat watch records --once --digest`,
	}
	c := &cobra.Command{
		Use:   "records",
		Short: "Nhận hồ sơ đã xác thực, rồi theo dõi thay đổi / Receive the verified records, then follow changes",
		Long: `Nhận trạng thái hiện tại của mọi học sinh rồi tiếp tục nhận thay đổi, như hệ thống đăng ký thi. Không in thông tin cá nhân.
Receives the present state of every pupil, then changes as they come, as exam registration does. Prints nothing personal.

--into: giữ một bảng luôn khớp, như hệ thống đăng ký thi; lần chạy sau nhận tiếp từ chỗ đã dừng. Mỗi giá trị có một cột: mã, họ tên, ngày sinh, điểm từng
môn. CSV và NDJSON là tệp thay đổi: bản mới nhất của mỗi học sinh có hiệu lực. CSV để mở bằng Excel: mã giữ nguyên số 0 ở đầu.
SQLite có các bảng records, results và các khung nhìn pupils, marks; .schema giải thích từng cột. Tên trường lấy từ hệ thống (token vai trò
exam) hoặc từ --drive-dir; không có thì cột đó để trống.
--into: keep a table in step, as exam registration does; the next run goes on where this one ended. Each value has a column: code, name, birth
date, marks by subject. CSV and NDJSON are files of changes: the newest version of a pupil stands. CSV is for Excel: codes keep their
leading zeros. SQLite has the tables records and results and the views pupils and marks; .schema explains each column. Names of schools
come from the services (token of the role exam) or from --drive-dir; without either, their column stays empty.

--digest: hai bên có cùng dãy này khi và chỉ khi có cùng bản của cùng hồ sơ; đó cũng là dãy của rasoat cutoff / two subscribers have the same digest
exactly when they hold the same versions of the same records; a cut-off of the same moment has it, too.

` + exitCodes,
		Example: `  rasoat watch records --nats nats://127.0.0.1:4222
  rasoat watch records --once --digest
  rasoat watch records --into sqlite --file exam.sqlite --name exam
  rasoat watch records --into ndjson --file exam.ndjson --name exam --once
  rasoat watch records --json | jq -c 'select(.state == "withdrawn")'`,
		Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			if w.into != "" {
				return a.keep(c, w)
			}
			return a.watch(c.Context(), w)
		},
	}
	w.flags(c)
	f := c.Flags()
	f.BoolVar(&w.once, "once", false, "stop when the present state has been received")
	f.BoolVar(&w.digest, "digest", false, "print the digest of the records")
	f.StringVar(&w.into, "into", "", "keep a table in step, with everything personal: sqlite, csv or ndjson")
	commandline.KeptFile(c, &w.file, "file", "with --into: file of the table")
	f.StringVar(&w.name, "name", "", "with --into: the subscriber's own name, for ever the same")
	f.BoolVar(&w.fromStart, "from-start", false, "with --into: receive everything anew")
	a.driveFlag(c)
	a.serverFlags(c)
	parent.AddCommand(c)
	return parent
}

func (a *app) watch(ctx context.Context, w watching) error {
	nc, js, err := w.connect("rasoat watch")
	if err != nil {
		return err
	}
	defer nc.Close()
	if err := a.await(ctx, w.broker, nc); err != nil {
		return err
	}
	var consumer jetstream.Consumer
	err = rpc.Again(ctx, a.wait, func(ctx context.Context) error {
		// A request to a broker that is away would wait for all of its time: ask again soon.
		ctx, cancel := context.WithTimeout(ctx, 2*time.Second)
		defer cancel()
		var err error
		consumer, err = js.OrderedConsumer(ctx, eventlog.Records, jetstream.OrderedConsumerConfig{
			FilterSubjects: []string{"record.*"}, DeliverPolicy: jetstream.DeliverLastPerSubjectPolicy,
		})
		if err != nil && nc.LastError() != nil && !nc.IsConnected() {
			err = nc.LastError()
		}
		if err != nil {
			a.waitsForBroker(w.shown())
		}
		return brokerFault(err)
	})
	if err != nil {
		return err
	}
	return a.follow(ctx, consumer, w)
}

// brokerFault gives an error of the broker its kind.
func brokerFault(err error) error {
	switch {
	case err == nil:
		return nil
	case errors.Is(err, jetstream.ErrStreamNotFound):
		return &fault.Error{Kind: fault.Unavailable, Op: "rasoat.watch", Err: err, Text: fault.Text{
			Vi: "Chưa có luồng RECORDS; hệ thống chưa chạy hoặc địa chỉ sai.", En: "There is no stream RECORDS: the services have not run, or the address is wrong."}}
	}
	return &fault.Error{Kind: fault.Unavailable, Op: "rasoat.watch", Err: err, Text: fault.Text{
		Vi: "Không liên lạc được với NATS.", En: "The broker cannot be reached."}}
}

// tally is what was received.
type tally struct {
	Received int    `json:"received"`
	Pupils   int    `json:"pupils"`
	Verified int64  `json:"verified"` // records in force
	Sequence uint64 `json:"sequence"`
	Digest   string `json:"digest,omitempty"`
	Unknown  int    `json:"unknown_messages,omitempty"`
	newest   recordfeed.Newest
}

// change is one state of one pupil, without anything personal.
type change struct {
	Sequence uint64   `json:"sequence"`
	Pupil    string   `json:"pupil"`
	State    string   `json:"state"`
	Province string   `json:"province,omitempty"`
	School   string   `json:"school,omitempty"`
	Windows  []string `json:"windows,omitempty"`
	Reason   string   `json:"reason,omitempty"`
}

func (a *app) follow(ctx context.Context, consumer jetstream.Consumer, w watching) error {
	messages, err := consumer.Messages(jetstream.PullMaxMessages(2000))
	if err != nil {
		return brokerFault(err)
	}
	defer messages.Stop()
	t := tally{newest: recordfeed.Newest{}}
	caughtUp := consumer.CachedInfo().NumPending == 0
	if caughtUp {
		a.tellTally(&t, w)
	}
	for !caughtUp || !w.once {
		m, err := messages.Next(jetstream.NextContext(ctx))
		if err != nil {
			if ctx.Err() == nil {
				return brokerFault(err)
			}
			if caughtUp {
				a.tellTally(&t, w)
				return nil
			}
			return fault.New(fault.Unavailable, "rasoat.watch", "Đã dừng trước khi nhận đủ.", "stopped before everything was received")
		}
		if err := a.receive(m, &t, caughtUp); err != nil {
			return err
		}
		if meta, err := m.Metadata(); err == nil && !caughtUp && meta.NumPending == 0 {
			caughtUp = true
			a.tellTally(&t, w)
		}
	}
	return nil
}

// receive takes one message; a change that comes after the present state is told.
func (a *app) receive(m jetstream.Msg, t *tally, live bool) error {
	meta, err := m.Metadata()
	if err != nil {
		return fault.Wrap(fault.Internal, "rasoat.watch", err)
	}
	t.Received++
	t.Sequence = meta.Sequence.Stream
	state := new(reportingpb.RecordState)
	if m.Headers().Get(eventlog.HeaderType) != wire.TypeRecord || proto.Unmarshal(m.Data(), state) != nil {
		t.Unknown++
		return nil
	}
	one := recordfeed.Record{Pupil: state.GetPupil(), Version: t.Sequence, Outline: state, Payload: m.Data()}
	t.newest.Put(one.Held())
	if !live && !a.json {
		return nil
	}
	c := change{Sequence: t.Sequence, Pupil: state.GetPupil(), State: recordfeed.StateWithdrawn}
	c.Province, c.School = one.Place()
	if v := state.GetVerified(); v != nil {
		c.State, c.Windows = recordfeed.StateVerified, v.GetWindows()
	} else {
		c.Reason = recordfeed.WithdrawalReason(state.GetWithdrawn())
	}
	if a.json {
		return a.printJSON(c)
	}
	how := a.text("có hiệu lực, đợt "+strings.Join(c.Windows, ", "), "in force, windows "+strings.Join(c.Windows, ", "))
	if !one.Verified() {
		w := state.GetWithdrawn()
		why := export.Standing{Status: reporting.Status(w.GetReason()), Returned: w.GetReturned()}.Text()
		how = a.text("thu hồi: "+why.Vi, "withdrawn: "+why.En)
	}
	a.printf("%s %d  %s  %s/%s  %s\n", a.text("bản", "version"), c.Sequence, c.Pupil, c.Province, c.School, how)
	return a.lost()
}

func (a *app) tellTally(t *tally, w watching) {
	kept := t.newest.Kept()
	t.Pupils, t.Verified = len(t.newest), kept.Verified
	if w.digest {
		t.Digest = kept.Digest
	}
	if a.json {
		_ = a.printJSON(t) // what cannot be printed cannot be told either
		return
	}
	a.printf("%s\n", a.text(fmt.Sprintf("Đã nhận %d bản của %d học sinh, đến bản %d.", t.Received, t.Pupils, t.Sequence),
		fmt.Sprintf("Received %s of %s, up to version %d.", fault.Number(t.Received, "version", "versions"),
			fault.Number(t.Pupils, "pupil", "pupils"), t.Sequence)))
	a.printf("%s\n", a.say(recordfeed.InForce(t.Verified)))
	if t.Unknown > 0 {
		a.printf("%s: %d\n", a.text("bản tin không hiểu", "messages not understood"), t.Unknown)
	}
	if w.digest {
		a.printf("digest %s\n", t.Digest)
	}
}
