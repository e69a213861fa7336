package server

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	pb "github.com/rasoat/rasoat/proto/rasoat/matching/v1"
	"github.com/rasoat/rasoat/services/drive"
	"github.com/rasoat/rasoat/services/internal/eventually"
	"github.com/rasoat/rasoat/services/internal/fault"
	"github.com/rasoat/rasoat/services/student"
	"google.golang.org/protobuf/proto"
)

// TestRecheck opens questions about those whom it names, and about nobody else.
func TestRecheck(t *testing.T) {
	foreign := girl("foreign", "B1234567", "Anna Müller", "2005-01-01").with(func(c *child) { c.Identity.Kind = student.Passport })
	tests := []struct {
		name string
		req  *pb.RecheckRequest
		want []string
		none bool // nothing is written
	}{
		{"everybody", &pb.RecheckRequest{}, []string{"an", "binh", "chi", "dung"}, false},
		{"a province", &pb.RecheckRequest{Scope: "01"}, []string{"an", "binh", "chi"}, false},
		{"a school", &pb.RecheckRequest{Scope: schoolB}, []string{"chi"}, false},
		{"the start of a code", &pb.RecheckRequest{Scope: "01/0100070"}, nil, false},
		{"unresolved", &pb.RecheckRequest{Unresolved: true}, []string{"binh", "dung"}, false},
		{"unresolved of a school", &pb.RecheckRequest{Unresolved: true, Scope: schoolA}, []string{"binh"}, false},
		{"pupils", &pb.RecheckRequest{Pupils: []string{"dung", "an"}}, []string{"an", "dung"}, false},
		{"a pupil of a scope", &pb.RecheckRequest{Pupils: []string{"dung"}, Scope: "79"}, []string{"dung"}, false},
		{"a number", &pb.RecheckRequest{IdNumbers: []string{binh.Identity.Number.Reveal(), "001305999999"}}, []string{"binh"}, false},
		{"a number that was claimed once", &pb.RecheckRequest{IdNumbers: []string{"001305000166"}}, []string{"chi"}, false},
		{"numbers and pupils", &pb.RecheckRequest{IdNumbers: []string{binh.Identity.Number.Reveal()}, Pupils: []string{"an"}}, []string{"an", "binh"}, false},
		{"an unknown number", &pb.RecheckRequest{IdNumbers: []string{"001305999999"}}, nil, true},
	}
	w := newWorld(t)
	w.people.know(an, chi)
	a := w.asking()
	w.send(schoolB, chi.with(func(c *child) { c.Identity.Number = "001305000166" }))
	w.send(schoolA, an, binh, foreign)
	w.ask(a)
	w.send(schoolB, chi)
	w.send(schoolC, dung)
	w.ask(a)
	for _, tt := range tests {
		before, calls := len(w.questions(true)), len(w.people.asked())
		resp, err := w.Recheck(context.Background(), tt.req)
		if err != nil {
			t.Fatal(err)
		}
		if (resp.GetSequence() == 0) != tt.none {
			t.Errorf("%s: position %d", tt.name, resp.GetSequence())
		}
		w.project()
		got := w.questions(true)[before:]
		if slices.Sort(got); !slices.Equal(got, tt.want) {
			t.Errorf("%s: got %v, want %v", tt.name, got, tt.want)
		}
		w.ask(a)
		if got := len(w.people.asked()) - calls; got != len(tt.want) {
			t.Errorf("%s: asked about %d, want %d", tt.name, got, len(tt.want))
		}
	}
	// Somebody else's pupil is answered for as nobody's is, and no decision is written.
	decided := len(w.all("decision.>", 0))
	answers := map[string]bool{}
	for _, pupils := range [][]string{{"an"}, {"nobody"}, {"dung", "an"}} {
		_, err := w.Recheck(context.Background(), &pb.RecheckRequest{Pupils: pupils, Scope: "79"})
		if !fault.Is(err, fault.NotFound) {
			t.Errorf("%v in 79: got %v, want %v", pupils, err, fault.NotFound)
			continue
		}
		answers[err.Error()] = true
	}
	if got := len(w.all("decision.>", 0)); got != decided || len(answers) != 1 {
		t.Errorf("%d decisions more, and the answers %v", got-decided, answers)
	}
	for _, m := range w.all("decision.>", 0) {
		ev := new(pb.RecheckAsked)
		if err := proto.Unmarshal(m.Data, ev); err != nil {
			t.Fatal(err)
		}
		for _, p := range append(ev.GetPupils(), m.Subject) {
			if student.IDNumber(p).Normal() == binh.Identity.Number {
				t.Error("a number is in the log of decisions")
			}
		}
	}
}

// TestRecheckOfMany goes through more pupils than one scan reads.
func TestRecheckOfMany(t *testing.T) {
	w := newWorld(t, func(d *drive.Drive) { d.Asking.PerCall = 200 })
	const n = perScan + perScan/2
	var all []child
	for i := range n {
		all = append(all, girl(fmt.Sprintf("p%04d", i), student.IDNumber(fmt.Sprintf("00130501%04d", i)), "Nguyễn Thị An", "2005-03-05"))
	}
	w.send(schoolA, all...)
	w.ask(w.asking())
	if _, err := w.Recheck(context.Background(), &pb.RecheckRequest{}); err != nil {
		t.Fatal(err)
	}
	w.project()
	if got := w.questions(true); len(slices.Compact(got)) != n {
		t.Errorf("%d questions, want %d", len(got), n)
	}
}

// TestTheSweepBeforeADeadline happens once for each window, though two copies run it, and again after a copy begins anew.
func TestTheSweepBeforeADeadline(t *testing.T) {
	w := newWorld(t, func(d *drive.Drive) { d.Asking.Sweep = 24 * time.Hour })
	w.people.know(an)
	a := w.asking()
	w.send(schoolA, an, binh)
	w.ask(a)
	first, last := w.drive.Windows[0].Closes, w.drive.Windows[len(w.drive.Windows)-1].Closes
	sweep := func(at time.Time, want int) {
		w.clock.add(at.Sub(w.now()))
		ctx, cancel := context.WithCancel(context.Background())
		var g sync.WaitGroup
		for range 2 {
			g.Go(func() {
				if err := a.sweep(ctx); err != nil {
					t.Error(err)
				}
			})
		}
		eventually.True(t, "a sweep", func() bool { return len(w.all("decision.recheck.*.*", 0)) >= want })
		cancel()
		g.Wait()
		if got := len(w.all("decision.recheck.*.*", 0)); got != want {
			t.Errorf("%v before the first window closes: %d sweeps, want %d", first.Sub(at), got, want)
		}
	}
	sweep(first.Add(-25*time.Hour), 0)
	sweep(first.Add(-24*time.Hour), 1)
	sweep(first.Add(-time.Hour), 1)
	sweep(last.Add(-time.Hour), 2)
	sweep(last, 2)
	w.project()
	if got := w.questions(true); !slices.Equal(got, []string{"binh", "binh"}) {
		t.Errorf("asked again about %v, want the one who is unresolved, once for each window", got)
	}
}
