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
	for _, p := range e.processes {
		if p.answer == nil {
			e.silent(p)
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
		if e.with(service) == nil && len(e.processes) > 0 {
			e.find(isAway, "service", service, both("không thấy bản nào trả lời", "no copy answers"),
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

// silent tells of a process that gave no answer.
func (e *exam) silent(p process) {
	about, text := p.about(), both("không trả lời", "does not answer")
	var f *fault.Error
	if errors.As(p.err, &f) {
		text = f.Text
	}
	switch fault.KindOf(p.err) {
	case fault.Unavailable:
		e.find(isAway, "process", about, both("không tới được", "cannot be reached"),
			both("xem nó có chạy không và mạng tới đó; đọc nhật ký của nó", "see whether it runs and the network to it; read its log"))
	case fault.Unauthenticated, fault.Denied:
		e.find(isWrong, "process", about, text, both("dùng token của vai trò operator hoặc auditor trên cả nước", "use a token of the role operator or auditor on the nation"))
	default:
		e.find(isCareful, "process", about, text, both("có thể là phiên bản cũ hơn, chưa tự nói được tình trạng", "it may be of an older version, which cannot tell how it is"))
	}
}

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
				both("sửa thứ mà nó chờ (kho dữ liệu, NATS); nó tự đi tiếp khi thứ đó trở lại", "mend what it waits for (store, broker); it goes on by itself when that is back"))
		}
	}
	if p.Service != "" && !slices.Contains(names, p.Service) {
		e.find(isWrong, "process", p.about(), both("ở địa chỉ này chạy %s", "at this address runs %s", strings.Join(names, ", ")), both("sửa --server", "mend --server"))
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
