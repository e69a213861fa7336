package main

import (
	"context"
	"errors"
	"slices"
	"strings"
	"sync"
	"time"

	pb "github.com/rasoat/rasoat/proto/rasoat/operator/v1"
	"github.com/rasoat/rasoat/services/internal/fault"
	"github.com/rasoat/rasoat/services/internal/rpc"
)

// process is one copy and how it said that it is.
type process struct {
	copyAt
	answer   *pb.DiagnoseResponse // nil when it did not answer
	err      error
	answered time.Time
}

// askWithin bounds the wait for one process.
const askWithin = 6 * time.Second

// ask asks every process at once.
func (e *exam) ask(ctx context.Context, copies []copyAt) {
	e.processes = make([]process, len(copies))
	var asking sync.WaitGroup
	for i, c := range copies {
		asking.Go(func() {
			ctx, cancel := context.WithTimeout(ctx, askWithin)
			defer cancel()
			answer, err := pb.NewDiagnosisServiceClient(c).Diagnose(ctx, &pb.DiagnoseRequest{})
			p := process{copyAt: c, answered: time.Now(), err: rpc.FromStatus(err)}
			if err == nil {
				p.answer = answer
			}
			e.processes[i] = p
		})
	}
	asking.Wait()
}

// everyService is what a system has.
var everyService = []string{"intake", "validation", "matching", "reporting"}

// runs reports whether a process runs a service.
func (p process) runs(service string) bool {
	return slices.ContainsFunc(p.answer.GetServices(), func(s *pb.ServiceDiagnosis) bool { return s.GetName() == service })
}

// with gives a process that runs a service; nil when none answered.
func (e *exam) with(service string) *process {
	i := slices.IndexFunc(e.processes, func(p process) bool { return p.runs(service) })
	if i < 0 {
		return nil
	}
	return &e.processes[i]
}

// checkProcesses checks what each says of itself, and whether they fit together.
func (e *exam) checkProcesses() {
	versions, drives := map[string][]string{}, map[string][]string{}
	e.checkSilent()
	for _, p := range e.processes {
		if p.answer == nil {
			continue
		}
		e.checkServices(p)
		e.clock(p.Address, p.answer.GetClock().AsTime().Sub(p.answered))
		v := p.answer.GetVersion()
		versions[v] = append(versions[v], p.Address)
		for _, s := range p.answer.GetServices() {
			d := s.GetDrive() + " " + s.GetDriveDigest()
			if !slices.Contains(drives[d], p.Address) {
				drives[d] = append(drives[d], p.Address)
			}
		}
		if d := p.answer.GetDisk(); d.GetSize() > 0 {
			e.space("disk", p.Address, uint64(d.GetSize()-d.GetFree()), d.GetSize())
		}
	}
	for _, service := range everyService {
		if !e.mayRun(service) {
			e.find(isAway, "service", service, both("không địa chỉ nào trong --server chạy dịch vụ này", "no address of --server runs it"),
				both("khởi động dịch vụ, hoặc nêu địa chỉ của nó trong --server", "start the service, or name its address in --server"))
		}
	}
	switch len(versions) {
	case 0:
	case 1:
		for v := range versions {
			e.find(isWell, "version", "", both("mọi tiến trình: %s", "every process: %s", v), fault.Text{})
		}
	default:
		e.find(isCareful, "version", "", both("nhiều phiên bản cùng chạy: %s", "several versions run together: %s", listed(versions)),
			both("nếu không phải đang nâng cấp thì đưa về một phiên bản", "unless an upgrade is under way, bring all to one version"))
	}
	switch len(drives) {
	case 0:
	case 1:
		for d := range drives {
			e.find(isWell, "drive", "", both("mọi dịch vụ: %s", "every service: %s", short(d)), fault.Text{})
		}
	default:
		e.find(isWrong, "drive", "", both("các dịch vụ dùng bản mô tả khác nhau: %s", "the services have different descriptions: %s", listed(drives)),
			both("dùng cùng một thư mục --drive rồi khởi động lại những dịch vụ khác biệt", "give all the same --drive folder and restart those that differ"))
	}
}

// mayRun reports whether a process runs a service, or may run it. One that did not answer, or runs something else than
// --server says, is a finding already.
func (e *exam) mayRun(service string) bool {
	return slices.ContainsFunc(e.processes, func(p process) bool {
		return p.runs(service) || p.Service == service || p.Service == "" && p.answer == nil
	})
}

// allAnswered reports whether every process gave an answer.
func (e *exam) allAnswered() bool {
	return !slices.ContainsFunc(e.processes, func(p process) bool { return p.answer == nil })
}

// checkSilent reports the processes that gave no answer: one finding for all that are silent for the same reason.
func (e *exam) checkSilent() {
	var all []symptom
	for _, p := range e.processes {
		if p.answer != nil {
			continue
		}
		one := silence(p)
		i := slices.IndexFunc(all, func(s symptom) bool { return s.state == one.state && s.text == one.text })
		if i < 0 {
			all = append(all, one)
		} else {
			all[i].about += ", " + one.about
		}
	}
	e.findings = append(e.findings, all...)
}

// silence is the finding about a process that gave no answer.
func silence(p process) symptom {
	out := symptom{state: isCareful, check: "process", about: p.about(), text: both("không trả lời", "does not answer")}
	var f *fault.Error
	if errors.As(p.err, &f) {
		out.text = f.Text
	}
	switch fault.KindOf(p.err) {
	case fault.Unavailable:
		out.state, out.text = isAway, both("không tới được", "cannot be reached")
		out.remedy = both("xem nó có chạy không, địa chỉ trong --server có đúng không, và mạng tới đó",
			"see whether it runs, whether its address in --server is right, and the network to it")
	case fault.Unauthenticated, fault.Denied:
		out.state = isWrong
		out.remedy = both(useOperator, useOperatorEn)
	default:
		out.remedy = both("có thể là phiên bản cũ hơn, chưa tự nói được tình trạng",
			"it may be of an older version, which cannot report how it is")
	}
	return out
}

// How an operator gets a token that may see everything.
const (
	useOperator   = "đặt vào RASOAT_TOKEN token của vai trò operator hoặc auditor trên cả nước: rasoat token --key KHOÁ --role operator --scope '*' --subject TÊN"
	useOperatorEn = "put a token of the role operator or auditor on the nation into RASOAT_TOKEN: rasoat token --key KEY --role operator --scope '*' --subject NAME"
)

func (p process) about() string {
	if p.Service == "" {
		return p.Address
	}
	return p.Service + " " + p.Address
}

func (e *exam) checkServices(p process) {
	var names []string
	for _, s := range p.answer.GetServices() {
		names = append(names, s.GetName())
		if !s.GetReady() {
			e.find(isWrong, "service", s.GetName()+" "+p.Address, fault.Text{Vi: "chưa sẵn sàng: " + s.GetWhyVi(), En: "is not ready: " + s.GetWhyEn()},
				both("sửa thứ mà nó chờ (kho dữ liệu, NATS); nó tự đi tiếp khi thứ đó trở lại", "fix what it waits for (store, broker); it goes on by itself when that is back"))
		}
	}
	if p.Service != "" && !slices.Contains(names, p.Service) {
		e.find(isWrong, "process", p.about(), both("ở địa chỉ này chạy %s", "at this address runs %s", strings.Join(names, ", ")), both("sửa --server", "fix --server"))
	}
	if b := p.answer.GetBroker(); b.GetWhyEn() != "" {
		e.find(isWrong, "process", p.about(), fault.Text{Vi: "không tới được NATS: " + b.GetWhyVi(), En: "does not reach the broker: " + b.GetWhyEn()},
			both("xem mạng và quyền của tiến trình này tới NATS", "see the network and the rights of this process to the broker"))
	}
	up := span(p.answer.GetClock().AsTime().Sub(p.answer.GetStartedAt().AsTime()))
	ping := time.Duration(0)
	for _, s := range p.answer.GetServices() {
		ping = max(ping, s.GetTook().AsDuration())
	}
	e.find(isWell, "process", p.Address, both("%s; chạy đã %s, bộ nhớ %s, kho trả lời trong %s", "%s; up %s, memory %s, its store answers in %s",
		strings.Join(names, ", "), up, amount(uint64(max(p.answer.GetMemoryResident(), p.answer.GetMemoryHeap()))), span(ping)), fault.Text{})
}

// listed names groups with their members.
func listed(groups map[string][]string) string {
	var out []string
	for name, members := range groups {
		out = append(out, short(name)+" ("+strings.Join(members, ", ")+")")
	}
	slices.Sort(out)
	return strings.Join(out, "; ")
}

// short cuts long digests.
func short(text string) string {
	words := strings.Fields(text)
	for i, w := range words {
		words[i] = w[:min(len(w), 20)]
	}
	return strings.Join(words, " ")
}

// The parts of a store at which it is told of.
const (
	filling = 0.85
	full    = 0.97
)

// space checks how full a store is; without a limit there is nothing to tell but what is used.
func (e *exam) space(check, about string, used uint64, size int64) {
	if size <= 0 {
		e.find(isWell, check, about, both("%s, không giới hạn", "%s, without a limit", amount(used)), fault.Text{})
		return
	}
	s, remedy := isWell, fault.Text{}
	part := float64(used) / float64(size)
	if part >= filling {
		s, remedy = isCareful, both("thêm chỗ trước khi đầy: nhật ký không bao giờ tự xoá, khi đầy thì không nhận gì nữa", "add room before it is full: the log forgets nothing, and takes nothing when it is full")
	}
	if part >= full {
		s = isWrong
	}
	e.find(s, check, about, both("đã dùng %.0f%%: %s trên %s", "%.0f%% used: %s of %s", 100*part, amount(used), amount(uint64(size))), remedy)
}
