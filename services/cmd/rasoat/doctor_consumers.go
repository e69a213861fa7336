package main

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	pb "github.com/rasoat/rasoat/proto/rasoat/operator/v1"
	"github.com/rasoat/rasoat/services/internal/eventlog"
	"github.com/rasoat/rasoat/services/internal/fault"
	"github.com/rasoat/rasoat/services/recordfeed"
)

// checkConsumers checks the readers that the processes run: whether they pause or hang.
func (e *exam) checkConsumers() {
	type group struct{ about, why string }
	paused, order := map[group][]*pb.ConsumerDiagnosis{}, []group{}
	running, hanging := 0, 0
	for _, p := range e.processes {
		now := p.answer.GetClock().AsTime()
		for _, c := range p.answer.GetConsumers() {
			running++
			if c.GetPausedSince() != nil {
				g := group{c.GetService() + " " + p.Address, c.GetWhy()}
				if paused[g] == nil {
					order = append(order, g)
				}
				paused[g] = append(paused[g], c)
				continue
			}
			// Who asks the registry waits for its budget, which may take a day.
			if busy := c.GetBusySince(); busy != nil && c.GetStream() != eventlog.Questions && now.Sub(busy.AsTime()) > e.stuck {
				hanging++
				e.find(isWrong, "reader", c.GetDurable()+" "+p.Address, both("làm một lượt đã %s chưa xong", "has been at one batch for %s", span(now.Sub(busy.AsTime()))),
					both("có thể bị treo: lấy vết goroutine (SIGQUIT, tiến trình sẽ dừng) rồi khởi động lại; việc đang làm được giao lại",
						"it may hang: take the goroutines (SIGQUIT, which ends it) and restart the process; what it had in hand is given out again"))
			}
		}
	}
	for _, g := range order {
		e.pausing(g.about, g.why, paused[g])
	}
	if running > 0 && len(order) == 0 && hanging == 0 {
		e.find(isWell, "reader", "", both("%d bộ đọc đang chạy", "%d readers run", running), fault.Text{})
	}
}

// pausing tells of the readers of a process that wait for the same thing. An absent registry is no defect of ours.
func (e *exam) pausing(about, why string, all []*pb.ConsumerDiagnosis) {
	s, longest := isCareful, time.Duration(0)
	for _, c := range all {
		d := e.began.Sub(c.GetPausedSince().AsTime())
		longest = max(longest, d)
		if d > e.stuck && c.GetStream() != eventlog.Questions {
			s = isWrong
		}
	}
	names := all[0].GetDurable()
	if len(all) > 1 {
		names = fmt.Sprintf("%s (+%d)", names, len(all)-1)
	}
	e.find(s, "reader", about, both("%s dừng chờ đã %s: %s", "%s has been waiting for %s: %s", names, span(longest), why),
		both("sửa thứ mà nó chờ; không mất gì, nó tự đi tiếp", "fix what it waits for; nothing is lost and it goes on by itself"))
}

var numbered = regexp.MustCompile(`^(.*-)([0-9]+)$`)

// outdated reports whether a durable was replaced by one of a higher number: validation has one for each book of rules.
func outdated(name string, others []eventlog.DurableState) bool {
	m := numbered.FindStringSubmatch(name)
	if m == nil || m[1] != "validation-" {
		return false
	}
	n, _ := strconv.ParseUint(m[2], 10, 64) // 0 for one that is too great to be a book's
	return slices.ContainsFunc(others, func(o eventlog.DurableState) bool {
		other := numbered.FindStringSubmatch(o.Name)
		if other == nil || other[1] != m[1] {
			return false
		}
		k, _ := strconv.ParseUint(other[2], 10, 64)
		return k > n
	})
}

// checkDurables checks what waits for the readers, by what the broker says.
func (e *exam) checkDurables() {
	var waiting uint64
	behind := 0
	for _, s := range e.streams {
		for _, d := range s.Durables {
			if outdated(d.Name, s.Durables) {
				continue
			}
			if name, ok := strings.CutPrefix(d.Name, recordfeed.Prefix); ok && s.Name == eventlog.Records {
				e.checkSubscriber(name, d, s.At)
				continue
			}
			waiting += d.Waiting + uint64(max(d.InHand, 0))
			age := s.At.Sub(d.Oldest)
			if d.Oldest.IsZero() || age <= e.stuck {
				continue
			}
			behind++
			text := both("%d thông điệp chờ, cũ nhất %s", "%d messages wait, the oldest for %s", d.Waiting+uint64(max(d.InHand, 0)), span(age))
			switch {
			case !e.reads(s.Name, d.Name) && !e.allAnswered(): // perhaps one that did not answer reads it
				behind--
			case !e.reads(s.Name, d.Name):
				e.find(isWrong, "reader", d.Name, fault.Text{Vi: "không tiến trình nào đọc: " + text.Vi, En: "no process reads it: " + text.En},
					both("khởi động dịch vụ của nó, hoặc nêu mọi địa chỉ trong --server", "start its service, or name every address in --server"))
			case s.Name == eventlog.Questions:
				e.find(isCareful, "reader", d.Name, text, both("rasoat queue cho biết CSDL dân cư và hạn mức", "rasoat queue tells of the registry and its budget"))
			default:
				e.find(isCareful, "reader", d.Name, text, both("nếu số chờ không giảm (rasoat streams --watch) thì thêm bản của dịch vụ", "if it does not shrink (rasoat streams --watch), run more copies of the service"))
			}
		}
	}
	if behind == 0 && len(e.streams) > 0 {
		e.find(isWell, "reader", "", both("%d thông điệp chờ, không cái nào quá %s", "%d messages wait, none for more than %s", waiting, span(e.stuck)), fault.Text{})
	}
}

// checkSubscriber checks a reader of the records that is no service of ours: it reads, or it said that it ended, or
// somebody has to look after it.
func (e *exam) checkSubscriber(name string, d eventlog.DurableState, now time.Time) {
	waiting := d.Waiting + uint64(max(d.InHand, 0))
	old := !d.Oldest.IsZero() && now.Sub(d.Oldest) > e.stuck
	waits := both("%d bản chờ nó", "%d versions wait for it", waiting)
	if old {
		waits = both("%d bản chờ nó, cũ nhất %s", "%d versions wait for it, the oldest for %s", waiting, span(now.Sub(d.Oldest)))
	}
	again := both("chạy lại nó; nếu nó không dùng nữa: rasoat subscribers remove %s --reason …",
		"start it again; if it is no longer used: rasoat subscribers remove %s --reason …", name)
	report := func(s state, how, remedy fault.Text) {
		e.find(s, "subscriber", name, fault.Text{Vi: how.Vi + "; " + waits.Vi, En: how.En + "; " + waits.En}, remedy)
	}
	switch recordfeed.StateOf(d.Pulling, d.Said, now) {
	case recordfeed.Reading:
		if old {
			report(isCareful, both("đang kết nối và nhận", "is connected and reads"), both("nếu số chờ không giảm (rasoat subscribers) thì xem máy của nó", "if that does not shrink (rasoat subscribers), look at its machine"))
			return
		}
		report(isWell, both("đang kết nối và nhận", "is connected and reads"), fault.Text{})
	case recordfeed.Finished:
		report(isWell, both("đã nhận đủ và tự kết thúc (--once) %s trước", "had everything and ended by itself (--once) %s ago", span(now.Sub(d.Said.At))), fault.Text{})
	case recordfeed.Stopped:
		report(isCareful, both("được dừng %s trước", "was stopped %s ago", span(now.Sub(d.Said.At))), again)
	default:
		s := isCareful
		if old {
			s = isWrong
		}
		report(s, both("không ai đọc: bị ngắt giữa chừng hoặc mất liên lạc", "nobody reads: it was killed or cut off"), again)
	}
}

// reads reports whether a process that answered runs a durable.
func (e *exam) reads(stream, durable string) bool {
	return slices.ContainsFunc(e.processes, func(p process) bool {
		return slices.ContainsFunc(p.answer.GetConsumers(), func(c *pb.ConsumerDiagnosis) bool {
			return c.GetStream() == stream && c.GetDurable() == durable
		})
	})
}
