package main

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/rasoat/rasoat/services/internal/eventlog"
	"github.com/rasoat/rasoat/services/internal/fault"
	"github.com/spf13/cobra"
	"google.golang.org/protobuf/encoding/protojson"
)

// examining is what the doctor command was told.
type examining struct {
	broker
	stuck time.Duration
}

func (a *app) doctorCommand() *cobra.Command {
	var w examining
	c := &cobra.Command{
		Use:   "doctor",
		Short: "Khám hệ thống: điều gì ổn, điều gì không, phải làm gì / Examine the system: what is well, what is not, what to do",
		Long: `Hỏi từng bản của từng dịch vụ và NATS: sẵn sàng, phiên bản, đợt rà soát, cấu hình và bản sao của các luồng, đồng hồ, đĩa, bộ đọc dừng hoặc treo, phần còn
chờ, thư chết, tổng số của cả nước. Không đổi gì. Với các dịch vụ chạy riêng, --server nêu mọi bản: "intake=i1:7246|i2:7246,validation=v1:7246,…";
"dns:///tên:cổng" là mọi địa chỉ của một tên.
Asks each copy of each service, and the broker: readiness, version, drive, configuration and copies of the streams, clocks, disks, readers that pause or hang,
what waits, dead letters, whether the nation adds up. It changes nothing. Where the services run apart, --server names every copy:
"intake=i1:7246|i2:7246,validation=v1:7246,…"; "dns:///name:port" is every address of a name.

✓ ổn / well   ! cần để ý / look at it   ✗ phải sửa / fix it   ? không xem được / could not be seen

Mã thoát / exit codes: 0 ổn / well; 1 có điều phải sửa / something is to be fixed; 2 sai cách dùng / wrong usage; 3 có nơi không tới được / something cannot
be reached.`,
		Example: `  rasoat doctor
  rasoat doctor --server "intake=10.0.0.1:7246|10.0.0.2:7246,validation=10.0.0.3:7246,matching=10.0.0.4:7246,reporting=10.0.0.5:7246" --nats nats://10.0.0.9:4222
  rasoat doctor --json | jq -r '.findings[] | select(.state != "well") | .check + " " + .message_en'`,
		Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			if w.stuck <= 0 {
				return usage(c, "--stuck phải lớn hơn 0", "--stuck is above 0")
			}
			return a.doctor(c.Context(), w)
		},
	}
	w.flags(c)
	c.Flags().DurationVar(&w.stuck, "stuck", time.Minute, "how long a reader may pause, work on one batch or leave a message before that is told")
	a.serverFlags(c)
	return c
}

// state is how good a symptom is.
type state int

// The states, the worst last.
const (
	isWell state = iota
	isUnseen
	isCareful
	isWrong
	isAway
)

var (
	stateNames = [...]string{"well", "unseen", "careful", "wrong", "unreachable"}
	stateMarks = [...]string{"✓", "?", "!", "✗", "✗"}
)

// symptom is one thing that was looked at.
type symptom struct {
	state        state
	check, about string     // "stream", "RECORDS"
	text, remedy fault.Text // what is so, and what to do about it
}

// exam is an examination: what was seen, and what was found in it.
type exam struct {
	stuck     time.Duration
	began     time.Time
	processes []process
	streams   []eventlog.StreamState
	brokers   []eventlog.BrokerState
	clocks    []clockOf
	findings  []symptom
}

func (e *exam) find(s state, check, about string, text, remedy fault.Text) {
	e.findings = append(e.findings, symptom{s, check, about, text, remedy})
}

// both makes a text of both languages with the same arguments.
func both(vi, en string, args ...any) fault.Text {
	return fault.Text{Vi: fmt.Sprintf(vi, args...), En: fmt.Sprintf(en, args...)}
}

func (a *app) doctor(ctx context.Context, w examining) error {
	e := &exam{stuck: w.stuck, began: time.Now()}
	a.waiting.once.Do(func() {}) // who is away is what it reports itself
	err := a.withCopies(ctx, func(copies []copyAt) error {
		e.ask(ctx, copies)
		if err := e.lookAtLog(ctx, w.broker); err != nil {
			return err
		}
		e.checkProcesses()
		e.checkConsumers()
		e.checkLog()
		e.checkClocks()
		e.checkDrive(ctx)
		return nil
	})
	switch {
	case err != nil:
		return err
	case ctx.Err() != nil:
		return fault.Wrap(fault.Unavailable, "rasoat.doctor", ctx.Err())
	}
	return a.tellExam(e)
}

// code is the exit code of an examination.
func (e *exam) code() int {
	worst := isWell
	for _, f := range e.findings {
		worst = max(worst, f.state)
	}
	switch worst {
	case isAway:
		return exitUnavailable
	case isWrong:
		return exitFindings
	}
	return exitFine
}

func (a *app) tellExam(e *exam) error {
	if a.json {
		if err := a.printExam(e); err != nil {
			return err
		}
		return exitWith(e.code())
	}
	w := tabwriter.NewWriter(a.out, 0, 0, 2, ' ', 0)
	for _, f := range e.findings {
		a.row(w, stateMarks[f.state]+" "+a.say(checkNames[f.check])+"\t"+f.about+"\t"+a.say(f.text))
		if f.remedy != (fault.Text{}) {
			a.row(w, "\t\t→ "+a.say(f.remedy))
		}
	}
	_ = w.Flush()
	count := map[state]int{}
	for _, f := range e.findings {
		count[f.state]++
	}
	a.printf("%s\n", a.text(
		fmt.Sprintf("%d điều ổn, %d cần để ý, %d phải sửa, %d không xem được.", count[isWell], count[isCareful], count[isWrong]+count[isAway], count[isUnseen]),
		fmt.Sprintf("%d things are well, %d to look at, %d to fix, %d could not be seen.", count[isWell], count[isCareful], count[isWrong]+count[isAway], count[isUnseen])))
	return exitWith(e.code())
}

func (a *app) row(w *tabwriter.Writer, line string) {
	_, _ = fmt.Fprintln(w, strings.ReplaceAll(line, "\n", " ")) // what cannot be printed cannot be told either
}

// checkNames are what was looked at, for people.
var checkNames = map[string]fault.Text{
	"process": {Vi: "tiến trình", En: "process"}, "service": {Vi: "dịch vụ", En: "service"}, "version": {Vi: "phiên bản", En: "version"},
	"drive": {Vi: "đợt rà soát", En: "drive"}, "clock": {Vi: "đồng hồ", En: "clock"}, "disk": {Vi: "đĩa", En: "disk"}, "reader": {Vi: "bộ đọc", En: "reader"},
	"subscriber": {Vi: "hệ thống nhận", En: "subscriber"},
	"broker":     {Vi: "NATS", En: "broker"}, "stream": {Vi: "luồng", En: "stream"}, "letters": {Vi: "thư chết", En: "dead letters"},
	"conservation": {Vi: "tổng số", En: "conservation"}, "registry": {Vi: "CSDL dân cư", En: "registry"},
}

// printExam prints what was found and what was seen.
func (a *app) printExam(e *exam) error {
	type symptomJSON struct {
		State     string `json:"state"`
		Check     string `json:"check"`
		About     string `json:"about,omitempty"`
		MessageVi string `json:"message_vi"`
		MessageEn string `json:"message_en"`
		RemedyVi  string `json:"remedy_vi,omitempty"`
		RemedyEn  string `json:"remedy_en,omitempty"`
	}
	type processJSON struct {
		Address   string          `json:"address"`
		Service   string          `json:"service,omitempty"`
		Diagnosis json.RawMessage `json:"diagnosis,omitempty"`
	}
	out := struct {
		At        time.Time              `json:"at"`
		Exit      int                    `json:"exit"`
		Findings  []symptomJSON          `json:"findings"`
		Processes []processJSON          `json:"processes"`
		Streams   []eventlog.StreamState `json:"streams,omitempty"`
		Brokers   []eventlog.BrokerState `json:"brokers,omitempty"`
	}{At: e.began, Exit: e.code(), Streams: e.streams, Brokers: e.brokers}
	for _, f := range e.findings {
		out.Findings = append(out.Findings, symptomJSON{stateNames[f.state], f.check, f.about, f.text.Vi, f.text.En, f.remedy.Vi, f.remedy.En})
	}
	for _, p := range e.processes {
		one := processJSON{Address: p.Address, Service: p.Service}
		if p.answer != nil {
			data, err := protojson.MarshalOptions{UseProtoNames: true}.Marshal(p.answer)
			if err != nil {
				return fault.Wrap(fault.Internal, "rasoat.json", err)
			}
			one.Diagnosis = data
		}
		out.Processes = append(out.Processes, one)
	}
	return a.printJSON(out)
}
