package drive

import (
	"testing"
	"time"
)

func TestOpen(t *testing.T) {
	d := new(Drive)
	*d = *Default()
	d.Asking.Maintenance = []Span{{22 * 60, 4 * 60}, {3*60 + 30, 5 * 60}, {12 * 60, 12*60 + 30}}
	at := func(s string) time.Time {
		v, err := time.ParseInLocation(clock, "2023-04-20 "+s, d.location)
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
	tests := []struct {
		now  string
		open bool
		next time.Time
	}{
		{"21:59", true, at("21:59")},
		{"22:00", false, at("05:00").AddDate(0, 0, 1)},
		{"01:00", false, at("05:00")},
		{"04:10", false, at("05:00")},
		{"05:00", true, at("05:00")},
		{"12:15", false, at("12:30")},
	}
	for _, tt := range tests {
		if open, next := d.Open(at(tt.now).UTC()); open != tt.open || !next.Equal(tt.next) {
			t.Errorf("%s: got %v, %v, want %v, %v", tt.now, open, next, tt.open, tt.next)
		}
	}
	if day, end := d.Day(at("23:59")); day != "2023-04-20" || !end.Equal(at("00:00").AddDate(0, 0, 1)) {
		t.Errorf("got %s until %v", day, end)
	}
}

func TestAskingIsRead(t *testing.T) {
	var p problems
	d := &Drive{}
	d.takeAsking(askingDoc{PerSecond: cell{Value: "50"}, Maintenance: []cell{{Value: "22:00-04:00"}}, Sweep: cell{Value: "24h"}, Hypotheses: cell{Value: "true"}}, &p)
	if a := d.Asking; len(p.fields) > 0 || a.PerSecond != 50 || a.PerCall != 12 || a.Maintenance[0].String() != "22:00-04:00" || a.Sweep != 24*time.Hour || !a.Hypotheses {
		t.Errorf("got %+v with %d problems", d.Asking, len(p.fields))
	}
	again := &Drive{}
	again.takeAsking(d.Asking.document(), &p)
	if got, want := again.Asking.canonical(), d.Asking.canonical(); len(got) != len(want) || got[2] != want[2] {
		t.Errorf("written and read again: got %v, want %v", got, want)
	}
	for _, bad := range []askingDoc{
		{PerCall: cell{Value: "0"}}, {PerCall: cell{Value: "201"}}, {PerSecond: cell{Value: "many"}}, {Sweep: cell{Value: "a day"}},
		{Maintenance: []cell{{Value: "22:00"}}}, {PerCall: cell{Value: "50"}, PerSecond: cell{Value: "10"}}, {Hypotheses: cell{Value: "some"}},
	} {
		var p problems
		(&Drive{}).takeAsking(bad, &p)
		if len(p.fields) == 0 {
			t.Errorf("%+v was taken", bad)
		}
	}
}
