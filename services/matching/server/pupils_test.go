package server

import (
	"sync"
	"time"

	"github.com/rasoat/rasoat/services/drive"
	"github.com/rasoat/rasoat/services/student"
)

const (
	schoolA = "01/01000701"
	schoolB = "01/01000702"
	schoolC = "79/79000701"
)

var testKey = student.Key("a key of the tests, 32 bytes long")

// testDrive returns a drive of three schools in two provinces whose registry may be asked without limits.
func testDrive(change ...func(*drive.Drive)) *drive.Drive {
	d := drive.Sample([]drive.School{
		{Province: "01", Code: "01000701", Name: "THPT số 1 Ba Đình", Kind: drive.THPT, Expected: 40},
		{Province: "01", Code: "01000702", Name: "THPT số 2 Ba Đình", Kind: drive.THPT, Expected: 40},
		{Province: "79", Code: "79000701", Name: "THPT số 1 Quận 1", Kind: drive.THPT, Expected: 40},
	})
	d.Asking = drive.Asking{PerCall: 10}
	for _, c := range change {
		c(d)
	}
	return d
}

// child is a pupil as a school reports it.
type child struct {
	ref string
	student.Profile
}

// girl reports a girl; born as 2005-03-05.
func girl(ref string, number student.IDNumber, name student.Name, born string) child {
	date, ok := student.ParseDate(born)
	if !ok {
		panic("no date: " + born)
	}
	return child{ref, student.Profile{
		FullName: name, BirthDate: date, Gender: student.Female, Identity: student.Identity{Kind: student.PersonalID, Number: number},
	}}
}

// with returns the child with changes.
func (c child) with(change func(*child)) child {
	change(&c)
	return c
}

// clock is a clock that a test sets.
type clock struct {
	mu sync.Mutex
	at time.Time
}

func (c *clock) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.at
}

func (c *clock) add(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.at = c.at.Add(d)
}
