package main

import (
	"context"
	"slices"
	"time"

	"github.com/rasoat/rasoat/services/internal/eventlog"
	"github.com/rasoat/rasoat/services/internal/fault"
)

// lookAtLog asks the broker. It fails for addresses and files that cannot work.
func (e *exam) lookAtLog(ctx context.Context, b broker) error {
	nc, js, err := b.connect("rasoat doctor", quiet()...)
	if err != nil {
		return err
	}
	defer nc.Close()
	if !nc.IsConnected() {
		e.find(isAway, "broker", b.shown(), both("không tới được", "cannot be reached"),
			both("xem NATS có chạy không, mạng, --nats và --creds", "see whether the broker runs, the network, --nats and --creds"))
		return nil
	}
	name := nc.ConnectedServerName()
	text := both("%s, phiên bản %s", "%s, version %s", name, nc.ConnectedServerVersion())
	if cluster := nc.ConnectedClusterName(); cluster != "" {
		text = both("%s, phiên bản %s, cụm %s", "%s, version %s, cluster %s", name, nc.ConnectedServerVersion(), cluster)
	}
	e.find(isWell, "broker", b.shown(), text, fault.Text{})
	e.streams = eventlog.Inspect(ctx, js)
	for _, s := range e.streams {
		if !s.At.IsZero() {
			leader := s.Leader
			if leader == "" {
				leader = name
			}
			e.clock(leader, s.Ahead)
		}
	}
	if space, err := eventlog.AccountSpace(ctx, js); err != nil {
		e.find(isUnseen, "disk", "NATS", both("không xem được dung lượng của tài khoản NATS", "the room of the broker's account could not be seen"), fault.Text{})
	} else {
		e.space("disk", "NATS", space.Used, space.Limit)
	}
	if e.brokers, err = eventlog.Brokers(ctx, nc); err != nil || len(e.brokers) == 0 {
		e.find(isUnseen, "disk", "NATS", both("không xem được đĩa của từng máy NATS: tài khoản này không có quyền hệ thống", "the disk of each broker could not be seen: this account has no right of the system"),
			both("cấp quyền $SYS.REQ.SERVER.PING.JSZ cho tài khoản vận hành, hoặc xem đĩa trên từng máy", "permit the operators' account $SYS.REQ.SERVER.PING.JSZ, or look at the disk on each machine"))
	}
	for _, s := range e.brokers {
		e.space("disk", s.Name, s.Store.Used, s.Store.Limit)
		e.clock(s.Name, s.Ahead)
	}
	return nil
}

// checkLog checks the streams and what waits in them.
func (e *exam) checkLog() {
	good, copies := 0, 0
	for _, s := range e.streams {
		copies = max(copies, s.Replicas)
	}
	for _, s := range e.streams {
		before := len(e.findings)
		e.checkStream(s, copies)
		if len(e.findings) == before {
			good++
		}
	}
	if good > 0 {
		e.find(isWell, "stream", "", both("luồng đúng quy định: %d, mỗi luồng %d bản sao", "%d streams as they must be, copies of each: %d", good, copies), fault.Text{})
	}
	e.checkDurables()
}

func (e *exam) checkStream(s eventlog.StreamState, copies int) {
	report := func(st state, text, remedy fault.Text) { e.find(st, "stream", s.Name, text, remedy) }
	switch {
	case s.Missing:
		report(isWrong, both("không có luồng này", "there is no such stream"),
			both("nếu từng có thì khôi phục từ bản sao lưu; nếu chưa thì khởi động một dịch vụ, nó sẽ tạo", "if it was there, restore the backup; if it never was, start a service, which makes it"))
		return
	case s.Unknown != "":
		report(isWrong, both("NATS không trả lời về luồng này: %s", "the broker does not tell of it: %s", s.Unknown),
			both("có thể quá nửa số máy NATS vắng: đưa chúng trở lại", "more than half of the brokers may be away: bring them back"))
	case s.Clustered() && s.Leader == "":
		report(isWrong, both("không có máy dẫn: không ghi được", "it has no leader: nothing can be written"), both("đưa các máy NATS trở lại cho quá nửa", "bring back the brokers, more than half of them"))
	}
	for _, d := range s.Differences {
		report(isWrong, both("cấu hình khác quy định: %s", "another configuration: %s", d),
			both("sửa bằng nats stream edit; không xoá luồng", "fix it with nats stream edit; never delete the stream"))
	}
	for _, f := range s.Followers {
		switch {
		case f.Offline:
			report(isWrong, both("bản sao ở %s mất liên lạc; mất thêm một máy nữa có thể dừng", "the copy at %s is offline; the loss of one more may stop it", f.Name), both("đưa máy %s trở lại", "bring %s back", f.Name))
		case !f.Current:
			report(isCareful, both("bản sao ở %s chậm %d bước", "the copy at %s lags %d operations behind", f.Name, f.Lag), both("nếu không hết sau ít phút thì xem máy và đĩa ở %s", "if that stays, look at the machine and disk of %s", f.Name))
		}
	}
	if s.Clustered() && s.Replicas == 1 || s.Replicas > 0 && s.Replicas < copies {
		report(isCareful, both("chỉ có %d bản sao", "copies: %d only", s.Replicas), both("đặt 3 bản sao cho mọi luồng (nats stream edit --replicas 3)", "give every stream 3 copies (nats stream edit --replicas 3)"))
	}
	if s.MaxBytes > 0 && float64(s.Bytes) >= filling*float64(s.MaxBytes) {
		e.space("stream", s.Name, s.Bytes, s.MaxBytes)
	}
}

// clockOf is how far a clock is before that of this machine.
type clockOf struct {
	of    string
	ahead time.Duration
}

// clock notes a clock once, however often it was read: each has one voice in what the time is.
func (e *exam) clock(of string, ahead time.Duration) {
	if !slices.ContainsFunc(e.clocks, func(c clockOf) bool { return c.of == of }) {
		e.clocks = append(e.clocks, clockOf{of, ahead})
	}
}

// How far a clock may be from the others.
const (
	skewTold  = 2 * time.Second
	skewWrong = 30 * time.Second
)

// checkClocks compares the clocks of processes, brokers and this machine. Right is what the middle one says.
func (e *exam) checkClocks() {
	if len(e.clocks) == 0 {
		return
	}
	clocks := append(slices.Clone(e.clocks), clockOf{"rasoat doctor", 0})
	var sorted []time.Duration
	for _, c := range clocks {
		sorted = append(sorted, c.ahead)
	}
	slices.Sort(sorted)
	middle, apart, worst := sorted[len(sorted)/2], 0, time.Duration(0)
	for _, c := range clocks {
		off := c.ahead - middle
		worst = max(worst, off.Abs())
		if off.Abs() <= skewTold {
			continue
		}
		apart++
		s := isCareful
		if off.Abs() > skewWrong {
			s = isWrong
		}
		text := both("nhanh hơn các đồng hồ khác %s", "is %s before the other clocks", span(off))
		if off < 0 {
			text = both("chậm hơn các đồng hồ khác %s", "is %s behind the other clocks", span(-off))
		}
		e.find(s, "clock", c.of, text, both("đồng bộ giờ (NTP) trên máy đó; hạn nộp tính theo đồng hồ của NATS", "synchronise the clock (NTP) of that machine; deadlines go by the broker's clock"))
	}
	if apart == 0 {
		e.find(isWell, "clock", "", both("%d đồng hồ khớp nhau, lệch nhiều nhất %s", "%d clocks agree, at most %s apart", len(clocks), span(worst)), fault.Text{})
	}
}
