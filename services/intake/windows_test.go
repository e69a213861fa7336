package intake

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/rasoat/rasoat/services/drive"
	"github.com/rasoat/rasoat/services/internal/clock"
	"github.com/rasoat/rasoat/services/internal/fault"
	"github.com/rasoat/rasoat/services/student"
)

// at reads an instant in Vietnam, "21/4 16:59:59.999999999", of 2023.
func at(s string) time.Time {
	t, err := time.ParseInLocation("2006 2/1 15:04:05.999999999", "2023 "+s, clock.Zone)
	if err != nil {
		panic(err)
	}
	return t
}

var april, may, june = at("21/4 17:00:00"), at("31/5 17:00:00"), at("15/6 17:00:00")

func theWindows() Windows {
	return Windows{Drive: drive.Default(), Province: "01"}
}

func place(part student.Part) Place { return Place{Class: "12A1", Pupil: "p", Part: part} }

func open(change func(*Unlock)) Unlock {
	u := Unlock{ID: "u1", Expires: at("25/4 12:00:00"), AskedBy: "truong", Decision: Approve, DecidedBy: "so", DecidedAt: at("22/4 08:00:00")}
	if change != nil {
		change(&u)
	}
	return u
}

func TestUntil(t *testing.T) {
	unlocks := func(u ...Unlock) func(*Windows) { return func(w *Windows) { w.Unlocks = u } }
	extended := func(e ...Extension) func(*Windows) { return func(w *Windows) { w.Extensions = e } }
	tests := []struct {
		name   string
		change func(*Windows)
		place  Place
		want   time.Time
		by     By
	}{
		{"the drive", func(*Windows) {}, place(student.ProfilePart), april, ByDrive},
		{"the second window", func(*Windows) {}, place(student.Results122), may, ByDrive},
		{"a part of no window", func(w *Windows) { w.Drive = &drive.Drive{} }, place(student.ProfilePart), time.Time{}, ""},
		{"extended for the nation", extended(Extension{"", "first", at("24/4 17:00:00")}), place(student.ProfilePart), at("24/4 17:00:00"), ByExtension},
		{"extended for the province", extended(Extension{"01", "first", at("24/4 17:00:00")}), place(student.ProfilePart), at("24/4 17:00:00"), ByExtension},
		{"extended for another province", extended(Extension{"79", "first", at("24/4 17:00:00")}), place(student.ProfilePart), april, ByDrive},
		{"another window extended", extended(Extension{"", "second", at("9/6 17:00:00")}), place(student.ProfilePart), april, ByDrive},
		{"nation and province: the later", extended(Extension{"", "first", at("26/4 17:00:00")}, Extension{"01", "first", at("24/4 17:00:00")}), place(student.Enrolment), at("26/4 17:00:00"), ByExtension},
		{"the last decision of a scope", extended(Extension{"", "first", at("26/4 17:00:00")}, Extension{"", "first", at("24/4 17:00:00")}), place(student.Enrolment), at("24/4 17:00:00"), ByExtension},
		{"an extension taken back", extended(Extension{"", "first", at("26/4 17:00:00")}, Extension{"", "first", april}), place(student.Enrolment), april, ByDrive},
		{"an extension to an earlier hour", extended(Extension{"", "first", at("20/4 17:00:00")}), place(student.Enrolment), april, ByDrive},
		{"unlocked", unlocks(open(nil)), place(student.ProfilePart), at("25/4 12:00:00"), ByUnlock},
		{"unlocked before the close", unlocks(open(func(u *Unlock) { u.Expires = at("20/4 12:00:00") })), place(student.ProfilePart), april, ByDrive},
		{"unlock and extension: the later", func(w *Windows) {
			w.Unlocks, w.Extensions = []Unlock{open(nil)}, []Extension{{"", "first", at("26/4 17:00:00")}}
		}, place(student.ProfilePart), at("26/4 17:00:00"), ByExtension},
		{"two unlocks: the later", unlocks(open(nil), open(func(u *Unlock) { u.ID, u.Expires = "u2", at("28/4 12:00:00") })), place(student.ProfilePart), at("28/4 12:00:00"), ByUnlock},
		{"its class", unlocks(open(func(u *Unlock) { u.Class = "12A1" })), place(student.ProfilePart), at("25/4 12:00:00"), ByUnlock},
		{"another class", unlocks(open(func(u *Unlock) { u.Class = "12A2" })), place(student.ProfilePart), april, ByDrive},
		{"its pupil", unlocks(open(func(u *Unlock) { u.Pupils = []student.Ref{"q", "p"} })), place(student.ProfilePart), at("25/4 12:00:00"), ByUnlock},
		{"another pupil", unlocks(open(func(u *Unlock) { u.Pupils = []student.Ref{"q"} })), place(student.ProfilePart), april, ByDrive},
		{"its part", unlocks(open(func(u *Unlock) { u.Parts = []student.Part{student.ProfilePart} })), place(student.ProfilePart), at("25/4 12:00:00"), ByUnlock},
		{"another part", unlocks(open(func(u *Unlock) { u.Parts = []student.Part{student.Enrolment} })), place(student.ProfilePart), april, ByDrive},
		{"asked, not decided", unlocks(open(func(u *Unlock) { u.Decision, u.DecidedBy = "", "" })), place(student.ProfilePart), april, ByDrive},
		{"refused", unlocks(open(func(u *Unlock) { u.Decision = Refuse })), place(student.ProfilePart), april, ByDrive},
		{"approved by who asked", unlocks(open(func(u *Unlock) { u.DecidedBy = "truong" })), place(student.ProfilePart), april, ByDrive},
		{"approved by nobody", unlocks(open(func(u *Unlock) { u.DecidedBy = "" })), place(student.ProfilePart), april, ByDrive},
		{"asked by nobody", unlocks(open(func(u *Unlock) { u.AskedBy = "" })), place(student.ProfilePart), april, ByDrive},
		{"revoked: until then", unlocks(open(func(u *Unlock) { u.Decision, u.DecidedAt = Revoke, at("23/4 09:00:00") })), place(student.ProfilePart), at("23/4 09:00:00"), ByUnlock},
		{"revoked by who asked", unlocks(open(func(u *Unlock) { u.Decision, u.DecidedBy = Revoke, "truong" })), place(student.ProfilePart), april, ByDrive},
	}
	for _, tt := range tests {
		w := theWindows()
		tt.change(&w)
		got := w.Until(tt.place)
		if !got.NotAfter.Equal(tt.want) || got.By != tt.by || (got.Unlock != "") != (tt.by == ByUnlock) {
			t.Errorf("%s: got %v by %s %q, want %v by %s", tt.name, got.NotAfter, got.By, got.Unlock, tt.want, tt.by)
		}
	}
}

// What is stored at 17:00:00.000 is late, and a nanosecond before is not.
func TestLateToTheNanosecond(t *testing.T) {
	w := theWindows()
	w.Unlocks = []Unlock{open(func(u *Unlock) { u.Parts = []student.Part{student.Enrolment} })}
	tests := []struct {
		part student.Part
		at   string
		late bool
	}{
		{student.ProfilePart, "21/4 16:59:59.999999999", false},
		{student.ProfilePart, "21/4 17:00:00", true},
		{student.ProfilePart, "21/4 17:00:00.000000001", true},
		{student.Results122, "21/4 17:00:00", false},
		{student.Results122, "31/5 16:59:59.999999999", false},
		{student.Results122, "31/5 17:00:00", true},
		{student.Enrolment, "25/4 11:59:59.999999999", false},
		{student.Enrolment, "25/4 12:00:00", true},
	}
	for _, tt := range tests {
		u := w.Until(place(tt.part))
		if got := u.Late(at(tt.at)); got != tt.late {
			t.Errorf("%s at %s: late is %v, want %v", tt.part, tt.at, got, tt.late)
		}
	}
	if (Until{}).Late(at("31/12 00:00:00")) {
		t.Error("a part of no window is late")
	}
}

func TestStates(t *testing.T) {
	before, after := at("24/4 00:00:00"), at("25/4 12:00:00")
	tests := []struct {
		name   string
		change func(*Unlock)
		at     time.Time
		want   State
	}{
		{"approved", nil, before, StateOpen},
		{"a nanosecond before", nil, after.Add(-1), StateOpen},
		{"by itself", nil, after, StateExpired},
		{"asked", func(u *Unlock) { u.Decision, u.DecidedBy = "", "" }, before, StateAsked},
		{"asked, too long ago", func(u *Unlock) { u.Decision, u.DecidedBy = "", "" }, after, StateExpired},
		{"approved by who asked", func(u *Unlock) { u.DecidedBy = "truong" }, before, StateAsked},
		{"refused", func(u *Unlock) { u.Decision = Refuse }, after, StateRefused},
		{"revoked", func(u *Unlock) { u.Decision = Revoke }, after, StateRevoked},
	}
	for _, tt := range tests {
		if got := open(tt.change).State(tt.at); got != tt.want {
			t.Errorf("%s: got %s, want %s", tt.name, got, tt.want)
		}
	}
}

func TestDecideProblem(t *testing.T) {
	asked := open(func(u *Unlock) { u.Decision, u.DecidedBy = "", "" })
	revoked := open(func(u *Unlock) { u.Decision = Revoke })
	now := at("24/4 00:00:00")
	tests := []struct {
		name     string
		unlock   Unlock
		officer  string
		decision Decision
		at       time.Time
		want     fault.Kind
	}{
		{"approve", asked, "so", Approve, now, ""},
		{"refuse", asked, "so", Refuse, now, ""},
		{"revoke", open(nil), "so2", Revoke, now, ""},
		{"approve one's own", asked, "truong", Approve, now, fault.Denied},
		{"refuse one's own", asked, "truong", Refuse, now, fault.Denied},
		{"revoke what waits", asked, "so", Revoke, now, fault.Conflict},
		{"approve what is open", open(nil), "so", Approve, now, fault.Conflict},
		{"approve what has expired", asked, "so", Approve, at("25/4 12:00:00"), fault.Conflict},
		{"revoke twice", revoked, "so", Revoke, now, fault.Conflict},
	}
	for _, tt := range tests {
		err := DecideProblem(tt.unlock, tt.officer, tt.decision, tt.at)
		if (err == nil) != (tt.want == "") || err != nil && !fault.Is(err, tt.want) {
			t.Errorf("%s: got %v, want %q", tt.name, err, tt.want)
		}
	}
}

func TestAskAndExtendProblems(t *testing.T) {
	d := drive.Default()
	far := d.Corrections.Add(MaxAfter)
	now := at("24/4 00:00:00")
	one := func(got []fault.Field) string {
		if len(got) != 1 {
			return ""
		}
		for _, text := range []fault.Text{got[0].Text, got[0].Remedy} {
			if text.Vi == "" || text.En == "" {
				t.Errorf("%s lacks a language", got[0].Rule)
			}
		}
		return got[0].Rule
	}
	for expires, want := range map[time.Time]string{now: "EXPIRY_PAST", now.Add(1): "", far: "", far.Add(1): "EXPIRY_TOO_LATE"} {
		if got := one(AskProblems(d, Unlock{Expires: expires}, now)); got != want {
			t.Errorf("expires %v: got %q, want %q", expires, got, want)
		}
	}
	for e, want := range map[Extension]string{
		{"", "first", april}: "", {"", "first", april.Add(-1)}: "EXTENSION_EARLIER", {"01", "second", far}: "", {"01", "second", far.Add(1)}: "EXPIRY_TOO_LATE",
		{"", "third", far}: "WINDOW_UNKNOWN", {"03", "first", may}: "PROVINCE_UNKNOWN",
	} {
		if got := one(ExtendProblems(d, e)); got != want {
			t.Errorf("%+v: got %q, want %q", e, got, want)
		}
	}
	if got := AskProblems(d, Unlock{Expires: far.Add(1)}, now)[0].Text; !strings.Contains(got.Vi, "60 ngày") || !strings.Contains(got.En, "17:00:00 14/08/2023 (giờ VN") {
		t.Errorf("the bound is not told: %+v", got)
	}
}

func TestClose(t *testing.T) {
	w := theWindows()
	h := Header{ID: "b1", Drive: w.Drive.ID, Province: w.Drive.Schools[0].Province, School: w.Drive.Schools[0].Code, Kind: student.KindResults}
	first, second := results(student.Results10, student.Subject{Code: "TOAN"}), results(student.Results122, student.Subject{Code: "TOAN"})
	admit := func(c ...Candidate) Batch {
		t.Helper()
		b, err := Admit(w, key, h, c)
		if err != nil {
			t.Fatal(err)
		}
		return b
	}
	b := admit(first, second)
	late := b.Late(april)
	if len(b.Late(april.Add(-1))) != 0 || len(late) != 1 {
		t.Fatalf("late at the close: got %v", late)
	}
	open := map[student.Ref][]student.Part{late[0]: {student.Results10}}
	if got, err := b.Close(w, april.Add(-1), nil); err != nil || len(got.Accepted) != 2 {
		t.Errorf("a nanosecond before the close: got %+v, %v", got, err)
	}
	got, err := b.Close(w, april, nil)
	if err != nil || len(got.Accepted) != 1 || got.Accepted[0].Part != student.Results122 || len(got.Refused) != 1 {
		t.Fatalf("at the close: got %+v, %v", got, err)
	}
	p := got.Refused[0].Problems[0]
	if p.Rule != "WINDOW_CLOSED" || p.Path != "records[0]" || !strings.Contains(p.Text.Vi, "Đợt 1") || !strings.Contains(p.Text.Vi, "17:00:00 21/04/2023 (giờ VN") ||
		!strings.Contains(p.Text.En, "Window 1") || !strings.Contains(p.Text.En, "17:00:00 21/04/2023 (giờ VN") || !strings.Contains(p.Remedy.En, "17:00:00 15/06/2023 (giờ VN") {
		t.Errorf("at the close: got %+v", p)
	}
	for _, tt := range []struct {
		at   time.Time
		want bool
	}{{april, true}, {june.Add(-1), true}, {june, false}} {
		got, err := admit(first).Close(w, tt.at, open)
		if (err == nil) != tt.want || tt.want && (got.Accepted[0].Until.By != ByCorrections || !got.Accepted[0].Until.NotAfter.Equal(june)) {
			t.Errorf("a correctable part at %v: got %+v, %v", tt.at, got, err)
		}
	}
	if got, err := admit(first).Close(w, april.Add(-1), open); err != nil || got.Accepted[0].Until.By != ByDrive {
		t.Errorf("a correctable part in time: got %+v, %v", got, err)
	}
	_, err = admit(first).Close(w, april, nil)
	var f *fault.Error
	if !errors.As(err, &f) || f.Kind != fault.Invalid || !slices.Equal(rules(err), []string{"WINDOW_CLOSED"}) {
		t.Errorf("no record left: got %v", err)
	}
	w.Unlocks = []Unlock{{ID: "u7", Expires: at("25/4 12:00:01"), AskedBy: "a", DecidedBy: "b", Decision: Approve, Class: ""}}
	_, err = admit(first).Close(w, at("25/4 12:00:01"), nil)
	if !errors.As(err, &f) || !strings.Contains(f.Fields[0].Text.En, "u7") || !strings.Contains(f.Fields[0].Text.Vi, "12:00:01 25/04/2023 (giờ VN") {
		t.Errorf("after an unlock: got %v", err)
	}
	_, err = admit(first).Close(w, june, open)
	if !errors.As(err, &f) || !strings.Contains(f.Fields[0].Text.En, "corrections") {
		t.Errorf("after the corrections: got %v", f.Fields)
	}
}

func TestClassOf(t *testing.T) {
	for _, r := range []student.Record{{Enrolled: &student.Enrolled{Class: "x"}}, {Profile: &student.Profile{Class: "x"}}, {Results: &student.Results{Class: "x"}}} {
		if classOf(r) != "x" {
			t.Errorf("%+v: got %q", r, classOf(r))
		}
	}
	if classOf(student.Record{}) != "" {
		t.Error("a record without content has a class")
	}
}
